/** PURE: what consecutive wrong response codes of an account do (protocol section 7). */

/** Wrong responses of an account in a row, over all its approvals. */
export interface OfflineLock {
  readonly failures: number
  /** Milliseconds since the epoch, or null. */
  readonly lockedUntil: number | null
  /** Only an approval with network unlocks. */
  readonly untilOnline: boolean
}

export const unlocked: OfflineLock = { failures: 0, lockedUntil: null, untilOnline: false }

const minute = 60_000
const hour = 60 * minute

const waits = new Map([
  [5, 15 * minute],
  [10, hour],
  [15, 24 * hour],
])
const failuresUntilOnline = 20

/** Whether offline codes are locked at a moment. */
export const isLocked = (lock: OfflineLock, now: number): boolean =>
  lock.untilOnline || (lock.lockedUntil !== null && now < lock.lockedUntil)

/** The lock after one more wrong response. */
export function afterWrongResponse(lock: OfflineLock, now: number): OfflineLock {
  const failures = lock.failures + 1
  const wait = waits.get(failures)
  return {
    failures,
    lockedUntil: wait === undefined ? lock.lockedUntil : now + wait,
    untilOnline: lock.untilOnline || failures >= failuresUntilOnline,
  }
}
