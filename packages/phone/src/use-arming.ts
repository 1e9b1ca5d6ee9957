/** Watches everything that could move a button under a finger, and says whether a press counts. */
import type { RefObject } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { pressCounts, untilArmed } from './arming.ts'

export interface Arming {
  readonly armed: boolean
  /** For what holds the buttons, so that the begin of each press is known. */
  readonly onPointerDown: (event: PointerEvent) => void
  /** Wraps what a button does: nothing happens when the press does not count. */
  guard(act: () => void): (event: MouseEvent) => void
}

/**
 * Starts when the screen appears: give the screen a `key` that changes with what it shows.
 *
 * @param content what is to be read @param buttons what is to be pressed; when one changes its size, the wait starts anew
 */
export function useArming(content: RefObject<HTMLElement | null>, buttons: RefObject<HTMLElement | null>): Arming {
  const [armed, setArmed] = useState(false)
  const changed = useRef(performance.now())
  const pressed = useRef(0)

  // Before the frame that shows it: the observer tells sizes in that very frame, once it is laid out, and the wait begins
  // there. An effect after the frame would begin it some frames later.
  useLayoutEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const begin = () => {
      clearTimeout(timer)
      changed.current = performance.now()
      setArmed(false)
      timer = setTimeout(() => setArmed(true), untilArmed(changed.current, performance.now()))
    }
    const seen = () => {
      if (document.visibilityState === 'visible') begin()
    }
    begin()
    const sizes = new ResizeObserver(begin)
    sizes.observe(document.documentElement)
    for (const part of [content.current, buttons.current]) if (part !== null) sizes.observe(part)
    document.addEventListener('visibilitychange', seen)
    return () => {
      clearTimeout(timer)
      sizes.disconnect()
      document.removeEventListener('visibilitychange', seen)
    }
  }, [content, buttons])

  return {
    armed,
    onPointerDown: (event) => {
      pressed.current = event.timeStamp
    },
    guard: (act) => (event) => {
      // A press of a key or of an assistive tool has no pointer: its event is the whole of it.
      const began = event.detail === 0 ? event.timeStamp : pressed.current
      if (pressCounts(changed.current, began, event.timeStamp)) act()
    },
  }
}
