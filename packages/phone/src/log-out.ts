/**
 * Logging out: the server forgets the device, then the phone does. In this order, so that a phone never forgets a key
 * that can still approve.
 */
import { type LinkedDevice, NetworkFailed } from '@countersign/device'
import { forgetDevice } from './storage.ts'

export type LogOutOutcome =
  | 'done'
  /** The server was not reached: whether it removed the device is not known, and trying again finds out. */
  | 'no-network'
  | 'server-refused'
  /** The server has removed the device, but the keys are still on the phone. */
  | 'not-erased'

async function removeAtServer(device: LinkedDevice): Promise<'removed' | 'no-network' | 'server-refused'> {
  try {
    await device.removeDevice()
    return 'removed'
  } catch (error) {
    return error instanceof NetworkFailed ? 'no-network' : 'server-refused'
  }
}

/** May be repeated after every outcome. */
export async function logOut(device: LinkedDevice): Promise<LogOutOutcome> {
  const removed = await removeAtServer(device)
  if (removed !== 'removed') return removed
  try {
    await forgetDevice(device.stored.device)
    void navigator.clearAppBadge?.().catch(() => undefined)
    return 'done'
  } catch {
    return 'not-erased'
  }
}
