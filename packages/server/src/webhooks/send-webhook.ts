/** Webhooks leave: through the outbox, signed anew at each attempt. */
import { MessageId, signWebhook, utf8, webhookHeaders } from '@countersign/protocol'
import * as z from 'zod/mini'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import { nowMs, type Transaction } from '../db/index.ts'
import type { Delivery, OutboxHandlers } from '../jobs/index.ts'
import { type Outbound, retryAfterOf } from '../outbound/index.ts'
import { disableEndpoint, type Endpoint, findEndpoint } from './endpoint-store.ts'
import { failWaiting, findMessage, type Message, writeAttempt } from './message-store.ts'
import { webhookKind } from './queue-webhooks.ts'
import { secretsInForce } from './secret.ts'
import { outcomeOf, pauseAfter } from './webhook.ts'

/** What waits in the outbox. */
const QueuedMessage = z.object({ message: MessageId, run: z.int() })
type QueuedMessage = z.infer<typeof QueuedMessage>

/** Milliseconds that a receiver has to answer. */
const patience = 15_000

/** What is to be sent, and where. `now`: milliseconds since the epoch, the database's clock. */
interface Due {
  readonly message: Message
  readonly endpoint: Endpoint
  readonly now: number
}

/** The message where it still waits, and was not queued anew. */
const look = (context: Context, queued: QueuedMessage): Promise<Due | null> =>
  context.db.read(async (query) => {
    const message = await findMessage(query, queued.message)
    if (message === null || message.state !== 'waiting' || message.run !== queued.run) return null
    const endpoint = await findEndpoint(query, message.endpoint)
    return endpoint && { message, endpoint, now: await nowMs(query) }
  })

/** Standard Webhooks 1.0.0, "Webhook headers": the id stays, the time is that of the attempt. */
function headersOf(context: Context, { message, endpoint, now }: Due): Record<string, string> {
  const seconds = Math.floor(now / 1_000)
  const signatures = secretsInForce(context, endpoint, now).map((secret) =>
    signWebhook(secret, message.id, seconds, message.body),
  )
  return {
    'content-type': 'application/json',
    'user-agent': 'Countersign',
    [webhookHeaders.id]: message.id,
    [webhookHeaders.timestamp]: String(seconds),
    [webhookHeaders.signature]: signatures.join(' '),
  }
}

interface Answered {
  /** Null where there was no answer, or nothing was sent: the address is none that requests may go to. */
  readonly status: number | null
  /** Milliseconds that the receiver asks us to wait, or null. */
  readonly asked: number | null
}

async function post(context: Context, outbound: Outbound, due: Due): Promise<Answered> {
  const { url } = due.endpoint
  const headers = headersOf(context, due)
  try {
    const answer = await outbound.post({
      url: new URL(url),
      headers,
      body: utf8(due.message.body),
      timeout: patience,
    })
    return { status: answer.status, asked: retryAfterOf(answer, due.now) }
  } catch {
    return { status: null, asked: null }
  }
}

async function disable(transaction: Transaction, { id, application }: Endpoint): Promise<void> {
  if (await disableEndpoint(transaction, id)) {
    await recordAudit(transaction, { kind: 'webhook.disabled', application, detail: { webhook: id, why: 'gone' } })
  }
}

function deliveryOf(context: Context, { message, endpoint, now }: Due, { status, asked }: Answered): Delivery {
  const lastStatus = status
  const why = `the receiver answered ${status ?? 'nothing'}`
  switch (outcomeOf(status)) {
    case 'delivered':
      return {
        kind: 'delivered',
        record: (transaction) => writeAttempt(transaction, message, { lastStatus, pause: null, isDelivered: true }),
      }
    case 'gone':
      return {
        kind: 'undeliverable',
        why,
        record: async (transaction) => {
          await disable(transaction, endpoint)
          await writeAttempt(transaction, message, { lastStatus, pause: null, isDelivered: false })
          await failWaiting(transaction, endpoint.id)
        },
      }
    case 'failed': {
      const chance = Number(context.random.digits(3)) / 1_000
      const pause = pauseAfter(message.attempts + 1, { chance, asked, left: message.givesUpAt - now })
      return {
        ...(pause === null ? { kind: 'undeliverable', why } : { kind: 'put-off', why, pause }),
        record: (transaction) => writeAttempt(transaction, message, { lastStatus, pause, isDelivered: false }),
      }
    }
  }
}

/** The handler of queued webhooks, for `startJobs`. */
export const webhookHandlers = (context: Context, outbound: Outbound): OutboxHandlers => ({
  [webhookKind]: async (payload): Promise<Delivery> => {
    const due = await look(context, QueuedMessage.parse(payload))
    // Removed, delivered or queued anew in the meantime: there is nothing left to do.
    if (due === null) return { kind: 'delivered' }
    if (due.endpoint.disabledAt !== null) {
      return { kind: 'delivered', record: (transaction) => failWaiting(transaction, due.endpoint.id) }
    }
    return deliveryOf(context, due, await post(context, outbound, due))
  },
})
