/** Tries at the passcode and locks of the offline way: what may happen to them in one step. */
import type { Step } from './approval-safety.ts'
import type { ApprovalRow } from './snapshot.ts'

const passcodeTries = 5
const minute = 60_000

/** Protocol section 7: after how many wrong codes in a row the offline way is locked for how long. */
const waits: Readonly<Record<number, number>> = { 5: 15 * minute, 10: 60 * minute, 15: 24 * 60 * minute }
const untilOnlineAfter = 20

interface Lock {
  readonly failures: number
  readonly lockedUntil: number | null
  readonly untilOnline: boolean
}

const noLock: Lock = { failures: 0, lockedUntil: null, untilOnline: false }

/** @returns the audit rows that must have been written */
export function checkTries(step: Step, wrongProofs: Map<string, number>): string[] {
  const answered = [...step.after.approvals.values()].filter((row) => {
    const before = step.before.approvals.get(row.id)
    return before !== undefined && JSON.stringify(before) !== JSON.stringify(row)
  })
  const expected = checkPasscode(step, answered, wrongProofs)
  checkLocks(step, answered)
  return expected
}

/** A right proof: the phone approved, or picked a wrong number behind a right passcode. */
const hasRightProof = (row: ApprovalRow): boolean =>
  row.method === 'push' && (row.state === 'approved' || row.reason === 'wrong-number')

/** A right proof too: a renewal began in this step. */
const hasBegunRenewal = ({ before, after }: Step, device: string): boolean => {
  const begun = after.renewals.get(device)
  return begun !== undefined && begun.id !== before.renewals.get(device)?.id
}

function checkPasscode(step: Step, answered: readonly ApprovalRow[], wrongProofs: Map<string, number>): string[] {
  const { before, after, demand } = step
  const expected: string[] = []
  for (const [id, device] of after.devices) {
    const tries = before.devices.get(id)?.unlock_tries_left ?? passcodeTries
    const justDecided = (row: ApprovalRow) => before.approvals.get(row.id)?.state === 'pending'
    if (answered.some((row) => row.device_id === id && justDecided(row) && hasRightProof(row))) wrongProofs.set(id, 0)
    if (hasBegunRenewal(step, id)) wrongProofs.set(id, 0)
    if (device.unlock_tries_left < tries) {
      wrongProofs.set(id, (wrongProofs.get(id) ?? 0) + tries - device.unlock_tries_left)
      expected.push(`unlock-failed ${device.id}`)
    }
    const wrong = wrongProofs.get(id) ?? 0
    demand(wrong <= passcodeTries, 'more than five wrong passcodes were judged')
    demand(device.unlock_tries_left === passcodeTries - wrong, 'the tries at the passcode are not what was tried')
    demand(wrong < passcodeTries || device.state !== 'active', 'five wrong passcodes did not block a device')
  }
  return expected
}

function lockAfterWrong(lock: Lock, now: number): Lock {
  const failures = lock.failures + 1
  const wait = waits[failures]
  return {
    failures,
    lockedUntil: wait === undefined ? lock.lockedUntil : now + wait,
    untilOnline: lock.untilOnline || failures >= untilOnlineAfter,
  }
}

function checkLocks(step: Step, answered: readonly ApprovalRow[]): void {
  const { before, after, now, demand } = step
  for (const account of after.accounts.keys()) {
    const lock = before.locks.get(account) ?? noLock
    const isLocked = lock.untilOnline || (lock.lockedUntil !== null && now < lock.lockedUntil)
    let expected = lock
    for (const row of answered.filter((one) => one.account_id === account)) {
      const earlier = before.approvals.get(row.id)
      if (earlier?.state !== 'pending') continue
      const judged = row.response_tries_left < earlier.response_tries_left
      const begun = row.round > earlier.round
      demand(!isLocked || !(judged || begun), 'the offline way was taken while it was locked')
      if (judged) expected = row.state === 'approved' ? noLock : lockAfterWrong(lock, now)
      else if (row.state === 'approved' && lock.untilOnline) expected = noLock
    }
    const found = after.locks.get(account) ?? noLock
    demand(JSON.stringify(found) === JSON.stringify(expected), 'the lock of the offline way is not what was tried')
  }
}
