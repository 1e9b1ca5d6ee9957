/** Making this phone part of an account (protocol section 4). */
import {
  type AccountId,
  ActivateBody,
  activationType,
  type ActivationPayload,
  canonicalBytes,
  DeviceAnswer,
  type DeviceId,
  equalBytes,
  generateEcdhKey,
  generateSigningKey,
  importVerifyKey,
  LinkingCodeAnswer,
  type LinkingId,
  LinkingKeysAnswer,
  LinkTranscript,
  linkType,
  type Locale,
  type Platform,
  proofKeyOf,
  proofOf,
  publicJwkOf,
  type PublicJwk,
  type ServerAnswer,
  sharedSecret,
  signJws,
  StartLinkingAnswer,
  thumbprintOf,
  toBase64url,
  unlockSecretOf,
  verifyJws,
} from '@countersign/protocol'
import { type DeviceConnection, type Fetch, openConnection, readServer } from './connection.ts'
import { RequestRefused, ServerNotTrusted } from './failures.ts'
import { lockSecret, openLock, type PasscodeHash, type PasscodeLock } from './passcode-lock.ts'
import type { StoredDevice } from './stored-device.ts'

export interface StartLinkingOptions {
  /** The server's URL. */
  readonly apiUrl: string
  readonly email: string
  readonly password: string
  readonly locale: Locale
  readonly platform: Platform
  /** `major.minor.patch` */
  readonly appVersion: string
  readonly fetch?: Fetch
  /** This phone's clock, in milliseconds since the epoch. */
  readonly now?: () => number
  /** Whether keys can be taken out of the `StoredDevice`; never in a browser, true where it becomes a file. */
  readonly extractable?: boolean
}

export interface FinishLinking {
  /** Six digits for which `passcodeFault` finds nothing. */
  readonly passcode: string
  readonly passcodeHash: PasscodeHash
  /** What the person calls this phone; 1 to 40 characters. */
  readonly deviceName: string
}

/** A linking under way. Lives in memory only: whoever leaves it starts again. */
export interface Linking {
  /** The number that the SMS went to, all but the last two digits hidden. */
  readonly phoneNumber: string
  /** Milliseconds since the epoch by the server's clock, until which the code is good. `resend` changes it. */
  expires(): number
  /** The server's time in milliseconds, as far as this phone knows. */
  serverNow(): number
  /** What the server says about itself: its name, the address of support. */
  readonly server: ServerAnswer
  /** Sends a new code to the same number. @throws RequestRefused `rate_limited`, `link_expired`; NetworkFailed */
  resend(): Promise<void>
  /** @throws RequestRefused `code_refused` (with `triesLeft`), `link_expired`; NetworkFailed */
  submitCode(code: string): Promise<void>
  /**
   * Agrees on the unlock secret, locks it, and activates the device by a proof made from what was read back. After
   * `NetworkFailed` it may be called again with the same choices and goes on where the answer was lost.
   *
   * @throws RequestRefused, NetworkFailed, ServerNotTrusted
   */
  finish(choices: FinishLinking): Promise<StoredDevice>
}
