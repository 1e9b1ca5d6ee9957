/** The phone's signed answer (protocol section 6). Shapes; `proof.ts` and `jws.ts` make the bytes. */
import * as z from 'zod/mini'
import { Biometric, CredentialAssertion } from './biometrics.ts'
import { Binding } from './document.ts'
import { ApprovalId, Bytes32, CompactJws, DeviceId } from './values.ts'

export const DeclineReason = z.enum(['not-me', 'wrong-details', 'changed-mind'])
export type DeclineReason = z.infer<typeof DeclineReason>

/** What the phone signs. Its bytes are the canonical form (RFC 8785) of this object, nothing else. */
export const DecisionPayload = z.strictObject({
  v: z.literal(1),
  aud: z.url(),
  approval: ApprovalId,
  round: z.int().check(z.minimum(1), z.maximum(6)),
  device: DeviceId,
  /** Digest of the document that was on the screen. */
  digest: Bytes32,
  decision: z.enum(['approve', 'decline']),
  reason: z.optional(DeclineReason),
  binding: Binding,
  /** What the person picked, typed or scanned; null when the binding is `plain` or the decision is `decline`. */
  binding_value: z.nullable(z.string().check(z.maxLength(200))),
  /** How the unlock secret was opened; left out when it was the passcode. */
  unlock: z.optional(Biometric),
})
export type DecisionPayload = z.infer<typeof DecisionPayload>

export const decisionType = 'countersign-decision+jwt'

/** Body of `POST /v1/device/approvals/{approval}/decision`. Declining needs no proof. */
export const DecisionBody = z.strictObject({
  decision: CompactJws,
  proof: z.optional(Bytes32),
  /** With `unlock` only, and then always. Its challenge is the SHA-256 of the payload's bytes. */
  assertion: z.optional(CredentialAssertion),
})
export type DecisionBody = z.infer<typeof DecisionBody>
