/** Argon2id away from the screen's thread: 64 MiB and the better part of a second. */
import type { PasscodeHash } from '@countersign/device'

/** A worker for each hash, ended afterwards, so that its memory goes and nothing of the passcode stays. */
export const passcodeHash: PasscodeHash = (passcode, salt) => {
  const worker = new Worker(new URL('./passcode-worker.ts', import.meta.url), { type: 'module' })
  const hash = new Promise<Uint8Array>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<unknown>) =>
      data instanceof Uint8Array ? resolve(data) : reject(new Error('The hash of the passcode failed.'))
    worker.onerror = () => reject(new Error('The worker for the passcode could not be run.'))
  })
  worker.postMessage({ passcode, salt })
  return hash.finally(() => worker.terminate())
}
