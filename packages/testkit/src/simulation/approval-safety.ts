/** What may happen to an approval in one step. Each function gives the audit rows that must have been written for it. */
import { payloadOf } from './payload.ts'
import type { SimulatedWorld } from './simulated-world.ts'
import type { ApprovalRow, Snapshot } from './snapshot.ts'

const round = 90_000
const grace = 10_000
const rounds = 6
const tries = 5
const redeemable = 300_000

export type Demand = (holds: boolean, otherwise: string) => void

export interface Step {
  readonly before: Snapshot
  readonly after: Snapshot
  readonly now: number
  readonly world: SimulatedWorld
  readonly demand: Demand
}

/** Whether account and device of an approval could be asked and believed when the step began. */
const isGrounded = ({ before }: Step, row: ApprovalRow): boolean =>
  before.accounts.get(row.account_id) === 'active' && before.devices.get(row.device_id)?.state === 'active'

/** When an unanswered approval is over. */
export const endOf = (row: ApprovalRow): number => row.expires_at + (row.offline === 1 ? grace : 0)

export function newApproval(step: Step, row: ApprovalRow): string[] {
  const { demand } = step
  demand(row.state === 'pending' && row.round === 1 && row.offline === 0, 'an approval did not begin at its beginning')
  demand(row.response_tries_left === tries, 'an approval did not begin with five tries')
  demand(row.expires_at === row.created_at + round, 'the first round is not 90 s')
  demand(isGrounded(step, row), 'somebody was asked whose account or device is not active')
  demand(step.before.devices.get(row.device_id)?.authenticating === 1, 'a device was asked that is not to be asked')
  if (row.quiet === 1) step.world.happened('an unanswered fourth was quiet')
  return [`approval.started ${row.id}`]
}

export function changedApproval(step: Step, before: ApprovalRow, after: ApprovalRow): string[] {
  const { demand, now } = step
  demand((after.state === 'pending') === (after.live_key !== null), 'a live key is held by what is not alive')
  if (before.state !== 'pending') return changedEnded(step, before, after)
  demand(after.redemption_id === null, 'something was redeemed that was not approved')
  const expected = changedTries(step, before, after)
  if (after.round !== before.round) {
    demand(after.state === 'pending', 'a round began on something that has ended')
    demand(after.round === before.round + 1 && after.round <= rounds, 'a round was left out, or was one too many')
    demand(after.offline === 1, 'a round began without the offline way')
    const due = before.offline === 1 ? now >= before.expires_at : now < before.expires_at
    demand(due && now < before.expires_at + grace, 'a round began at the wrong time')
    expected.push(`approval.round-started ${after.id}`)
  } else demand(after.expires_at === before.expires_at, 'a round became longer or shorter')
  demand(after.expires_at <= after.created_at + rounds * (round + grace), 'an approval lives too long')
  return after.state === 'pending' ? expected : [...expected, ...ended(step, before, after)]
}

/** An ended approval stays as it is; it may be redeemed once. */
function changedEnded(step: Step, before: ApprovalRow, after: ApprovalRow): string[] {
  const { demand, now } = step
  const same = { ...before, redemption_id: after.redemption_id, redeemed_at: after.redeemed_at }
  demand(JSON.stringify(same) === JSON.stringify(after), `what was ${before.state} has changed`)
  if (after.redemption_id === before.redemption_id) return []
  demand(before.redemption_id === null, 'an approval was redeemed by a second caller')
  demand(after.state === 'approved', `something was redeemed that is ${after.state}`)
  demand(isGrounded(step, before), 'something was redeemed after lock or removal')
  demand(now < (before.decided_at ?? 0) + redeemable, 'something was redeemed too late')
  demand(after.redeemed_at === now, 'the time of a redemption is wrong')
  return [`approval.redeemed ${after.id}`]
}

/** The tries at the code: one less for each code, and a wrong one is audited. */
function changedTries({ demand }: Step, before: ApprovalRow, after: ApprovalRow): string[] {
  const spent = before.response_tries_left - after.response_tries_left
  if (spent === 0) return []
  demand(spent === 1 && after.response_tries_left >= 0, 'tries at the code were given back, or spent at once')
  demand(before.offline === 1, 'a code was judged that no page has shown')
  if (after.state === 'approved') return []
  demand(after.response_tries_left > 0 || after.state === 'declined', 'five wrong codes did not end an approval')
  return [`approval.response-refused ${after.id}`]
}

function ended(step: Step, before: ApprovalRow, after: ApprovalRow): string[] {
  const { demand, now, world } = step
  const over = endOf(before)
  switch (after.state) {
    case 'approved':
      world.decidedAtRestart.set(after.id, world.restarts)
      demandDecided(step, before, after)
      break
    case 'declined':
      demandDecided(step, before, after)
      if (after.reason === 'codes-spent') world.happened('five wrong codes ended a request')
      if (after.reason === 'wrong-number') world.happened('a wrong number ended a request')
      break
    case 'expired':
      demand(now >= over, 'an approval expired before its end')
      break
    default:
      demand(now < over, 'an approval was cancelled after its end')
      if (after.reason === 'replaced') world.happened('changed data took the place of what was asked before')
      if (after.reason === 'device-removed') world.happened('a device was removed under a request')
      if (after.reason === 'account-locked') world.happened('an account was locked under a request')
  }
  return [`approval.${after.state} ${after.id}`]
}

function demandDecided(step: Step, before: ApprovalRow, after: ApprovalRow): void {
  const { demand, now } = step
  demand(after.decided_at === now, 'the time of a decision is wrong')
  demand(isGrounded(step, before), 'something was decided after lock or removal')
  demand((after.method === 'push') === (after.decision_jws !== null), 'the phone’s decision was not kept')
  if (after.method === 'push') demandPushed(step, before, after)
  else demandCode(step, before, after)
}

function demandCode({ demand, now, world }: Step, before: ApprovalRow, after: ApprovalRow): void {
  demand(now < before.expires_at + grace, 'something was decided by a code after its end')
  demand(before.offline === 1, 'a code was accepted that no page has shown')
  const accepted = world.codesAccepted.has(after.id)
  if (after.state === 'approved') demand(accepted, 'a code was accepted that nobody submitted')
  else demand(after.response_tries_left === 0, 'wrong codes ended an approval too early')
}

/** What was decided with network is what somebody did on the phone that was asked, by the secret in force. */
function demandPushed(
  { demand, now, world, before: { devices } }: Step,
  before: ApprovalRow,
  after: ApprovalRow,
): void {
  demand(now < before.expires_at, 'something was decided after its end')
  const payload = payloadOf(after.decision_jws ?? '')
  demand(payload.approval === after.id && payload.device === after.device_id, 'a decision is about something else')
  demand(payload.round === before.round, 'a decision answers another round than the current one')
  const answers = world.phones
    .filter((phone) => phone.device.stored.device === after.device_id)
    .flatMap((phone) => phone.answers)
    .filter(({ shown, kind }) => shown.approval === after.id && kind === payload.decision)
  const isRight = (number: string | null) => number === (after.binding === 'number' ? after.binding_value : null)
  const inForce = devices.get(after.device_id)?.renewal_id
  const asked = answers.filter(({ kind, passcodeRight, copy, number }) =>
    kind === 'decline'
      ? after.state === 'declined'
      : passcodeRight && copy === inForce && isRight(number) === (after.state === 'approved'),
  )
  demand(asked.length > 0, `something was ${after.state} as nobody did on the phone`)
}
