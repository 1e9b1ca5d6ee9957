/** The stored device of a state file, put to work. */
import { type LinkedDevice, openDevice } from '@countersign/device'
import { argon2idPasscodeHash } from '@countersign/device/passcode-hash'
import manifest from '../../package.json' with { type: 'json' }
import { defaultStateFile, loadDevice, saveDevice, stateExists } from './state-file.ts'

export const appVersion: string = manifest.version

export const stateOption = { state: { type: 'string' } } as const

export const stateHelp = `  --state FILE   where this phone is kept; ~/.countersign-phone.json unless told`

export const stateFileOf = (values: { readonly state?: string | undefined }): string =>
  values.state ?? defaultStateFile()

/**
 * Opens the phone of a state file, does something with it, and keeps what it learned about its clock.
 *
 * @throws UsageFault when there is none
 */
export async function withPhone<Result>(
  path: string,
  work: (device: LinkedDevice) => Promise<Result>,
): Promise<Result> {
  const stored = await loadDevice(path)
  let learned = stored.clockOffset
  const device = openDevice(stored, {
    appVersion,
    passcodeHash: argon2idPasscodeHash,
    onClockOffset: (offset) => {
      learned = offset
    },
  })
  try {
    return await work(device)
  } finally {
    // The phone may have been unlinked by another command meanwhile: its file must not come back.
    if (learned !== stored.clockOffset && (await stateExists(path))) {
      await saveDevice(path, { ...stored, clockOffset: learned })
    }
  }
}

export const passcodeQuestion = { text: 'Passcode', variable: 'COUNTERSIGN_PASSCODE', hidden: true } as const
