/** A linked phone as it is kept. */
import type { AccountId, DeviceId, KeyPair, PublicJwk } from '@countersign/protocol'
import type { PasscodeLock } from './passcode-lock.ts'

/**
 * Everything that a linked phone keeps. Survives the structured clone algorithm, so that IndexedDB takes it as it is,
 * with keys that cannot be exported. No token, no passcode, nothing computed from the unlock secret (protocol section 4).
 */
export interface StoredDevice {
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
  readonly lock: PasscodeLock
  /** Pinned at linking: only documents signed by one of these are shown. */
  readonly documentKeys: readonly PublicJwk[]
  /** Milliseconds to add to this phone's clock to have the server's time. */
  readonly clockOffset: number
  /** Milliseconds since the epoch, by the server's clock. */
  readonly linkedAt: number
}
