/**
 * Devices: the phones that are part of an account.
 *
 * Owns `devices`. Promises that at most one device of an account is asked, that five wrong passcodes in a row block a
 * device however many come at once, and that nothing of a removed device's secret is kept. Must never let a device
 * speak for an account that is not its own.
 */
export { type Device, deviceAnswerOf, deviceTopic } from './device.ts'
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
} from './device-store.ts'
export { removeDevice } from './remove-device.ts'
export { openUnlockSecret, sealUnlockSecret } from './unlock-secret.ts'
export { restoreUnlockTries, spendUnlockTry } from './unlock-tries-store.ts'
export { type VerifiedDevice, verifyDevice } from './verify-device.ts'
