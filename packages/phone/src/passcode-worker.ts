/** The worker that hashes one passcode: gets `{ passcode, salt }`, answers the hash, or null. */
import { argon2idPasscodeHash } from '@countersign/device/passcode-hash'

interface Task {
  readonly passcode: string
  readonly salt: Uint8Array
}

const isTask = (data: unknown): data is Task =>
  typeof data === 'object' &&
  data !== null &&
  'passcode' in data &&
  typeof data.passcode === 'string' &&
  'salt' in data &&
  data.salt instanceof Uint8Array

self.onmessage = async ({ data }: MessageEvent<unknown>) => {
  try {
    self.postMessage(isTask(data) ? await argon2idPasscodeHash(data.passcode, data.salt) : null)
  } catch {
    self.postMessage(null)
  }
}
