/** Seconds that remain on the screen, counted by a given clock. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { secondsLeft, untilNextSecond } from './countdown.ts'

/**
 * @param ends milliseconds by the clock that `now` reads
 * @param onEnd called once, when nothing remains
 */
export function useCountdown(ends: number, now: () => number, onEnd: () => void): number {
  const [seconds, setSeconds] = useState(() => secondsLeft(ends, now()))
  const latestEnd = useRef(onEnd)
  latestEnd.current = onEnd
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const tick = () => {
      const left = secondsLeft(ends, now())
      setSeconds(left)
      if (left === 0) latestEnd.current()
      else timer = setTimeout(tick, untilNextSecond(ends, now()))
    }
    tick()
    return () => clearTimeout(timer)
  }, [ends, now])
  return seconds
}
