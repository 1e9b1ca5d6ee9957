import {
  type ApprovalId,
  type CredentialAssertion,
  type DecisionAnswer,
  type DecisionBody,
  DecisionPayload,
  decisionType,
  equalBytes,
  fromBase64url,
  proofKeyOf,
  sha256,
  verifyProof,
} from '@countersign/protocol'
import { holdAccount } from '../accounts/index.ts'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import { nowMs, type Transaction } from '../db/index.ts'
import {
  ceremonyAt,
  type Device,
  hasSameSecret,
  holdDevice,
  openUnlockSecret,
  restoreUnlockTries,
  spendUnlockTry,
  type VerifiedPayload,
  verifyAssertion,
  verifyPayload,
} from '../devices/index.ts'
import { Refusal, type SignedRequest, spendNonce } from '../http/index.ts'
import type { Queued } from '../jobs/index.ts'
import { unlockByNetwork } from '../offline/index.ts'
import { type DecisionOutcome, type DecisionVerdict, decide } from './approval.ts'
import { endByAnswer, holdApproval, readStoredApproval, type StoredApproval } from './approval-store.ts'
import { isBindingMet } from './binding.ts'
import { recordEnd } from './record-end.ts'
import { readLatestRounds, type StoredRound } from './round-store.ts'
import { wake } from './wake.ts'

/** A decision, verified as far as that is possible without the state. */
interface VerifiedDecision extends VerifiedPayload<DecisionPayload> {
  readonly jws: string
  /** Whether it was fingerprint or face that opened the secret, or whether it says nothing of them. */
  readonly isVouchedFor: boolean
}

/** Whether the device's credential signed these bytes for a verified person. */
async function isAsserted(
  context: Context,
  { credential }: Device,
  bytes: Uint8Array,
  assertion: CredentialAssertion,
): Promise<boolean> {
  if (credential === null) return false
  return verifyAssertion(assertion, credential, ceremonyAt(context.config.phoneUrl, sha256(bytes)))
}

async function verifyDecision(
  context: Context,
  device: Device,
  approval: ApprovalId,
  { decision: jws, assertion }: DecisionBody,
): Promise<VerifiedDecision> {
  const verified = await verifyPayload(jws, {
    signer: device,
    type: decisionType,
    schema: DecisionPayload,
    what: 'decision',
  })
  const { payload, bytes } = verified
  const meant = payload.aud === context.config.issuer && payload.device === device.id && payload.approval === approval
  if (!meant) throw new Refusal('signature_invalid', { detail: 'The decision is meant for something else.' })
  if ((payload.unlock === undefined) !== (assertion === undefined)) {
    throw new Refusal('signature_invalid', {
      detail: 'An assertion belongs to a decision that says unlock, and to no other.',
    })
  }
  const isVouchedFor = assertion === undefined || (await isAsserted(context, device, bytes, assertion))
  return { payload, bytes, jws, isVouchedFor }
}

const payloadOf = (jws: string): Uint8Array => fromBase64url(jws.split('.')[1] ?? '')

/** The answer when this device has decided before, or null. */
function answeredBefore(approval: StoredApproval, decision: VerifiedDecision): DecisionAnswer | null {
  if (approval.decisionJws === null) return null
  // ES256 signatures differ each time; what was decided is the payload.
  if (!equalBytes(payloadOf(approval.decisionJws), decision.bytes)) throw new Refusal('decision_conflict')
  return { approval: approval.id, state: approval.state === 'approved' ? 'approved' : 'declined' }
}

function verdictOf(
  context: Context,
  device: Device,
  { approval, rounds }: { approval: StoredApproval; rounds: readonly StoredRound[] },
  decision: VerifiedDecision,
  proof: string | undefined,
): DecisionVerdict {
  const answered = rounds.find(({ round }) => round === decision.payload.round)
  const secret = openUnlockSecret(context, device)
  return {
    decision: decision.payload.decision,
    reason: decision.payload.reason ?? null,
    round: decision.payload.round,
    digestMatches:
      answered !== undefined &&
      // Every round of an approval has its binding in the document.
      approval.binding === decision.payload.binding &&
      equalBytes(answered.digest, fromBase64url(decision.payload.digest)),
    proofRight:
      proof === undefined ? null : verifyProof(proofKeyOf(secret), 'decision', decision.bytes, fromBase64url(proof)),
    bindingMet: isBindingMet(approval.binding, approval.bindingValue, decision.payload.binding_value),
  }
}

type Applied =
  | { readonly kind: 'answered'; readonly answer: DecisionAnswer; readonly queued?: readonly Queued[] }
  | { readonly kind: 'unlock-failed'; readonly triesLeft: number }

async function applyWrongProof(transaction: Transaction, approval: StoredApproval): Promise<Applied> {
  const triesLeft = await spendUnlockTry(transaction, approval.device)
  if (triesLeft === null) throw new Refusal('device_blocked')
  await recordAudit(transaction, {
    kind: 'approval.unlock-failed',
    account: approval.account,
    device: approval.device,
    approval: approval.id,
    detail: { tries_left: triesLeft },
  })
  return { kind: 'unlock-failed', triesLeft }
}

async function applyAnswer(
  context: Context,
  transaction: Transaction,
  approval: StoredApproval,
  decision: VerifiedDecision,
  outcome: Extract<DecisionOutcome, { kind: 'approved' | 'declined' | 'binding-wrong' }>['kind'],
): Promise<Applied> {
  const state = outcome === 'approved' ? 'approved' : 'declined'
  const reason = outcome === 'binding-wrong' ? 'wrong-number' : (decision.payload.reason ?? null)
  const takesProof = outcome !== 'declined'
  // The try is spent before the verdict counts, and given back because it was right. What throws takes all of it back.
  const [triesLeft, , , ended, queued] = await Promise.all([
    takesProof ? spendUnlockTry(transaction, approval.device) : 0,
    takesProof && restoreUnlockTries(transaction, approval.device),
    state === 'approved' && unlockByNetwork(transaction, approval.account),
    endByAnswer(transaction, approval, {
      state,
      reason,
      method: 'push',
      amr: state === 'approved' ? ['swk', decision.payload.unlock ?? 'pin'] : null,
      decisionJws: decision.jws,
      round: decision.payload.round,
      answered: decision.payload.round,
      grace: 0,
    }),
    recordEnd(context, transaction, approval, { state, reason, method: 'push' }),
  ])
  if (triesLeft === null) throw new Refusal('device_blocked')
  if (!ended) throw new Refusal('approval_expired')
  return { kind: 'answered', answer: { approval: approval.id, state }, queued }
}

/**
 * The phone's answer (protocol section 6).
 *
 * @throws Refusal `not_found` for another device's approval, `signature_invalid`, `decision_conflict`,
 * `approval_not_pending`, `approval_expired`, `digest_mismatch`, `unlock_failed`, `device_blocked`, `nonce_used`
 */
export async function answerApproval(
  context: Context,
  signed: SignedRequest,
  device: Device,
  id: ApprovalId,
  body: DecisionBody,
): Promise<DecisionAnswer> {
  const [found, rounds] = await context.db.read((query) =>
    Promise.all([readStoredApproval(query, id), readLatestRounds(query, id)]),
  )
  if (found === null || found.device !== device.id || found.account !== device.account) throw new Refusal('not_found')
  const decision = await verifyDecision(context, device, id, body)
  if (decision.payload.binding === 'plain' && decision.payload.binding_value !== null) {
    throw new Refusal('invalid_request', { detail: 'A plain decision carries no value.' })
  }
  if (decision.payload.decision === 'approve' && body.proof === undefined) {
    throw new Refusal('invalid_request', { detail: 'Approving takes a proof.' })
  }
  const verdict = verdictOf(context, device, { approval: found, rounds }, decision, body.proof)

  const applied = await context.db.write(async (transaction): Promise<Applied> => {
    // First, as in every signed write: two of them with one nonce would wait for each other otherwise.
    await spendNonce(transaction, signed)
    const [account, held, approval, now] = await Promise.all([
      holdAccount(transaction, device.account, 'share'),
      holdDevice(transaction, device.id, 'update'),
      holdApproval(transaction, id),
      nowMs(transaction),
    ])
    if (account?.state !== 'active' || approval === null) throw new Refusal('not_found')
    if (held === null || held.state === 'removed') throw new Refusal('device_unknown')

    const before = answeredBefore(approval, decision)
    if (before !== null) return { kind: 'answered', answer: before }
    if (held.state === 'blocked') throw new Refusal('device_blocked')
    // What an old secret or credential says counts for nothing, from the moment in which others are in force.
    const isInForce = hasSameSecret(device, held)
    if (!decision.isVouchedFor || (decision.payload.unlock !== undefined && !isInForce)) {
      throw new Refusal('signature_invalid', { detail: 'The assertion is not by the credential of this device.' })
    }
    const proofRight = verdict.proofRight && isInForce
    const outcome = decide(approval, { ...verdict, proofRight }, now)
    if (outcome.kind === 'refused') throw new Refusal(outcome.code)
    if (outcome.kind === 'proof-wrong') return applyWrongProof(transaction, approval)
    return applyAnswer(context, transaction, approval, decision, outcome.kind)
  })
  if (applied.kind === 'unlock-failed') {
    // A page that waits has nothing to wait for any more. Of the tries before the last it learns nothing.
    if (applied.triesLeft === 0) wake(context, { id, device: device.id })
    throw applied.triesLeft === 0
      ? new Refusal('device_blocked', { tries_left: 0 })
      : new Refusal('unlock_failed', { tries_left: applied.triesLeft })
  }
  wake(context, { id, device: device.id }, applied.queued)
  return applied.answer
}
