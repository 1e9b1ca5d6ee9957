/** The unlock secret at rest (protocol section 12). */
import type { DeviceId } from '@countersign/protocol'
import type { Context } from '../context.ts'
import type { Device } from './device.ts'

/** Seals a secret for its device; for another device it does not open. */
export const sealUnlockSecret = (context: Context, id: DeviceId, secret: Uint8Array): Uint8Array =>
  context.seal.seal(secret, id)

/** The 32 bytes of a device's unlock secret. @throws where there is none any more: the device was removed */
export const openUnlockSecret = (context: Context, device: Pick<Device, 'id' | 'sealedUnlockSecret'>): Uint8Array =>
  context.seal.open(device.sealedUnlockSecret, device.id)
