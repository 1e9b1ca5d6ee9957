/** Writing down that something happened, for everybody whom the application wants to be told. */
import { type ApplicationId, MessageId, type WebhookEvent, type WebhookId } from '@countersign/protocol'
import type { Context } from '../context.ts'
import type { Transaction } from '../db/index.ts'
import { announceOutbox, enqueue, type Queued } from '../jobs/index.ts'
import { readListening } from './endpoint-store.ts'
import { insertMessage } from './message-store.ts'
import { triedFor } from './webhook.ts'

export const webhookKind = 'webhook'

/** Longer than anything is tried: a message whose last attempt is due is not dropped. */
const goodFor = triedFor + 60_000

/** Something that happened to an approval of an application. */
export interface News extends Pick<WebhookEvent, 'type' | 'data'> {
  readonly application: ApplicationId
}

/** Puts a message into the outbox. @param run what the message says of itself: an older one is not sent any more */
export const enqueueMessage = (
  context: Context,
  transaction: Transaction,
  { message, endpoint, run }: { readonly message: MessageId; readonly endpoint: WebhookId; readonly run: number },
): Promise<Queued> =>
  enqueue(context, transaction, { kind: webhookKind, lane: endpoint, payload: { message, run }, goodFor })

/**
 * Writes down a message for each webhook of the application, in the transaction of what happened. After the commit
 * `announceWebhooks` makes them leave at once.
 */
export async function queueWebhooks(
  context: Context,
  transaction: Transaction,
  { application, type, data }: News,
): Promise<readonly Queued[]> {
  const queued: Queued[] = []
  for (const { id: endpoint, now } of await readListening(transaction, application)) {
    const message = MessageId.parse(context.random.id('msg'))
    const event: WebhookEvent = { type, timestamp: new Date(now).toISOString(), data }
    await insertMessage(transaction, { id: message, endpoint, type, body: JSON.stringify(event), run: 1 })
    queued.push(await enqueueMessage(context, transaction, { message, endpoint, run: 1 }))
  }
  return queued
}

/** Makes what was queued leave at once. Called after the commit. */
export function announceWebhooks(context: Context, queued: readonly Queued[]): void {
  for (const one of queued) announceOutbox(context, one)
}
