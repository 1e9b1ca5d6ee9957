/**
 * What every phone does, in a browser or at a command line: linking, signed requests, requests shown and decided,
 * codes without network, a new unlock secret.
 *
 * Owns the phone's side of the protocol. Promises that a document is handed out only when the server signed it for this
 * device, and that nothing kept tells whether a passcode is right. Must never keep anything computed from the unlock
 * secret, judge a passcode, or touch a screen or a disk: the caller stores the `StoredDevice` and shows what it is given.
 */

export type { ApprovalsNews, ListedApprovals, RefusedApproval, ShownApproval } from './approvals.ts'
export {
  type BiometricLock,
  type Biometrics,
  BiometricsFailed,
  type OpenCredential,
} from './biometrics.ts'
export { type ConnectionOptions, type DeviceConnection, type Fetch, openConnection, readServer } from './connection.ts'
export type { DecisionOutcome, EndedCode, UnlockedApproval } from './decisions.ts'
export type { DocumentFault } from './document-check.ts'
export { NetworkFailed, RequestRefused, ServerNotTrusted } from './failures.ts'
export { type LinkedDevice, type OpenDeviceOptions, openDevice } from './linked-device.ts'
export {
  type FinishLinking,
  type Linking,
  type ScanLinkingOptions,
  type ScannedLinking,
  type StartLinkingOptions,
  scanLinking,
  startLinking,
} from './linking.ts'
export { isChallenge, type OfflineResponse } from './offline-response.ts'
export { lockSecret, type PasscodeHash, type PasscodeLock } from './passcode-lock.ts'
export { type PasscodeFault, passcodeFault } from './passcode-rules.ts'
export type { PushDevice } from './push.ts'
export { type FinishRenewal, type Renewal, type RenewalStart, startRenewal } from './renewal.ts'
export { type Keep, type PendingRenewal, type StoredDevice, settle } from './stored-device.ts'
