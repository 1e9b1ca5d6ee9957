import { describe, expect, test } from 'vitest'
import { afterWrongResponse, isLocked, type OfflineLock, unlocked } from './offline-lock.ts'

const start = 1_800_000_000_000
const minute = 60_000

const afterWrong = (times: number, now: number): OfflineLock => {
  let lock = unlocked
  for (let time = 0; time < times; time++) lock = afterWrongResponse(lock, now)
  return lock
}

describe('wrong response codes in a row, over all approvals of an account', () => {
  test.each([
    [4, 0, false],
    [5, 0, true],
    [5, 15 * minute - 1, true],
    [5, 15 * minute, false],
    [9, 15 * minute, false],
    [10, 60 * minute - 1, true],
    [10, 60 * minute, false],
    [15, 24 * 60 * minute - 1, true],
    [15, 24 * 60 * minute, false],
    [20, 1000 * 24 * 60 * minute, true],
  ])('after %i of them, %i ms later, offline is locked: %s', (failures, later, locked) => {
    expect(isLocked(afterWrong(failures, start), start + later)).toBe(locked)
  })
})
