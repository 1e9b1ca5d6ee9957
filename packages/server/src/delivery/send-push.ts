/** Pushes leave: through the outbox, once after the commit and again while the approval waits. */
import { createECDH } from 'node:crypto'
import { ApprovalId, createNonce, DeviceId, type Locale, Locale as LocaleSchema, utf8 } from '@countersign/protocol'
import * as z from 'zod/mini'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import { nowMs, type Query, type Transaction } from '../db/index.ts'
import { type Device, deviceById } from '../devices/index.ts'
import { type Delivery, enqueue, type OutboxHandlers } from '../jobs/index.ts'
import { AddressRefused, type Outbound, type OutboundAnswer } from '../outbound/index.ts'
import type { VapidKey } from '../platform/vapid-keys.ts'
import { type Attempt, outcomeOf, retryAfterOf } from './attempt.ts'
import { deleteGoneSubscription, insertAttempt, readSubscription, type StoredSubscription } from './delivery-store.ts'
import { encryptPush } from './encrypt-push.ts'
import { isPushEndpoint } from './endpoint.ts'
import { pushMessageOf } from './push-message.ts'
import { openAddress, type PushAddress } from './subscriptions.ts'
import { rememberVapid, type VapidAuthorization } from './vapid.ts'

const pushKind = 'push'
/** Milliseconds that a push service has to answer. */
const pushTimeout = 10_000

/** What waits in the outbox. */
const QueuedPush = z.object({ approval: ApprovalId, device: DeviceId, locale: LocaleSchema, expires: z.int() })
type QueuedPush = z.infer<typeof QueuedPush>

export interface Wake {
  readonly approval: ApprovalId
  readonly device: DeviceId
  readonly locale: Locale
  /** End of the round, milliseconds since the epoch by the database's clock. */
  readonly expires: number
}

/**
 * Queues a push, where the device is subscribed. After the commit `announceOutbox` makes it leave at once.
 *
 * @param now the database's clock, milliseconds since the epoch
 * @returns whether one was queued
 */
export async function queuePush(context: Context, transaction: Transaction, wake: Wake, now: number): Promise<boolean> {
  if ((await readSubscription(transaction, wake.device)) === null) return false
  const { approval, device, locale, expires } = wake
  await enqueue(context, transaction, {
    kind: pushKind,
    payload: { approval, device, locale, expires },
    goodFor: Math.max(1, expires - now),
  })
  return true
}

/** What sending needs of the outside, and of who asks. */
export interface PushSending {
  readonly outbound: Outbound
  /** Whether the approval still waits for an answer. */
  readonly isAwaited: (query: Query, approval: ApprovalId) => Promise<boolean>
  /** Tells who waits for the approval that there is news. */
  readonly tell: (approval: ApprovalId) => void
}

interface Ready {
  readonly device: Device
  readonly subscription: StoredSubscription
  /** The key that it was made for. */
  readonly key: VapidKey | null
  readonly now: number
}

async function look(context: Context, { isAwaited }: PushSending, push: QueuedPush): Promise<Ready | null> {
  return context.db.read(async (query) => {
    if (!(await isAwaited(query, push.approval))) return null
    const device = await deviceById(query, push.device)
    const subscription = await readSubscription(query, push.device)
    if (device?.state !== 'active' || subscription === null) return null
    const key = await context.keys.vapidKey(query, subscription.vapidKey)
    return { device, subscription, key, now: await nowMs(query) }
  })
}

function headersOf(push: QueuedPush, now: number, authorization: string): Record<string, string> {
  return {
    authorization,
    'content-encoding': 'aes128gcm',
    'content-type': 'application/octet-stream',
    ttl: String(Math.max(0, Math.ceil((push.expires - now) / 1_000))),
    urgency: 'high',
    // At most 32 characters of base64url (RFC 8030 section 5.4): a later push about the same takes its place.
    topic: push.approval,
  }
}

function bodyOf(context: Context, push: QueuedPush, { device, now }: Ready, address: PushAddress): Uint8Array {
  const { brand, phoneUrl } = context.config
  const nonce = createNonce(context.keys.nonceKey, device.thumbprint, Math.floor(now / 1_000), context.random.bytes(8))
  const message = pushMessageOf({ approval: push.approval, locale: push.locale, name: brand.name, phoneUrl, nonce })
  const ecdh = createECDH('prime256v1')
  ecdh.generateKeys()
  return encryptPush(utf8(JSON.stringify(message)), address, { ecdh, salt: context.random.bytes(16) })
}

type Answered =
  | { readonly kind: 'answer'; readonly answer: OutboundAnswer }
  | { readonly kind: 'refused' }
  | { readonly kind: 'none'; readonly error: unknown }

async function post(
  context: Context,
  { outbound }: PushSending,
  authorizationOf: VapidAuthorization,
  push: QueuedPush,
  ready: Ready,
): Promise<Answered> {
  const address = openAddress(context, ready.subscription)
  const { key } = ready
  if (key === null || !isPushEndpoint(address.endpoint, context.config.push)) return { kind: 'refused' }
  const url = new URL(address.endpoint)
  const headers = headersOf(push, ready.now, authorizationOf(key, url.origin, ready.now))
  try {
    const body = bodyOf(context, push, ready, address)
    return { kind: 'answer', answer: await outbound.post({ url, headers, body, timeout: pushTimeout }) }
  } catch (error) {
    return error instanceof AddressRefused ? { kind: 'refused' } : { kind: 'none', error }
  }
}

const attemptOf = (answered: Answered, milliseconds: number): Attempt => ({
  transport: 'web-push',
  outcome:
    answered.kind === 'answer' ? outcomeOf(answered.answer.status) : answered.kind === 'refused' ? 'refused' : 'failed',
  status: answered.kind === 'answer' ? answered.answer.status : null,
  milliseconds,
})

async function writeDown(context: Context, push: QueuedPush, { device, subscription }: Ready, attempt: Attempt) {
  await context.db.write(async (transaction) => {
    await insertAttempt(transaction, push.approval, push.device, attempt)
    if (attempt.outcome !== 'gone' || !(await deleteGoneSubscription(transaction, subscription))) return
    await recordAudit(transaction, {
      kind: 'push.ended',
      account: device.account,
      device: device.id,
      detail: { why: 'gone' },
    })
  })
}

/** The handler of queued pushes, for `startJobs`. */
export function pushHandlers(context: Context, sending: PushSending): OutboxHandlers {
  const authorizationOf = rememberVapid(`mailto:${context.config.brand.supportEmail}`)

  async function send(payload: unknown): Promise<Delivery> {
    const push = QueuedPush.parse(payload)
    const ready = await look(context, sending, push)
    // Answered or withdrawn in the meantime, or nobody to wake any more: there is nothing left to do.
    if (ready === null) return { kind: 'delivered' }
    const begun = context.clock.now()
    const answered = await post(context, sending, authorizationOf, push, ready)
    const attempt = attemptOf(answered, context.clock.now() - begun)
    await writeDown(context, push, ready, attempt)
    sending.tell(push.approval)
    switch (attempt.outcome) {
      case 'accepted':
      case 'gone':
        return { kind: 'delivered' }
      case 'refused':
        return { kind: 'undeliverable', why: `the push service answered ${attempt.status ?? 'nothing: not sent'}` }
      case 'failed': {
        const pause = answered.kind === 'answer' ? retryAfterOf(answered.answer, ready.now) : null
        return { kind: 'later', why: `the push service answered ${attempt.status ?? 'nothing'}`, pause }
      }
    }
  }

  return { [pushKind]: send }
}
