/** Whether something was on the screen: what is longer than the screen has to be scrolled to its end. */
import type { RefObject } from 'preact'
import { useLayoutEffect, useState } from 'preact/hooks'

/** @param part once seen, it stays seen */
export function useSeen(part: RefObject<HTMLElement | null>): boolean {
  const [seen, setSeen] = useState(false)
  useLayoutEffect(() => {
    const target = part.current
    if (target === null) return
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) setSeen(true)
    })
    observer.observe(target)
    return () => observer.disconnect()
  }, [part])
  return seen
}
