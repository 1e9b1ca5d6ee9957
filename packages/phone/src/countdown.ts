/** Counting down. Times are milliseconds of one clock. */

/** Whole seconds that remain, never below zero. */
export const secondsLeft = (ends: number, now: number): number => Math.max(0, Math.ceil((ends - now) / 1000))

/** Milliseconds until `secondsLeft` changes; at least one, so that a timer moves on. */
export function untilNextSecond(ends: number, now: number): number {
  const left = ends - now
  return left <= 0 ? 1000 : Math.max(1, left - (Math.ceil(left / 1000) - 1) * 1000)
}

/** What part of the whole remains, from 1 to 0. */
export const partLeft = (seconds: number, whole: number): number =>
  whole <= 0 ? 0 : Math.min(1, Math.max(0, seconds / whole))

/** `1:05` */
export const asClock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`

/** Whether these seconds are worth saying aloud; all of them would be noise. */
export const isSpoken = (seconds: number): boolean => seconds === 60 || seconds === 30 || seconds === 10
