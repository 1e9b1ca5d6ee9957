/** A linked phone at work: the stored device with a connection. */
import { type DeclineReason, DeviceAnswer } from '@countersign/protocol'
import type { CryptoKey } from 'jose'
import { importDocumentKeys } from './agreement.ts'
import {
  type ApprovalsNews,
  type ApprovalsReader,
  type ListedApprovals,
  listApprovals,
  type ShownApproval,
} from './approvals.ts'
import { type Biometrics, BiometricsFailed, openBiometricLock } from './biometrics.ts'
import { type Fetch, openConnection } from './connection.ts'
import {
  approve,
  approveUnlocked,
  type DecisionOutcome,
  decline,
  type UnlockedApproval,
  unlockApproval,
} from './decisions.ts'
import { RequestRefused } from './failures.ts'
import { type OfflineResponse, offlineResponse } from './offline-response.ts'
import { openLock, type PasscodeHash } from './passcode-lock.ts'
import { type PushDevice, pushDeviceOf } from './push.ts'
import type { StoredDevice } from './stored-device.ts'
import { type Wait, watchApprovals } from './watch-approvals.ts'

export interface OpenDeviceOptions {
  readonly appVersion: string
  readonly passcodeHash: PasscodeHash
  /** Left out where this phone has none. */
  readonly biometrics?: Biometrics
  readonly fetch?: Fetch
  /** This phone's clock, uncorrected, in milliseconds since the epoch. */
  readonly now?: () => number
  /** Resolves after so many milliseconds, or at once when the signal is aborted. */
  readonly wait?: Wait
  /** Told when the clock's offset is another one: store the device again with it. */
  readonly onClockOffset?: (offset: number) => void
  /** A nonce that came in a push, for the first write. */
  readonly nonce?: string
}

/** Every method that needs the server throws `NetworkFailed` and `RequestRefused`. */
export interface LinkedDevice extends PushDevice {
  readonly stored: StoredDevice
  /** The server's time in milliseconds, as far as this phone knows: what countdowns go by. */
  serverNow(): number
  /** What the server says about this device. `device_unknown`: it was removed. */
  readDevice(): Promise<DeviceAnswer>
  /**
   * Removes this device at the server, or finds that it was removed before. What is stored is the caller's to delete,
   * afterwards.
   */
  removeDevice(): Promise<void>
  pendingApprovals(): Promise<ListedApprovals>
  /**
   * The requests that wait, as they come and go, until the signal is aborted. Reconnects by itself; throws
   * `RequestRefused` when the server will not have this device (`device_unknown`, `app_outdated`, `signature_invalid`).
   */
  watchApprovals(signal: AbortSignal): AsyncGenerator<ApprovalsNews, void>
  /** Approves what was shown, with the number that the person picked where numbers are offered. May be repeated after `NetworkFailed`, at the cost of one more try if the passcode is wrong. */
  approve(shown: ShownApproval, passcode: string, number?: string): Promise<DecisionOutcome>
  /**
   * Has fingerprint or face unlock an approval, instead of the passcode; nothing is sent yet. Called from a tap.
   *
   * @throws BiometricsFailed
   */
  unlockApproval(shown: ShownApproval, number?: string, signal?: AbortSignal): Promise<UnlockedApproval>
  /** Sends it. May be repeated after `NetworkFailed`: the very same approval goes out again. */
  approveUnlocked(unlocked: UnlockedApproval): Promise<DecisionOutcome>
  /** Declines what was shown. May be repeated, with the same reason. */
  decline(shown: ShownApproval, reason?: DeclineReason): Promise<DecisionOutcome>
  /** The response to a code on a page. Needs no network. @throws TypeError when `isChallenge(challenge)` does not hold */
  responseFor(challenge: string, passcode: string): Promise<OfflineResponse>
  /** The same by fingerprint or face. Called from a tap. @throws BiometricsFailed, TypeError */
  unlockResponse(challenge: string, signal?: AbortSignal): Promise<OfflineResponse>
}

/**
 * Puts a stored device to work; nothing is sent yet.
 *
 * @example
 * const device = openDevice(stored, { appVersion: '1.0.0', passcodeHash: argon2idPasscodeHash })
 * for await (const news of device.watchApprovals(signal)) if (news.kind === 'approvals') show(news.approvals)
 */
export function openDevice(stored: StoredDevice, options: OpenDeviceOptions): LinkedDevice {
  const { passcodeHash, now = Date.now } = options
  const connection = openConnection({ apiUrl: stored.issuer, ...stored, ...options })
  let keys: Promise<Map<string, CryptoKey>> | null = null
  const reader = async (): Promise<ApprovalsReader> => {
    keys ??= importDocumentKeys(stored.documentKeys)
    return { connection, stored, keys: await keys }
  }
  const decider = { connection, stored, passcodeHash }
  const biometric = () => {
    const { biometrics } = options
    const lock = stored.biometricLock
    if (biometrics === undefined || lock === null) throw new BiometricsFailed('unavailable', 'This phone has none.')
    return { biometrics, lock }
  }
  const respond = (challenge: string, open: () => Promise<Uint8Array>) =>
    offlineResponse({ open, clockOffset: connection.clockOffset(), now }, challenge)
  return {
    ...pushDeviceOf(connection),
    stored,
    serverNow: connection.serverNow,
    readDevice: () => connection.get('/v1/device', DeviceAnswer),
    async removeDevice() {
      try {
        await connection.delete('/v1/device')
      } catch (error) {
        if (!(error instanceof RequestRefused) || error.code !== 'device_unknown') throw error
      }
    },
    pendingApprovals: async () => listApprovals(await reader()),
    async *watchApprovals(signal) {
      yield* watchApprovals(await reader(), { signal, ...(options.wait === undefined ? {} : { wait: options.wait }) })
    },
    approve: (shown, passcode, number) => approve(decider, shown, passcode, number ?? null),
    decline: (shown, reason) => decline(decider, shown, reason ?? null),
    unlockApproval: async (shown, number, signal) =>
      unlockApproval(decider, { ...biometric(), signal }, shown, number ?? null),
    approveUnlocked: (unlocked) => approveUnlocked(decider, unlocked),
    responseFor: (challenge, passcode) => respond(challenge, () => openLock(stored.lock, passcode, passcodeHash)),
    unlockResponse: (challenge, signal) =>
      respond(challenge, async () => {
        const { biometrics, lock } = biometric()
        const random = crypto.getRandomValues(new Uint8Array(32))
        return (await openBiometricLock(biometrics, lock, random, signal)).secret
      }),
  }
}
