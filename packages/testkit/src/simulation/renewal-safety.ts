/** Unlock secrets and their renewals: what may happen to them in one step. Each function gives the audit rows for it. */
import type { Step } from './approval-safety.ts'
import type { DeviceRow, RenewalRow } from './snapshot.ts'

const length = 5 * 60_000
const tries = 5

const sameBytes = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, index) => byte === other[index])

/** Whether a device may be given another secret when the step begins. */
const isGrounded = ({ before }: Step, { id, account_id }: DeviceRow): boolean =>
  before.accounts.get(account_id) === 'active' && before.devices.get(id)?.state === 'active'

/** @returns the audit rows that must have been written */
export function checkRenewals(step: Step): string[] {
  const expected: string[] = []
  for (const [id, device] of step.after.devices) {
    const before = step.before.devices.get(id)
    if (before !== undefined) expected.push(...changedSecret(step, before, device))
    expected.push(...changedRenewal(step, device))
  }
  return expected
}

/** A secret changes by a renewal alone, one that was under way in its time, whose copy the phone has kept. */
function changedSecret(step: Step, old: DeviceRow, device: DeviceRow): string[] {
  const { before, after, now, world, demand } = step
  if (device.renewal_id === old.renewal_id) {
    const isErased = device.state === 'removed'
    demand(isErased || sameBytes(old.unlock_secret, device.unlock_secret), 'a secret changed without a renewal')
    return []
  }
  const row = before.renewals.get(device.id)
  demand(row?.id === device.renewal_id, 'a renewal came into force that was not under way')
  demand(now < (row?.expires_at ?? 0), 'a renewal came into force after its time')
  demand(isGrounded(step, device), 'a device got another secret that is not active')
  demand(device.unlock_tries_left === old.unlock_tries_left, 'a renewal gave tries back without the passcode of before')
  demand(!sameBytes(old.unlock_secret, device.unlock_secret), 'a renewal left the old secret in force')
  demand(!after.renewals.has(device.id), 'what is in force is still under way')
  const kept = [...(world.phoneWith(device.id)?.passcodes.keys() ?? [])]
  const isKept = kept.some((copy) => copy === device.renewal_id)
  demand(isKept, 'a secret came into force that the phone has not kept')
  world.happened('a passcode was changed')
  const begunAt = world.renewalBegunAtRestart.get(device.renewal_id ?? '') ?? world.restarts
  if (begunAt < world.restarts) world.happened('a restart came within a renewal')
  return [`device.renewed ${device.id}`]
}

/** What is under way: begun by who has the secret in force, and gone when it came into force or its time is over. */
function changedRenewal(step: Step, device: DeviceRow): string[] {
  const { before, after, demand, now } = step
  const [earlier, later] = [before.renewals.get(device.id), after.renewals.get(device.id)]
  if (later !== undefined && later.id !== earlier?.id) return begun(step, device, later)
  if (later !== undefined && earlier !== undefined) {
    demand(later.expires_at === earlier.expires_at, 'a renewal became longer or shorter')
    demand(later.proof_tries_left === earlier.proof_tries_left, 'a right proof from a new secret cost a try')
  } else if (earlier !== undefined && device.renewal_id !== earlier.id) {
    const mayBeGone = now >= earlier.expires_at || device.state === 'removed'
    demand(mayBeGone, 'a renewal is gone before its time')
  }
  return []
}

function begun(step: Step, device: DeviceRow, row: RenewalRow): string[] {
  const { before, demand, now, world } = step
  demand(isGrounded(step, device), 'a renewal began on a device that is not active')
  demand(row.expires_at === now + length && row.proof_tries_left === tries, 'a renewal did not begin at its beginning')
  const inForce = before.devices.get(device.id)?.renewal_id
  const starts = world.phoneWith(device.id)?.starts ?? []
  const isProven = starts.some(({ copy, passcodeRight }) => passcodeRight && copy === inForce)
  demand(isProven, 'a renewal began without the secret in force')
  world.renewalBegunAtRestart.set(row.id, world.restarts)
  const earlier = before.renewals.get(device.id)
  if (earlier !== undefined && now < earlier.expires_at) {
    world.happened('a later renewal took the place of an earlier one')
  }
  return [`renewal.started ${device.id}`]
}
