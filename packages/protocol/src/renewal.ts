/**
 * A new unlock secret for a linked device (protocol section 4): when its passcode changes, and when fingerprint or face is
 * added or removed. Shapes; `unlock-secret.ts` derives the keys.
 */
import * as z from 'zod/mini'
import { CredentialId, CredentialRegistration } from './biometrics.ts'
import { AccountId, Bytes32, CompactJws, DeviceId, PublicJwk, RenewalId } from './values.ts'

/** What the phone signs to begin, with a proof beside it made from the old secret (purpose `renew`). */
export const RenewalPayload = z.strictObject({
  v: z.literal(1),
  aud: z.url(),
  device: DeviceId,
  phone_ecdh_jwk: PublicJwk,
})
export type RenewalPayload = z.infer<typeof RenewalPayload>

export const renewalType = 'countersign-renewal+jwt'

/** What both sides agree on. Signed by the server's document key; the new secret is bound to it. */
export const RenewalTranscript = z.strictObject({
  v: z.literal(1),
  iss: z.url(),
  renewal: RenewalId,
  device: DeviceId,
  account: AccountId,
  phone_ecdh_jwk: PublicJwk,
  server_ecdh_jwk: PublicJwk,
  protocol: z.literal(1),
})
export type RenewalTranscript = z.infer<typeof RenewalTranscript>

export const renewalTranscriptType = 'countersign-renewal-transcript+jwt'

/** What the phone signs to put the new secret in force, with a proof made from it as read back (purpose `activate`). */
export const RenewalActivation = z.strictObject({
  v: z.literal(1),
  aud: z.url(),
  renewal: RenewalId,
  device: DeviceId,
  /** The credential that opens it beside the passcode: the same as before, a new one, or none. */
  credential: z.nullable(CredentialId),
})
export type RenewalActivation = z.infer<typeof RenewalActivation>

export const renewalActivationType = 'countersign-renewal-activation+jwt'

/** `POST /v1/device/renewals` */
export const StartRenewalBody = z.strictObject({ renewal: CompactJws, proof: Bytes32 })
export const StartRenewalAnswer = z.object({
  /** The transcript under the document key. */
  transcript: CompactJws,
  /** Milliseconds since the epoch, until which it can be activated. */
  expires: z.int(),
})

/** `POST /v1/device/renewals/{renewal}/activate`. Answer: `DeviceAnswer`. */
export const ActivateRenewalBody = z.strictObject({
  activation: CompactJws,
  proof: Bytes32,
  /** With a new credential only. Its challenge is the SHA-256 of the transcript's bytes. */
  registration: z.optional(CredentialRegistration),
})
