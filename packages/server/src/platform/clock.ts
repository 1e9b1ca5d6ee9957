/** Time, and waiting for it. Nothing else in the server asks the system what time it is. */

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls `fn` once, when the clock has reached `ms` (never before, and never within this call). Gives back how to cancel. */
  at(ms: number, fn: () => void): () => void
  /**
   * Only a clock that is moved by hand has this: `tell` is called with the time at once and whenever it is moved, and
   * awaited before anything happens at the new time. PostgreSQL's `now_ms()` follows it.
   */
  onMove?(tell: (now: number) => Promise<void>): Promise<void>
}

/** What `setTimeout` takes at most; anything longer it would call at once. */
const longestTimeout = 2 ** 31 - 1

/** The system's clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  at(ms, fn) {
    let timer: NodeJS.Timeout
    const wait = () => {
      timer = setTimeout(fire, Math.min(Math.max(ms - Date.now(), 0), longestTimeout))
      timer.unref()
    }
    // Timers run by another clock than the one that people set: look again before believing one.
    const fire = () => (Date.now() < ms ? wait() : fn())
    wait()
    return () => clearTimeout(timer)
  },
}
