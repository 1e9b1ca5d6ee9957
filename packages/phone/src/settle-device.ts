/** Takes up what the server says about the secret that is in force, and what another window of the app has kept. */
import { type LinkedDevice, type StoredDevice, settle } from '@countersign/device'
import type { DeviceAnswer } from '@countersign/protocol'
import { readDevice, replaceDevice } from './storage.ts'

async function keep(settled: StoredDevice): Promise<StoredDevice> {
  try {
    return await replaceDevice(settled)
  } catch {
    // It is settled again at the next start.
    return settled
  }
}

/** What is to be worked with from now on; null when it is what the device has. */
export async function settleDevice(device: LinkedDevice, answer: DeviceAnswer): Promise<StoredDevice | null> {
  const now = device.serverNow()
  const settled = settle(device.stored, answer, now)
  if (settled !== device.stored) return keep(settled)
  if (answer.renewal === settled.renewal) return null
  // Another secret is in force than the one here: another window has changed it.
  const kept = await readDevice()
  if (kept.kind !== 'device') return null
  const theirs = settle(kept.stored, answer, now)
  if (theirs.device !== device.stored.device || theirs.renewal !== answer.renewal) return null
  return theirs === kept.stored ? theirs : keep(theirs)
}
