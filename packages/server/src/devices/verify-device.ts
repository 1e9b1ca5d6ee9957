/** Who of the linked devices sent a request. */
import type { FastifyRequest } from 'fastify'
import type { Context } from '../context.ts'
import { type SignedRequest, verifySigned } from '../http/index.ts'
import { type Device, isSeenAnew } from './device.ts'
import { deviceByThumbprint, writeSeen } from './device-store.ts'

export interface VerifiedDevice {
  readonly signed: SignedRequest
  readonly device: Device
  /** Whether it is linked now: for streams, which outlive the request. */
  stillLinked(): Promise<boolean>
}

/**
 * Verifies that a linked device signed the request (protocol section 5), and remembers at most once a minute that it
 * was seen. A blocked device is linked too; what it may do is for the use case to say.
 *
 * @throws Refusal `signature_invalid`, `nonce_required`, `device_unknown`, `app_outdated`
 */
export async function verifyDevice(context: Context, request: FastifyRequest): Promise<VerifiedDevice> {
  const found: { device: Device | null } = { device: null }
  const signed = await verifySigned(context, request, async (thumbprint) => {
    found.device = await context.db.read((query) => deviceByThumbprint(query, thumbprint))
    return found.device?.signJwk ?? null
  })
  const { device } = found
  if (device === null) throw new Error('A request was verified by a key that no device has.')
  if (isSeenAnew(device, signed.appVersion, context.clock.now())) {
    await context.db.write((transaction) => writeSeen(transaction, device.id, signed.appVersion))
  }
  const stillLinked = async () =>
    (await context.db.read((query) => deviceByThumbprint(query, signed.thumbprint))) !== null
  return { signed, device, stillLinked }
}
