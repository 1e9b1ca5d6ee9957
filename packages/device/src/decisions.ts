/** The phone's signed answer to a request (protocol section 6). */
import {
  type ApprovalId,
  type Biometric,
  type CredentialAssertion,
  canonicalBytes,
  DecisionAnswer,
  type DecisionBody,
  type DecisionPayload,
  type DeclineReason,
  decisionType,
  proofKeyOf,
  proofOf,
  sha256,
  signJws,
  toBase64url,
} from '@countersign/protocol'
import type { ShownApproval } from './approvals.ts'
import { type BiometricLock, type Biometrics, openBiometricLock } from './biometrics.ts'
import type { DeviceConnection } from './connection.ts'
import { RequestRefused } from './failures.ts'
import { openLock, type PasscodeHash } from './passcode-lock.ts'
import type { StoredDevice } from './stored-device.ts'

const endedCodes = [
  'approval_not_pending',
  'approval_expired',
  'digest_mismatch',
  'decision_conflict',
  'not_found',
] as const
/** How a request came to its end without this answer. */
export type EndedCode = (typeof endedCodes)[number]

export type DecisionOutcome =
  | { readonly outcome: 'decided'; readonly state: 'approved' | 'declined' }
  /** The passcode was wrong; the request still waits. */
  | { readonly outcome: 'unlock_failed'; readonly triesLeft: number }
  /** The tries at the passcode are spent: support, or linking anew. */
  | { readonly outcome: 'blocked' }
  /** The answer came too late, or another one was before it. Nothing was changed by this one. */
  | { readonly outcome: 'ended'; readonly code: EndedCode }

/** Who answers, and over what. */
export interface Decider {
  readonly connection: DeviceConnection
  readonly stored: StoredDevice
  readonly passcodeHash: PasscodeHash
}

function payloadOf(
  stored: StoredDevice,
  shown: ShownApproval,
  answer: Pick<DecisionPayload, 'decision' | 'reason' | 'binding_value' | 'unlock'>,
): DecisionPayload {
  return {
    v: 1,
    aud: stored.issuer,
    approval: shown.approval,
    round: shown.document.round,
    device: stored.device,
    digest: toBase64url(shown.digest),
    binding: shown.document.binding,
    ...answer,
  }
}

function outcomeOf(refusal: RequestRefused): DecisionOutcome {
  if (refusal.code === 'device_blocked') return { outcome: 'blocked' }
  if (refusal.code === 'unlock_failed') {
    return refusal.triesLeft === 0
      ? { outcome: 'blocked' }
      : { outcome: 'unlock_failed', triesLeft: refusal.triesLeft ?? 1 }
  }
  const code = endedCodes.find((ended) => ended === refusal.code)
  if (code === undefined) throw refusal
  return { outcome: 'ended', code }
}

/** What goes to the server beside the signature over `payload`. */
interface Sending {
  readonly payload: Uint8Array
  readonly proof?: Uint8Array
  readonly assertion?: CredentialAssertion
}

async function send(
  { connection, stored }: Decider,
  { approval }: Pick<ShownApproval, 'approval'>,
  { payload, proof, assertion }: Sending,
): Promise<DecisionOutcome> {
  const decision = await signJws({
    type: decisionType,
    keyId: stored.thumbprint,
    payload,
    key: stored.keyPair.privateKey,
  })
  const body: DecisionBody = {
    decision,
    ...(proof === undefined ? {} : { proof: toBase64url(proof) }),
    ...(assertion === undefined ? {} : { assertion }),
  }
  try {
    const answer = await connection.post(`/v1/device/approvals/${approval}/decision`, body, DecisionAnswer)
    return { outcome: 'decided', state: answer.state }
  } catch (error) {
    if (error instanceof RequestRefused) return outcomeOf(error)
    throw error
  }
}

function approvalPayload({ stored }: Decider, shown: ShownApproval, number: string | null, unlock?: Biometric) {
  const answer = { decision: 'approve', binding_value: number } as const
  return canonicalBytes(payloadOf(stored, shown, unlock === undefined ? answer : { ...answer, unlock }))
}

/**
 * Approves what was shown. `number` is the one that the person picked, null where none is asked for; a wrong one ends the
 * request as declined. The payload has the same bytes each time, so that repeating it after `NetworkFailed` is
 * answered from the server's record; but a passcode that was wrong costs a try each time.
 *
 * @throws NetworkFailed, RequestRefused (`device_unknown`, `app_outdated`, `rate_limited` …)
 */
export async function approve(
  decider: Decider,
  shown: ShownApproval,
  passcode: string,
  number: string | null,
): Promise<DecisionOutcome> {
  const payload = approvalPayload(decider, shown, number)
  const secret = await openLock(decider.stored.lock, passcode, decider.passcodeHash)
  const proof = proofOf(proofKeyOf(secret), 'decision', payload)
  secret.fill(0)
  return send(decider, shown, { payload, proof })
}

/** An approval that fingerprint or face has unlocked, and that is not sent yet. Lives in memory only. */
export interface UnlockedApproval {
  readonly approval: ApprovalId
  readonly payload: Uint8Array
  readonly proof: Uint8Array
  readonly assertion: CredentialAssertion
}

/** Has the authenticator unlock an approval. Called from a tap. @throws BiometricsFailed */
export async function unlockApproval(
  decider: Decider,
  { biometrics, lock, signal }: { biometrics: Biometrics; lock: BiometricLock; signal: AbortSignal | undefined },
  shown: ShownApproval,
  number: string | null,
): Promise<UnlockedApproval> {
  const payload = approvalPayload(decider, shown, number, lock.kind)
  const { secret, assertion } = await openBiometricLock(biometrics, lock, sha256(payload), signal)
  const proof = proofOf(proofKeyOf(secret), 'decision', payload)
  secret.fill(0)
  return { approval: shown.approval, payload, proof, assertion }
}

/** Sends it. After `NetworkFailed` it may be sent again, as it is. @throws NetworkFailed, RequestRefused */
export const approveUnlocked = (decider: Decider, unlocked: UnlockedApproval): Promise<DecisionOutcome> =>
  send(decider, unlocked, unlocked)

/** Declines what was shown; needs no passcode. @throws NetworkFailed, RequestRefused */
export async function decline(
  decider: Decider,
  shown: ShownApproval,
  reason: DeclineReason | null,
): Promise<DecisionOutcome> {
  const declined = { decision: 'decline', binding_value: null } as const
  const answer = reason === null ? declined : { ...declined, reason }
  return send(decider, shown, { payload: canonicalBytes(payloadOf(decider.stored, shown, answer)) })
}
