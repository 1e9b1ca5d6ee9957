/** The phone's own device: what is kept, put to work with what this browser has. */
import { type LinkedDevice, openDevice, type StoredDevice } from '@countersign/device'
import { appVersion } from './app-version.ts'
import { biometrics } from './biometrics.ts'
import { passcodeHash } from './passcode-hash.ts'
import { keepClockOffset } from './storage.ts'

export const putToWork = (stored: StoredDevice): LinkedDevice =>
  openDevice(stored, {
    appVersion,
    passcodeHash,
    biometrics,
    // Without it only the learned offset is lost, until the next answer.
    onClockOffset: (offset) => void keepClockOffset(stored.device, offset).catch(() => undefined),
  })
