/** Pushes of this phone, on a screen. */
import type { PushDevice } from '@countersign/device'
import { useEffect, useRef, useState } from 'preact/hooks'
import { type PushState, readPushState, turnPushOff, turnPushOn } from './push-switch.ts'

export interface Push {
  /** Null while nothing is known yet. */
  readonly state: PushState | null
  readonly working: boolean
  turn(on: boolean): void
}

/** Reads how it stands now, and again whenever the app is taken up: permission is given in other places than here. */
export function usePush(device: PushDevice): Push {
  const [state, setState] = useState<PushState | null>(null)
  const [working, setWorking] = useState(false)
  const newest = useRef(0)

  // Of what is under way at once, the answer that was asked for last counts.
  const follow = (work: Promise<PushState>) => {
    const mine = ++newest.current
    return work.then((next) => {
      if (mine === newest.current) setState(next)
    })
  }
  useEffect(() => {
    const look = () => {
      if (document.visibilityState === 'visible') void follow(readPushState(device))
    }
    look()
    document.addEventListener('visibilitychange', look)
    return () => {
      newest.current += 1
      document.removeEventListener('visibilitychange', look)
    }
  }, [device])

  return {
    state,
    working,
    turn(on) {
      if (working) return
      setWorking(true)
      void follow(on ? turnPushOn(device) : turnPushOff(device)).finally(() => setWorking(false))
    },
  }
}
