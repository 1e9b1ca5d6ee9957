/** Pushes leave: through the outbox, once after the commit and again while the approval waits. */
import { ApprovalId, DeviceId, type Locale, Locale as LocaleSchema } from '@countersign/protocol'
import * as z from 'zod/mini'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import { nowMs, type Query, type Transaction } from '../db/index.ts'
import { deviceById } from '../devices/index.ts'
import { type Delivery, enqueue, type OutboxHandlers, type Outcome, type Queued } from '../jobs/index.ts'
import type { Outbound } from '../outbound/index.ts'
import type { Attempt } from './attempt.ts'
import { deleteGoneSubscription, insertAttempt, readSubscription } from './delivery-store.ts'
import type { Sent, WakeUp } from './transport.ts'
import { webPush } from './web-push.ts'

const pushKind = 'push'

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
 * @returns what was queued, or null
 */
export async function queuePush(
  context: Context,
  transaction: Transaction,
  wake: Wake,
  now: number,
): Promise<Queued | null> {
  if ((await readSubscription(transaction, wake.device)) === null) return null
  const { approval, device, locale, expires } = wake
  return enqueue(context, transaction, {
    kind: pushKind,
    payload: { approval, device, locale, expires },
    goodFor: Math.max(1, expires - now),
  })
}

/** What sending needs of the outside, and of who asks. */
export interface PushSending {
  readonly outbound: Outbound
  /** Whether the approval still waits for an answer. */
  readonly isAwaited: (query: Query, approval: ApprovalId) => Promise<boolean>
  /** Tells who waits for the approval that there is news. */
  readonly tell: (approval: ApprovalId) => void
}

async function look(context: Context, { isAwaited }: PushSending, push: QueuedPush): Promise<WakeUp | null> {
  return context.db.read(async (query) => {
    if (!(await isAwaited(query, push.approval))) return null
    const device = await deviceById(query, push.device)
    const subscription = await readSubscription(query, push.device)
    if (device?.state !== 'active' || subscription === null) return null
    const { approval, locale, expires } = push
    return { approval, locale, expires, device, subscription, now: await nowMs(query) }
  })
}

async function writeDown(transaction: Transaction, { approval, device, subscription }: WakeUp, attempt: Attempt) {
  await insertAttempt(transaction, approval, device.id, attempt)
  if (attempt.outcome !== 'gone' || !(await deleteGoneSubscription(transaction, subscription))) return
  await recordAudit(transaction, {
    kind: 'push.ended',
    account: device.account,
    device: device.id,
    detail: { why: 'gone' },
  })
}

function outcomeOf({ outcome, status, pause }: Sent): Outcome {
  switch (outcome) {
    case 'accepted':
    case 'gone':
      return { kind: 'delivered' }
    case 'refused':
      return { kind: 'undeliverable', why: `the push service answered ${status ?? 'nothing: not sent'}` }
    case 'failed':
      return { kind: 'later', why: `the push service answered ${status ?? 'nothing'}`, pause }
  }
}

/** The handler of queued pushes, for `startJobs`. */
export function pushHandlers(context: Context, sending: PushSending): OutboxHandlers {
  const transport = webPush(context, sending.outbound)

  async function send(payload: unknown): Promise<Delivery> {
    const wakeUp = await look(context, sending, QueuedPush.parse(payload))
    // Answered or withdrawn in the meantime, or nobody to wake any more: there is nothing left to do.
    if (wakeUp === null) return { kind: 'delivered' }
    const begun = context.clock.now()
    const sent = await transport.send(wakeUp)
    const { outcome, status } = sent
    const milliseconds = context.clock.now() - begun
    const attempt = { transport: transport.name, outcome, status, milliseconds }
    return {
      ...outcomeOf(sent),
      record: (transaction) => writeDown(transaction, wakeUp, attempt),
      settled: () => sending.tell(wakeUp.approval),
    }
  }

  return { [pushKind]: send }
}
