/** PURE: what a renewal is. */
import type { AccountId, DeviceId, PublicJwk, RenewalId, RenewalTranscript } from '@countersign/protocol'

/** One that is under way. When it is over nothing is left of it but its id at the device that it renewed. */
export interface Renewal {
  readonly id: RenewalId
  readonly device: DeviceId
  /** The new unlock secret, sealed with the renewal's id as additional data. */
  readonly sealedUnlockSecret: Uint8Array
  /** SHA-256 of the transcript: the challenge for a new credential. */
  readonly transcriptDigest: Uint8Array
}

/** Wrong proofs from the new secret, after which it must be begun anew. */
export const proofTries = 5
/** Milliseconds from the start until it must be activated. */
export const renewalLength = 5 * 60_000

export interface AgreedRenewal {
  readonly issuer: string
  readonly renewal: RenewalId
  readonly device: { readonly id: DeviceId; readonly account: AccountId }
  readonly phoneEcdhJwk: PublicJwk
  readonly serverEcdhJwk: PublicJwk
}

/** What both sides derive the new secret from. */
export const transcriptOf = ({
  issuer,
  renewal,
  device,
  phoneEcdhJwk,
  serverEcdhJwk,
}: AgreedRenewal): RenewalTranscript => ({
  v: 1,
  iss: issuer,
  renewal,
  device: device.id,
  account: device.account,
  phone_ecdh_jwk: phoneEcdhJwk,
  server_ecdh_jwk: serverEcdhJwk,
  protocol: 1,
})
