/**
 * Devices: the phones that are part of an account.
 *
 * Owns `devices`. Promises that at most one device of an account is asked, that five wrong passcodes in a row block a
 * device however many come at once, that nothing of a removed device's secret is kept, nor what others kept for it, and that who has fingerprint or
 * face was verified by the phone's own authenticator. Must never let a device speak for an account that is not its own.
 */
export { type Credential, ceremonyAt, verifyAssertion } from './credential.ts'
export { type Device, deviceAnswerOf, deviceTopic, hasSameSecret } from './device.ts'
export { registerDevice } from './device-routes.ts'
export {
  activateDevice,
  authenticatingDevice,
  deviceById,
  deviceByThumbprint,
  discardLinkingDevice,
  discardUnfinishedDevices,
  holdDevice,
  insertLinkingDevice,
  isKeyKnown,
  linkedDeviceOf,
  type NewDevice,
  type RenewedSecret,
  writeRenewedSecret,
} from './device-store.ts'
export { type Belongings, removeDevice } from './remove-device.ts'
export { takeCredential } from './take-credential.ts'
export { openUnlockSecret, sealUnlockSecret } from './unlock-secret.ts'
export { restoreUnlockTries, returnUnlockTry, spendUnlockTry } from './unlock-tries-store.ts'
export { type VerifiedDevice, verifyDevice } from './verify-device.ts'
export { type VerifiedPayload, verifyPayload } from './verify-payload.ts'
