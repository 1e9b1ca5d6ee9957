import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Approval,
  codeGrace,
  codeIsTaken,
  type DecisionVerdict,
  decide,
  endsAt,
  judgeResponse,
  maximumResponseTries,
  maximumRounds,
  mayStartRound,
  redeem,
  redeemableFor,
  redemptionRepeatableFor,
  roundLength,
  stateAt,
} from './approval.ts'

const start = 1_800_000_000_000
const pending: Approval = {
  state: 'pending',
  round: 1,
  offline: false,
  expiresAt: start + roundLength,
  responseTriesLeft: maximumResponseTries,
  decidedAt: null,
  redemptionId: null,
  redeemedAt: null,
}
const offline: Approval = { ...pending, round: 2, offline: true }
const approved: Approval = { ...pending, state: 'approved', decidedAt: start }
const approve: DecisionVerdict = {
  decision: 'approve',
  reason: null,
  round: 1,
  digestMatches: true,
  proofRight: true,
  bindingMet: true,
}

describe('the end of an approval', () => {
  test.each([
    ['a millisecond before the end of its round it waits', pending, roundLength - 1, 'pending'],
    ['at the end of its round it is expired', pending, roundLength, 'expired'],
    ['with a code out it waits ten seconds longer', offline, roundLength + codeGrace - 1, 'pending'],
    ['and is expired then', offline, roundLength + codeGrace, 'expired'],
    ['what was approved does not expire', approved, 10 * roundLength, 'approved'],
  ] as const)('%s', (_name, approval, after, state) => {
    expect(stateAt(approval, start + after)).toBe(state)
  })
})

describe('the decision of a phone', () => {
  const at = start + 1000
  test.each([
    ['approves with a right proof', pending, approve, at, { kind: 'approved' }],
    [
      'declines without a proof',
      pending,
      { ...approve, decision: 'decline', reason: 'not-me', proofRight: null },
      at,
      { kind: 'declined', reason: 'not-me' },
    ],
    [
      'leaves the approval as it is with a wrong proof',
      pending,
      { ...approve, proofRight: false },
      at,
      { kind: 'proof-wrong' },
    ],
    ['never approves without a proof', pending, { ...approve, proofRight: null }, at, { kind: 'proof-wrong' }],
    ['ends by a wrong number', pending, { ...approve, bindingMet: false }, at, { kind: 'binding-wrong' }],
    [
      'looks at the number behind a right proof only',
      pending,
      { ...approve, proofRight: false, bindingMet: false },
      at,
      { kind: 'proof-wrong' },
    ],
    [
      'is too late at the end of the round',
      pending,
      approve,
      pending.expiresAt,
      { kind: 'refused', code: 'approval_expired' },
    ],
    [
      'is too late at the end of the round also while the code still counts',
      offline,
      { ...approve, round: 2 },
      offline.expiresAt,
      { kind: 'refused', code: 'approval_expired' },
    ],
    ['answers the current round only', offline, approve, at, { kind: 'refused', code: 'digest_mismatch' }],
    [
      'answers this document only',
      pending,
      { ...approve, digestMatches: false },
      at,
      { kind: 'refused', code: 'digest_mismatch' },
    ],
    ['finds what has ended ended', approved, approve, at, { kind: 'refused', code: 'approval_not_pending' }],
    [
      'judges state and document before the proof, so that no try is spent on them',
      { ...pending, state: 'cancelled' },
      { ...approve, proofRight: false },
      at,
      { kind: 'refused', code: 'approval_not_pending' },
    ],
  ] as const)('%s', (_name, approval, verdict, now, outcome) => {
    expect(decide(approval, verdict, now)).toEqual(outcome)
  })
})

describe('rounds', () => {
  test.each([
    ['the page may go offline while the approval waits', pending, 'go-offline', 1000, true],
    ['not twice', offline, 'go-offline', 1000, false],
    ['not when it is over', pending, 'go-offline', roundLength, false],
    ['no next round before the code has run out', offline, 'code-ran-out', roundLength - 1, false],
    ['the next round when it has', offline, 'code-ran-out', roundLength, true],
    ['not after the grace', offline, 'code-ran-out', roundLength + codeGrace, false],
    ['never a seventh', { ...offline, round: maximumRounds }, 'code-ran-out', roundLength, false],
    ['none where nobody went offline', pending, 'code-ran-out', roundLength, false],
  ] as const)('%s', (_name, approval, cause, after, may) => {
    expect(mayStartRound(approval, cause, start + after)).toBe(may)
  })

  const third: Approval = { ...offline, round: 3, expiresAt: start + 2 * roundLength }
  test.each([
    [
      'the code of the current round is taken',
      third,
      { round: 3, expiresAt: start + 2 * roundLength },
      roundLength,
      true,
    ],
    [
      'the code before it within its grace',
      third,
      { round: 2, expiresAt: start + roundLength },
      roundLength + codeGrace - 1,
      true,
    ],
    ['not after its grace', third, { round: 2, expiresAt: start + roundLength }, roundLength + codeGrace, false],
    ['the first round has no code', offline, { round: 1, expiresAt: start + roundLength }, 1000, false],
    ['no code counts online', pending, { round: 1, expiresAt: start + roundLength }, 1000, false],
  ] as const)('%s', (_name, approval, round, after, taken) => {
    expect(codeIsTaken(approval, round, start + after)).toBe(taken)
  })
})

describe('redemption', () => {
  const redeemed: Approval = { ...approved, redemptionId: 'first', redeemedAt: start + 1000 }
  test.each([
    ['collects what was approved', approved, 'first', 1000, { kind: 'redeem' }],
    ['gives the same caller the same again', redeemed, 'first', 2000, { kind: 'repeat' }],
    ['for a day', redeemed, 'first', 1000 + redemptionRepeatableFor, { kind: 'refused', code: 'redeem_too_late' }],
    ['refuses a second caller', redeemed, 'second', 2000, { kind: 'refused', code: 'already_redeemed' }],
    ['comes within five minutes', approved, 'first', redeemableFor, { kind: 'refused', code: 'redeem_too_late' }],
    ['is for what was approved only', pending, 'first', 1000, { kind: 'refused', code: 'approval_not_pending' }],
    [
      'not for what was declined',
      { ...approved, state: 'declined' },
      'first',
      1000,
      { kind: 'refused', code: 'approval_not_pending' },
    ],
  ] as const)('%s', (_name, approval, id, after, outcome) => {
    expect(redeem(approval, id, start + after)).toEqual(outcome)
  })
})

type Step =
  | { readonly kind: 'wait'; readonly milliseconds: number }
  | { readonly kind: 'decide'; readonly verdict: DecisionVerdict }
  | { readonly kind: 'go-offline' }
  | { readonly kind: 'code-ran-out' }
  | { readonly kind: 'respond'; readonly right: boolean }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'redeem'; readonly id: string }

const anyVerdict: fc.Arbitrary<DecisionVerdict> = fc.record({
  decision: fc.constantFrom('approve', 'decline'),
  reason: fc.constant(null),
  round: fc.integer({ min: 1, max: 3 }),
  digestMatches: fc.boolean(),
  proofRight: fc.constantFrom(true, false, null),
  bindingMet: fc.boolean(),
})

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('wait' as const), milliseconds: fc.integer({ min: 0, max: roundLength }) }),
  fc.record({ kind: fc.constant('decide' as const), verdict: anyVerdict }),
  fc.constant({ kind: 'go-offline' as const }),
  fc.constant({ kind: 'code-ran-out' as const }),
  fc.record({ kind: fc.constant('respond' as const), right: fc.boolean() }),
  fc.constant({ kind: 'cancel' as const }),
  fc.record({ kind: fc.constant('redeem' as const), id: fc.constantFrom('a', 'b') }),
)

const nextRound = (approval: Approval, now: number): Approval => ({
  ...approval,
  round: approval.round + 1,
  offline: true,
  expiresAt: now + roundLength,
})

function respond(approval: Approval, right: boolean, now: number): Approval {
  const outcome = judgeResponse(approval, right, now)
  if (outcome.kind === 'ended') return approval
  if (outcome.kind === 'approved') return { ...approval, state: 'approved', decidedAt: now }
  const ended = outcome.triesLeft === 0 ? { state: 'declined' as const, decidedAt: now } : {}
  return { ...approval, responseTriesLeft: outcome.triesLeft, ...ended }
}

function take(approval: Approval, step: Exclude<Step, { kind: 'wait' }>, now: number): Approval {
  switch (step.kind) {
    case 'decide': {
      const outcome = decide(approval, step.verdict, now)
      if (outcome.kind === 'binding-wrong') return { ...approval, state: 'declined', decidedAt: now }
      return outcome.kind === 'approved' || outcome.kind === 'declined'
        ? { ...approval, state: outcome.kind, decidedAt: now }
        : approval
    }
    case 'go-offline':
    case 'code-ran-out':
      return mayStartRound(approval, step.kind, now) ? nextRound(approval, now) : approval
    case 'respond':
      return approval.offline ? respond(approval, step.right, now) : approval
    case 'cancel':
      return stateAt(approval, now) === 'pending' ? { ...approval, state: 'cancelled' } : approval
    case 'redeem':
      return redeem(approval, step.id, now).kind === 'redeem'
        ? { ...approval, redemptionId: step.id, redeemedAt: now }
        : approval
  }
}

test('abuse-19 in every order of events an end is an end, nothing is decided late, nothing is collected twice', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 40 }), (steps) => {
      let approval = pending
      let now = start
      for (const step of steps) {
        if (step.kind === 'wait') {
          now += step.milliseconds
          continue
        }
        const before = approval
        approval = take(approval, step, now)
        if (stateAt(before, now) !== 'pending') expect(stateAt(approval, now)).toBe(stateAt(before, now))
        if (approval.state === 'approved' && before.state === 'pending') expect(now).toBeLessThan(endsAt(before))
        if (before.redemptionId !== null) expect(approval.redemptionId).toBe(before.redemptionId)
        expect(approval.round).toBeLessThanOrEqual(maximumRounds)
        expect(approval.responseTriesLeft).toBeGreaterThanOrEqual(0)
      }
    }),
    { numRuns: 2000 },
  )
})
