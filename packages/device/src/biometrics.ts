/**
 * Fingerprint or face (protocol section 4): a second copy of the unlock secret, opened by the phone's own authenticator.
 *
 * The authenticator is given by the caller, as the passcode's hash is.
 */
import {
  type Biometric,
  type CredentialAssertion,
  type CredentialId,
  type CredentialRegistration,
  hkdfSha256,
} from '@countersign/protocol'

type Bytes = Uint8Array<ArrayBuffer>

/**
 * The phone's authenticator. Both methods are called from the person's tap, and before anything else is awaited:
 * browsers ask nobody otherwise.
 */
export interface Biometrics {
  /** Which of them this phone has, as far as it knows. */
  readonly kind: Biometric
  /** Makes a credential, with its PRF output for `salt`. @param request.account shown to the person @throws BiometricsFailed */
  enrol(request: {
    readonly challenge: Bytes
    readonly salt: Bytes
    readonly account: string
  }): Promise<{ readonly registration: CredentialRegistration; readonly prf: Uint8Array }>
  /** Signs `challenge`, with the PRF output for `salt`. @throws BiometricsFailed */
  unlock(request: {
    readonly credential: CredentialId
    readonly challenge: Bytes
    readonly salt: Bytes
    readonly signal?: AbortSignal | undefined
  }): Promise<{ readonly assertion: CredentialAssertion; readonly prf: Uint8Array }>
}

/** The authenticator opened nothing. Nothing was sent; the passcode works as ever. */
export class BiometricsFailed extends Error {
  /** `cancelled`: the person did not confirm, now; `unavailable`: it does not work on this phone. */
  readonly reason: 'cancelled' | 'unavailable'

  constructor(reason: 'cancelled' | 'unavailable', message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BiometricsFailed'
    this.reason = reason
  }
}

/** The second copy as it is kept. */
export interface BiometricLock {
  readonly kind: Biometric
  readonly credential: CredentialId
  /** 32 random bytes, of which the PRF output is made. */
  readonly salt: Bytes
  /** 12 random bytes, for AES-GCM. */
  readonly iv: Bytes
  /** AES-256-GCM of the unlock secret. */
  readonly sealed: Bytes
}

/** A credential whose PRF output is at hand, to lock a secret under it. Lives in memory only. */
export interface OpenCredential {
  readonly kind: Biometric
  readonly credential: CredentialId
  readonly salt: Bytes
  readonly prf: Uint8Array
  /** Null where the server has it already. */
  readonly registration: CredentialRegistration | null
}

const randomBytes = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length))

function lockKeyOf(prf: Uint8Array, usage: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  if (prf.length !== 32) throw new BiometricsFailed('unavailable', 'The PRF output has not 32 bytes.')
  const bytes = hkdfSha256(prf, new Uint8Array(), 'countersign/v1/biometric-lock')
  return crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, [usage])
}

/** Makes a credential. @param account shown to the person by the phone @throws BiometricsFailed */
export async function enrolCredential(
  biometrics: Biometrics,
  challenge: Bytes,
  account: string,
): Promise<OpenCredential> {
  const salt = randomBytes(32)
  const { registration, prf } = await biometrics.enrol({ challenge, salt, account })
  return { kind: biometrics.kind, credential: registration.credential, salt, prf, registration }
}

/** Asks the credential of a lock for the key of a new one. @throws BiometricsFailed */
export async function reopenCredential(biometrics: Biometrics, lock: BiometricLock): Promise<OpenCredential> {
  const { kind, credential } = lock
  const salt = randomBytes(32)
  const { prf } = await biometrics.unlock({ credential, challenge: randomBytes(32), salt })
  return { kind, credential, salt, prf, registration: null }
}

/** Locks `secret` (32 bytes) under a credential. */
export async function lockUnderCredential(
  secret: Bytes,
  { kind, credential, salt, prf }: OpenCredential,
): Promise<BiometricLock> {
  const iv = randomBytes(12)
  const key = await lockKeyOf(prf, 'encrypt')
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, secret))
  return { kind, credential, salt, iv, sealed }
}

/** Opens the second copy to the secret; the authenticator signs `challenge` on the way. @throws BiometricsFailed */
export async function openBiometricLock(
  biometrics: Biometrics,
  lock: BiometricLock,
  challenge: Bytes,
  signal?: AbortSignal,
): Promise<{ readonly secret: Bytes; readonly assertion: CredentialAssertion }> {
  const { credential, salt, iv, sealed } = lock
  const { assertion, prf } = await biometrics.unlock({ credential, challenge, salt, signal })
  const key = await lockKeyOf(prf, 'decrypt')
  try {
    return { secret: new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, sealed)), assertion }
  } catch (cause) {
    throw new BiometricsFailed('unavailable', 'The authenticator opens another copy than the one kept here.', { cause })
  }
}
