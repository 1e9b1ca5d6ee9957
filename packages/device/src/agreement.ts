/** What linking and renewal share (protocol section 4): the agreed secret, its copies, and the proof that puts it in force. */
import {
  type CredentialRegistration,
  importVerifyKey,
  type KeyPair,
  type LinkTranscript,
  type PublicJwk,
  proofKeyOf,
  proofOf,
  type RenewalTranscript,
  sharedSecret,
  signJws,
  thumbprintOf,
  toBase64url,
  unlockSecretOf,
} from '@countersign/protocol'
import type { CryptoKey } from 'jose'
import { lockUnderCredential, type OpenCredential } from './biometrics.ts'
import { lockSecret, openLock, type PasscodeHash, type PasscodeLock } from './passcode-lock.ts'
import type { SecretCopies } from './stored-device.ts'

/** The phone's signing key. */
export interface Signer {
  readonly keyPair: KeyPair
  /** RFC 7638 thumbprint of the public key. */
  readonly thumbprint: string
}

/** The pinned document keys by their thumbprints. */
export const importDocumentKeys = async (keys: readonly PublicJwk[]): Promise<Map<string, CryptoKey>> =>
  new Map(await Promise.all(keys.map(async (jwk) => [thumbprintOf(jwk), await importVerifyKey(jwk)] as const)))

/** U, of what both sides agreed on. */
export async function agreedSecret(
  privateKey: CryptoKey,
  transcript: LinkTranscript | RenewalTranscript,
): Promise<Uint8Array<ArrayBuffer>> {
  const shared = await sharedSecret(privateKey, transcript.server_ecdh_jwk)
  const secret = unlockSecretOf(shared, transcript)
  shared.fill(0)
  return secret
}

/** Locks a secret under the passcode and, where there is one, under a credential. */
export async function lockCopies(
  secret: Uint8Array<ArrayBuffer>,
  passcode: string,
  options: {
    readonly credential: OpenCredential | null
    readonly passcodeHash: PasscodeHash
    readonly extractable: boolean
  },
): Promise<SecretCopies> {
  return {
    lock: await lockSecret(secret, passcode, options),
    biometricLock: options.credential === null ? null : await lockUnderCredential(secret, options.credential),
  }
}

/** Body of a request that puts a secret in force. */
export interface Activation {
  readonly activation: string
  readonly proof: string
  readonly registration?: CredentialRegistration
}

/** A signed payload with a proof beside it, made from a copy that the passcode opens. */
export async function signWithProof(
  payload: Uint8Array,
  { type, purpose, signer }: { readonly type: string; readonly purpose: 'activate' | 'renew'; readonly signer: Signer },
  { lock, passcode, passcodeHash }: { lock: PasscodeLock; passcode: string; passcodeHash: PasscodeHash },
): Promise<{ readonly jws: string; readonly proof: string }> {
  const secret = await openLock(lock, passcode, passcodeHash)
  const proof = toBase64url(proofOf(proofKeyOf(secret), purpose, payload))
  secret.fill(0)
  const jws = await signJws({ type, keyId: signer.thumbprint, payload, key: signer.keyPair.privateKey })
  return { jws, proof }
}
