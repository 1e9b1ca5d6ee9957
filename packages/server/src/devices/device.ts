/** PURE: what a device is. */
import type { AccountId, DeviceAnswer, DeviceId, Platform, PublicJwk, RenewalId } from '@countersign/protocol'
import type { Credential } from './credential.ts'

/** `linking` until its first right proof; `blocked` when its tries at the passcode are spent. */
export type DeviceState = 'linking' | 'active' | 'blocked' | 'removed'

export interface Device {
  readonly id: DeviceId
  readonly account: AccountId
  /** RFC 7638 thumbprint of `signJwk`. */
  readonly thumbprint: string
  readonly signJwk: PublicJwk
  /** What the person calls it. */
  readonly name: string
  readonly platform: Platform
  readonly appVersion: string
  readonly state: DeviceState
  /** Whether it is the one device of the account that is asked. */
  readonly authenticating: boolean
  /** The unlock secret, sealed; empty once removed. */
  readonly sealedUnlockSecret: Uint8Array
  readonly unlockTriesLeft: number
  /** The renewal that made the unlock secret; null while it is the one of the linking. */
  readonly renewal: RenewalId | null
  /** What opens the secret beside the passcode. */
  readonly credential: Credential | null
  /** Milliseconds since the epoch. */
  readonly lastSeenAt: number | null
}

/** Wrong passcodes in a row that a device may send. */
export const unlockTries = 5

/**
 * Whether a device has the same unlock secret and credential at two moments. What was judged by those of the first says
 * nothing where they were renewed before the second.
 */
export const hasSameSecret = (one: Device, other: Device): boolean => one.renewal === other.renewal

/** How old `lastSeenAt` may get before it is written again, in milliseconds. */
const seenEvery = 60_000

/** Whether that a device was seen, or its new version, is worth a write. */
export const isSeenAnew = (device: Device, appVersion: string, now: number): boolean =>
  device.lastSeenAt === null || now - device.lastSeenAt >= seenEvery || device.appVersion !== appVersion

/** Topic of the wake-ups of a device: its list of approvals changed, or it was removed. */
export const deviceTopic = (device: DeviceId): string => `device:${device}`

/** What a device is told about itself. */
export const deviceAnswerOf = (
  device: Device,
  account: { readonly email: string; readonly name: string },
): DeviceAnswer => ({
  device: device.id,
  name: device.name,
  state: device.state === 'active' ? 'active' : 'blocked',
  authenticating: device.authenticating,
  unlock_tries_left: device.unlockTriesLeft,
  renewal: device.renewal,
  credential: device.credential?.id ?? null,
  account: { email: account.email, name: account.name },
})
