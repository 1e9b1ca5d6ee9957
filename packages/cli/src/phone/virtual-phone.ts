/** The stored device of a state file, put to work. */
import {
  type LinkedDevice,
  NetworkFailed,
  openDevice,
  RequestRefused,
  type StoredDevice,
  settle,
} from '@countersign/device'
import { argon2idPasscodeHash } from '@countersign/device/passcode-hash'
import manifest from '../../package.json' with { type: 'json' }
import { UsageFault } from '../exit.ts'
import { defaultStateFile, forgetDevice, loadDevice, saveDevice, stateExists } from './state-file.ts'

const appVersion: string = manifest.version

export const stateOption = { state: { type: 'string' } } as const

export const stateHelp = `  --state FILE   where this phone is kept; ~/.countersign-phone.json unless told`

export const stateFileOf = (values: { readonly state?: string | undefined }): string =>
  values.state ?? defaultStateFile()

export const deviceOptions = { appVersion, passcodeHash: argon2idPasscodeHash } as const

/**
 * Asks the server what became of a linking or a new passcode whose end this phone did not see, and keeps that.
 *
 * @returns null when the linking came to nothing: the state file is gone then
 * @throws NetworkFailed, RequestRefused
 */
export async function settleState(path: string, stored: StoredDevice): Promise<StoredDevice | null> {
  if (!stored.unfinished && stored.pending === null) return stored
  const device = openDevice(stored, deviceOptions)
  try {
    const settled = settle(stored, await device.readDevice(), device.serverNow())
    if (settled !== stored) await saveDevice(path, settled)
    return settled
  } catch (error) {
    const unknown = error instanceof RequestRefused && error.code === 'device_unknown'
    if (!unknown || !stored.unfinished) throw error
    await forgetDevice(path)
    return null
  }
}

async function loadSettled(path: string): Promise<StoredDevice> {
  const stored = await loadDevice(path)
  try {
    const settled = await settleState(path, stored)
    if (settled !== null) return settled
  } catch (error) {
    // Without network the old copies are as good a guess as any, and only the server can tell.
    if (!(error instanceof NetworkFailed)) throw error
    return stored
  }
  throw new UsageFault('The linking was never finished, so no phone is linked here. Run "countersign phone link".')
}

/**
 * Opens the phone of a state file, does something with it, and keeps what it learned about its clock.
 *
 * @throws UsageFault when there is none
 */
export async function withPhone<Result>(
  path: string,
  work: (device: LinkedDevice) => Promise<Result>,
): Promise<Result> {
  const stored = await loadSettled(path)
  let learned = stored.clockOffset
  const device = openDevice(stored, {
    ...deviceOptions,
    onClockOffset: (offset) => {
      learned = offset
    },
  })
  try {
    return await work(device)
  } finally {
    // The phone may have been unlinked meanwhile: its file must not come back. Nor must an old passcode.
    if (learned !== stored.clockOffset && (await stateExists(path))) {
      await saveDevice(path, { ...(await loadDevice(path)), clockOffset: learned })
    }
  }
}

export const passcodeQuestion = { text: 'Passcode', variable: 'COUNTERSIGN_PASSCODE', hidden: true } as const
