/** Time and randomness, so that tests can give others. */

export interface System {
  /** Milliseconds since the epoch. */
  now(): number
  /** From 0 to 1. */
  random(): number
  /** A name that nobody else has. */
  name(): string
  /** Waits so many milliseconds, or until the signal is aborted, and tells neither apart. */
  wait(ms: number, signal: AbortSignal | undefined): Promise<void>
}

function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal?.addEventListener('abort', end)
  })
}

export const thisMachine: System = {
  now: () => Date.now(),
  random: () => Math.random(),
  name: () => crypto.randomUUID(),
  wait,
}
