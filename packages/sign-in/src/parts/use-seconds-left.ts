/** The seconds that remain, ticking when they change. */
import { useEffect, useRef, useState } from 'react'
import { passesMark, secondsLeft, untilNextSecond } from '../countdown.ts'
import { useUi } from '../ui.tsx'

/** The second at which the time left is said aloud. */
const spokenMark = 30
/** Milliseconds to wait for the server's word once the time is up, before the line is doubted. */
const overdueAfter = 2_500

/**
 * @param expires by the server's clock, milliseconds
 * @param clockOffset the server's clock minus the page's monotonic clock
 */
export function useSecondsLeft(expires: number, clockOffset: number): number {
  const { words, announce } = useUi()
  const [seconds, setSeconds] = useState(() => secondsLeft(expires, clockOffset, performance.now()))
  const before = useRef(seconds)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const tick = () => {
      const now = performance.now()
      const left = secondsLeft(expires, clockOffset, now)
      setSeconds(left)
      if (left > 0) timer = setTimeout(tick, untilNextSecond(expires, clockOffset, now))
    }
    tick()
    return () => clearTimeout(timer)
  }, [expires, clockOffset])
  useEffect(() => {
    if (passesMark(before.current, seconds, spokenMark)) announce(words.secondsLeft(seconds))
    before.current = seconds
  }, [seconds, words, announce])
  return seconds
}

/** @param onOverdue called again and again while no seconds are left and the server has said nothing */
export function useOverdue(seconds: number, onOverdue: () => void): void {
  useEffect(() => {
    if (seconds > 0) return
    const timer = setInterval(onOverdue, overdueAfter)
    return () => clearInterval(timer)
  }, [seconds, onOverdue])
}
