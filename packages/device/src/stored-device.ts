/** A linked phone as it is kept. */
import type { AccountId, DeviceAnswer, DeviceId, KeyPair, PublicJwk, RenewalId } from '@countersign/protocol'
import type { BiometricLock } from './biometrics.ts'
import type { PasscodeLock } from './passcode-lock.ts'

/** The copies of one unlock secret. */
export interface SecretCopies {
  readonly lock: PasscodeLock
  /** The copy that fingerprint or face opens, or null where the passcode is the only way. */
  readonly biometricLock: BiometricLock | null
}

/** Copies of a new unlock secret, of which this phone does not know yet whether it is in force. */
export interface PendingRenewal extends SecretCopies {
  readonly renewal: RenewalId
  /** Milliseconds since the epoch, by the server's clock, after which it cannot come into force any more. */
  readonly expires: number
}

/**
 * Everything that a linked phone keeps. Survives the structured clone algorithm, so that IndexedDB takes it as it is,
 * with keys that cannot be exported. No token, no passcode, nothing computed from the unlock secret (protocol section 4).
 */
export interface StoredDevice extends SecretCopies {
  /** The server's URL, without a slash at its end. */
  readonly issuer: string
  readonly device: DeviceId
  readonly account: { readonly id: AccountId; readonly email: string; readonly name: string }
  /** What the person calls this phone. */
  readonly name: string
  /** P-256. Signs requests and decisions. */
  readonly keyPair: KeyPair
  readonly publicJwk: PublicJwk
  /** RFC 7638 thumbprint of `publicJwk`. */
  readonly thumbprint: string
  /** Pinned at linking: only documents signed by one of these are shown. */
  readonly documentKeys: readonly PublicJwk[]
  /** Milliseconds to add to this phone's clock to have the server's time. */
  readonly clockOffset: number
  /** Milliseconds since the epoch, by the server's clock. */
  readonly linkedAt: number
  /** Kept before it was activated, and nothing is known since: `settle` finds out. */
  readonly unfinished: boolean
  /** The renewal that made the secret of the copies; null while it is the one of its linking. */
  readonly renewal: RenewalId | null
  readonly pending: PendingRenewal | null
}

/** Stores a device and resolves to what was then read back, since only that will ever be there. */
export type Keep = (stored: StoredDevice) => Promise<StoredDevice>

/** A copy whose credential the server does not have would make decisions that it refuses. */
const knownTo = (answer: DeviceAnswer, lock: BiometricLock | null) =>
  lock?.credential === answer.credential ? lock : null

/**
 * What becomes of a stored device now that the server has told how it stands: a linking or renewal whose end this phone
 * did not see has its end. The same object when there is nothing to settle.
 *
 * @param serverNow milliseconds since the epoch; a renewal that can still come into force is left as it is
 */
export function settle(stored: StoredDevice, answer: DeviceAnswer, serverNow: number): StoredDevice {
  if (answer.device !== stored.device) return stored
  const { pending } = stored
  if (pending !== null && pending.renewal === answer.renewal) {
    const { renewal, lock, biometricLock } = pending
    return { ...stored, renewal, lock, biometricLock: knownTo(answer, biometricLock), pending: null }
  }
  if (pending !== null && serverNow > pending.expires) return { ...stored, pending: null }
  if (!stored.unfinished) return stored
  return {
    ...stored,
    account: { id: stored.account.id, ...answer.account },
    name: answer.name,
    biometricLock: knownTo(answer, stored.biometricLock),
    unfinished: false,
  }
}

/** Keeps what is settled. Where the storage fails, what it has is settled again at the next start. */
export async function keepSettled(keep: Keep, settled: StoredDevice): Promise<StoredDevice> {
  try {
    return await keep(settled)
  } catch {
    return settled
  }
}
