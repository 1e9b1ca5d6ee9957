/** Where a device is reached: subscribing, and ending that. */
import { createECDH, ECDH } from 'node:crypto'
import { fromBase64url, fromUtf8, type PushAnswer, PushSubscriptionBody, utf8 } from '@countersign/protocol'
import type * as z from 'zod/mini'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import type { Query, Transaction } from '../db/index.ts'
import { type Device, holdDevice } from '../devices/index.ts'
import { Refusal, type SignedRequest, spendNonce } from '../http/index.ts'
import { holdVapidKeyInUse, vapidKeyInUse } from '../platform/vapid-keys.ts'
import { deleteSubscription, readSubscription, type StoredSubscription, writeSubscription } from './delivery-store.ts'
import type { PushKeys } from './encrypt-push.ts'
import { isPushEndpoint } from './endpoint.ts'

/** Where a push goes and for whom it is encrypted. */
export interface PushAddress extends PushKeys {
  readonly endpoint: string
}

const curve = 'prime256v1'

/** Whether bytes are a point of P-256 in uncompressed form. */
function isPoint(bytes: Uint8Array): boolean {
  if (bytes.length !== 65 || bytes[0] !== 4) return false
  try {
    ECDH.convertKey(bytes, curve)
    // Converting does not look whether the point is on the curve; agreeing on a key does.
    const ecdh = createECDH(curve)
    ecdh.generateKeys()
    ecdh.computeSecret(bytes)
    return true
  } catch {
    return false
  }
}

/** The bytes of a subscription, or null where they are none. */
function keysOf({ p256dh, auth }: z.output<typeof PushSubscriptionBody>): PushKeys | null {
  try {
    const keys = { p256dh: fromBase64url(p256dh), auth: fromBase64url(auth) }
    return isPoint(keys.p256dh) && keys.auth.length === 16 ? keys : null
  } catch {
    return null
  }
}

const addressLabel = (device: Device['id']): string => `push ${device}`

/** Opens an address as it was kept. */
export function openAddress(context: Context, { device, sealedAddress }: StoredSubscription): PushAddress {
  const opened: unknown = JSON.parse(fromUtf8(context.seal.open(sealedAddress, addressLabel(device))))
  const { endpoint, p256dh, auth } = PushSubscriptionBody.parse(opened)
  return { endpoint, p256dh: fromBase64url(p256dh), auth: fromBase64url(auth) }
}

/** What the device is told: whether it is subscribed for the key in use. */
export async function pushAnswer(query: Query, device: Device['id']): Promise<PushAnswer> {
  const inUse = await vapidKeyInUse(query)
  const subscription = await readSubscription(query, device)
  return { vapid_key: inUse, subscribed: subscription?.vapidKey === inUse }
}

async function holdActive(transaction: Transaction, device: Device['id']): Promise<Device> {
  const held = await holdDevice(transaction, device, 'update')
  if (held === null || held.state === 'removed' || held.state === 'linking') throw new Refusal('device_unknown')
  return held
}

/**
 * Keeps where a device is reached, in place of what was kept before.
 *
 * @throws Refusal `invalid_request` for an endpoint of no push service that this server sends to, for keys that are none,
 * and for a subscription made for another key than the one in use; `device_unknown`, `nonce_used`
 */
export async function subscribe(
  context: Context,
  signed: SignedRequest,
  device: Device['id'],
  body: z.output<typeof PushSubscriptionBody>,
): Promise<PushAnswer> {
  if (!isPushEndpoint(body.endpoint, context.config)) {
    throw new Refusal('invalid_request', { detail: 'This server does not send to the push service of this endpoint.' })
  }
  if (keysOf(body) === null) {
    throw new Refusal('invalid_request', { detail: 'Not as it should be: p256dh or auth.' })
  }
  const sealedAddress = context.seal.seal(utf8(JSON.stringify(body)), addressLabel(device))
  await context.db.write(async (transaction) => {
    await spendNonce(transaction, signed)
    const held = await holdActive(transaction, device)
    if (body.vapid_key !== (await holdVapidKeyInUse(transaction))) {
      throw new Refusal('invalid_request', {
        detail: 'The subscription was made for another key: ask for the one in use.',
      })
    }
    await writeSubscription(transaction, { device, sealedAddress, vapidKey: body.vapid_key })
    await recordAudit(transaction, {
      kind: 'push.subscribed',
      account: held.account,
      device,
      detail: { push_service: new URL(body.endpoint).host },
    })
  })
  return context.db.read((query) => pushAnswer(query, device))
}

/** Ends pushes to a device. Ending them twice is the same as once. @throws Refusal `device_unknown`, `nonce_used` */
export async function unsubscribe(context: Context, signed: SignedRequest, device: Device['id']): Promise<void> {
  await context.db.write(async (transaction) => {
    await spendNonce(transaction, signed)
    const held = await holdActive(transaction, device)
    if (!(await deleteSubscription(transaction, device))) return
    await recordAudit(transaction, { kind: 'push.ended', account: held.account, device, detail: { why: 'asked' } })
  })
}
