/** Counting down by the server's clock, on a page whose own clock may be wrong. Times in milliseconds. */

/** How long a request and a code live (protocol section 2). */
export const roundSeconds = 90
/** How long the code of an SMS lives (protocol section 8). */
export const smsCodeSeconds = 300

/**
 * Whole seconds that remain, never below zero.
 *
 * @param expires by the server's clock
 * @param clockOffset the server's clock minus the page's monotonic clock
 * @param now of the page's monotonic clock
 */
export const secondsLeft = (expires: number, clockOffset: number, now: number): number =>
  Math.max(0, Math.ceil((expires - clockOffset - now) / 1000))

/** Milliseconds until `secondsLeft` changes; at least one, so that a timer moves on. */
export function untilNextSecond(expires: number, clockOffset: number, now: number): number {
  const left = expires - clockOffset - now
  const rest = left - (Math.ceil(left / 1000) - 1) * 1000
  return Math.max(1, Math.ceil(rest))
}

/** What part of the whole remains, from 1 to 0. */
export const partLeft = (seconds: number, whole: number): number => Math.min(1, Math.max(0, seconds / whole))

/** `1:05`, as everywhere else where time is left. */
export const asClock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`

/** Whether the count went past the mark in this tick, so that it is said once. */
export const passesMark = (before: number, after: number, mark: number): boolean =>
  before > mark && after <= mark && after > 0
