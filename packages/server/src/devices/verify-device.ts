/** Who of the linked devices sent a request. */
import type { FastifyRequest } from 'fastify'
import { type Account, accountById } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import { type SignedRequest, verifySigned } from '../http/index.ts'
import { type Device, isSeenAnew } from './device.ts'
import { deviceByThumbprint, writeSeen } from './device-store.ts'

export interface VerifiedDevice {
  readonly signed: SignedRequest
  readonly device: Device
  readonly account: Account
  /** Whether it is linked now: for streams, which outlive the request. */
  stillLinked(): Promise<boolean>
}

/** The linked device with this key, and its account; null also where the account is locked or disabled. */
const findLinked = (context: Context, thumbprint: string): Promise<{ device: Device; account: Account } | null> =>
  context.db.read(async (query) => {
    const device = await deviceByThumbprint(query, thumbprint)
    const account = device && (await accountById(query, device.account))
    return account?.state === 'active' && device !== null ? { device, account } : null
  })

/**
 * Verifies that a linked device signed the request (protocol section 5), and remembers at most once a minute that it
 * was seen. A blocked device is linked too; what it may do is for the use case to say.
 *
 * @throws Refusal `signature_invalid`, `nonce_required`, `device_unknown` (also of a locked account), `app_outdated`
 */
export async function verifyDevice(context: Context, request: FastifyRequest): Promise<VerifiedDevice> {
  const found: { linked: Awaited<ReturnType<typeof findLinked>> } = { linked: null }
  const signed = await verifySigned(context, request, async (thumbprint) => {
    found.linked = await findLinked(context, thumbprint)
    return found.linked?.device ?? null
  })
  if (found.linked === null) throw new Error('A request was verified by a key that no device has.')
  const { device, account } = found.linked
  if (isSeenAnew(device, signed.appVersion, context.clock.now())) {
    await context.db.write((transaction) => writeSeen(transaction, device.id, signed.appVersion))
  }
  const stillLinked = async () => (await findLinked(context, signed.thumbprint)) !== null
  return { signed, device, account, stillLinked }
}
