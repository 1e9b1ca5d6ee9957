/**
 * Offline codes of an account: how many wrong ones in a row, and for how long offline is locked then.
 *
 * Owns `offline_locks`. Promises that a lock is counted over all approvals of an account and never reset by a new
 * challenge. Never blocks an approval with network.
 */
export { afterWrongResponse, isLocked, type OfflineLock, unlocked } from './offline-lock.ts'
export { holdOfflineLock, readOfflineLock, unlockByNetwork, writeOfflineLock } from './offline-store.ts'
