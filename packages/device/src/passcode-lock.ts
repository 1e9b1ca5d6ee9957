/**
 * The unlock secret under a passcode (protocol section 4, step 5).
 *
 * Every passcode opens the lock to some 32 bytes, and nothing kept here tells the right ones: only the server can, and
 * it counts.
 */
import type { CryptoKey } from 'jose'

/**
 * Argon2id of a passcode with 64 MiB, 3 passes, 1 lane, 32 bytes (RFC 9106). Given by the caller, since a browser runs
 * it in a worker. `@countersign/device/passcode-hash` has one.
 */
export type PasscodeHash = (passcode: string, salt: Uint8Array) => Promise<Uint8Array>

export interface PasscodeLock {
  /** 16 random bytes, for the passcode's hash. */
  readonly salt: Uint8Array<ArrayBuffer>
  /** 12 random bytes, for AES-GCM. */
  readonly iv: Uint8Array<ArrayBuffer>
  /** AES-256-GCM of the unlock secret XOR the passcode's hash. */
  readonly sealed: Uint8Array<ArrayBuffer>
  /** Not exportable in a browser. Hygiene, not the defence: whoever copies the whole storage has it too. */
  readonly sealKey: CryptoKey
}

function xored(secret: Uint8Array, mask: Uint8Array): Uint8Array<ArrayBuffer> {
  if (secret.length !== 32 || mask.length !== 32) throw new TypeError('Secret and hash must have 32 bytes each.')
  return Uint8Array.from(secret, (byte, index) => byte ^ (mask[index] ?? 0))
}

/** Locks `secret` (32 bytes) under a passcode. */
export async function lockSecret(
  secret: Uint8Array,
  passcode: string,
  options: { readonly passcodeHash: PasscodeHash; readonly extractable: boolean },
): Promise<PasscodeLock> {
  const salt = crypto.getRandomValues(new Uint8Array(16))
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const sealKey = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, options.extractable, [
    'encrypt',
    'decrypt',
  ])
  const masked = xored(secret, await options.passcodeHash(passcode, salt))
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, sealKey, masked))
  return { salt, iv, sealed, sealKey }
}

/**
 * Opens the lock with a passcode: to the secret when it is right, to 32 other bytes when it is not.
 *
 * @throws DOMException `OperationError` when what was kept is damaged, whatever the passcode
 */
export async function openLock(lock: PasscodeLock, passcode: string, passcodeHash: PasscodeHash): Promise<Uint8Array> {
  const masked = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: lock.iv }, lock.sealKey, lock.sealed)
  return xored(new Uint8Array(masked), await passcodeHash(passcode, lock.salt))
}
