/**
 * PURE: the rules of an approval (protocol sections 2, 6 and 7). Never awaits, never asks the time.
 *
 * The database enforces the same rules again with one conditional update; both must agree before anything changes.
 */
import type { DecisionPayload, DeclineReason } from '@countersign/protocol'

/** Milliseconds of a round. */
export const roundLength = 90_000
/** How long after its end the code of a round is still taken. */
export const codeGrace = 10_000
/** Rounds of one approval at most. */
export const maximumRounds = 6
/** Wrong response codes of one approval, after which it ends. */
export const maximumResponseTries = 5
/** How long an approved approval can be redeemed. */
export const redeemableFor = 300_000
/** How long the same redemption gets the same result. */
export const redemptionRepeatableFor = 86_400_000

export type ApprovalState = 'pending' | 'approved' | 'declined' | 'expired' | 'cancelled'
export type DecisionMethod = 'push' | 'offline-typed'

/** What the rules look at. Times are milliseconds since the epoch. */
export interface Approval {
  readonly state: ApprovalState
  readonly round: number
  /** Whether the page has chosen the offline way. */
  readonly offline: boolean
  /** End of the current round. */
  readonly expiresAt: number
  readonly responseTriesLeft: number
  readonly decidedAt: number | null
  readonly redemptionId: string | null
  readonly redeemedAt: number | null
}

/** When an unanswered approval is over: at the end of its round, with the code's grace where a code is out. */
export const endsAt = (approval: Pick<Approval, 'offline' | 'expiresAt'>): number =>
  approval.offline ? approval.expiresAt + codeGrace : approval.expiresAt

/** The state at a moment: a pending approval whose time has come is expired, whether or not that was written down. */
export const stateAt = (approval: Approval, now: number): ApprovalState =>
  approval.state === 'pending' && now >= endsAt(approval) ? 'expired' : approval.state

export type DecisionOutcome =
  | { readonly kind: 'approved' }
  | { readonly kind: 'declined'; readonly reason: DeclineReason | null }
  /** The passcode was wrong: the approval stays as it is, the device has one try less. */
  | { readonly kind: 'proof-wrong' }
  /** The proof was right, the number was not: one try, and the approval ends. */
  | { readonly kind: 'binding-wrong' }
  | { readonly kind: 'refused'; readonly code: 'approval_not_pending' | 'approval_expired' | 'digest_mismatch' }

/** What was found out about a decision before any transaction. */
export interface DecisionVerdict {
  readonly decision: DecisionPayload['decision']
  readonly reason: DeclineReason | null
  readonly round: number
  readonly digestMatches: boolean
  /** Null where there is no proof. */
  readonly proofRight: boolean | null
  /** Whether the decision carries what the binding asks for. Only looked at behind a right proof. */
  readonly bindingMet: boolean
}

/** The phone's answer. A decision answers the current round alone; checks come in the order of protocol section 6. */
export function decide(approval: Approval, verdict: DecisionVerdict, now: number): DecisionOutcome {
  const state = stateAt(approval, now)
  if (state === 'expired' || (state === 'pending' && now >= approval.expiresAt)) {
    return { kind: 'refused', code: 'approval_expired' }
  }
  if (state !== 'pending') return { kind: 'refused', code: 'approval_not_pending' }
  if (verdict.round !== approval.round || !verdict.digestMatches) return { kind: 'refused', code: 'digest_mismatch' }
  if (verdict.decision === 'decline') return { kind: 'declined', reason: verdict.reason }
  if (verdict.proofRight !== true) return { kind: 'proof-wrong' }
  return verdict.bindingMet ? { kind: 'approved' } : { kind: 'binding-wrong' }
}

/** Whether a next round may start: the page goes offline, or the code on it has run out. */
export function mayStartRound(approval: Approval, cause: 'go-offline' | 'code-ran-out', now: number): boolean {
  if (stateAt(approval, now) !== 'pending' || approval.round >= maximumRounds) return false
  return cause === 'go-offline' ? !approval.offline : approval.offline && now >= approval.expiresAt
}

/** Whether the code of a round is taken at a moment: the current round's, or the previous one's within its grace. */
export const codeIsTaken = (
  approval: Approval,
  round: { readonly round: number; readonly expiresAt: number },
  now: number,
): boolean =>
  approval.offline &&
  // The first round was never shown as a code.
  round.round > 1 &&
  (round.round === approval.round || round.round === approval.round - 1) &&
  now < round.expiresAt + codeGrace

export type ResponseOutcome =
  | { readonly kind: 'approved' }
  | { readonly kind: 'wrong'; readonly triesLeft: number }
  | { readonly kind: 'ended'; readonly state: Exclude<ApprovalState, 'pending'> }

/** A response code, its verdict known. A wrong one costs a try; the last one ends the approval. */
export function judgeResponse(approval: Approval, right: boolean, now: number): ResponseOutcome {
  const state = stateAt(approval, now)
  if (state !== 'pending') return { kind: 'ended', state }
  if (right) return { kind: 'approved' }
  return { kind: 'wrong', triesLeft: Math.max(0, approval.responseTriesLeft - 1) }
}

export type RedemptionOutcome =
  | { readonly kind: 'redeem' }
  /** The same redemption again: the same result. */
  | { readonly kind: 'repeat' }
  | { readonly kind: 'refused'; readonly code: 'approval_not_pending' | 'already_redeemed' | 'redeem_too_late' }

/** Collecting the result, once (protocol section 2). */
export function redeem(approval: Approval, redemptionId: string, now: number): RedemptionOutcome {
  if (approval.state !== 'approved' || approval.decidedAt === null) {
    return { kind: 'refused', code: 'approval_not_pending' }
  }
  if (approval.redemptionId !== null && approval.redeemedAt !== null) {
    if (approval.redemptionId !== redemptionId) return { kind: 'refused', code: 'already_redeemed' }
    return now < approval.redeemedAt + redemptionRepeatableFor
      ? { kind: 'repeat' }
      : { kind: 'refused', code: 'redeem_too_late' }
  }
  return now < approval.decidedAt + redeemableFor ? { kind: 'redeem' } : { kind: 'refused', code: 'redeem_too_late' }
}
