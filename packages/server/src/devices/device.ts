/** PURE: what a device is. */
import type { AccountId, DeviceAnswer, DeviceId, Platform, PublicJwk } from '@countersign/protocol'

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
  /** Milliseconds since the epoch. */
  readonly lastSeenAt: number | null
}

/** Wrong passcodes in a row that a device may send. */
export const unlockTries = 5

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
  renewal: null,
  credential: null,
  account: { email: account.email, name: account.name },
})
