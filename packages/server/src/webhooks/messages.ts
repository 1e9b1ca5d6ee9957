/** What a webhook was told, and telling it once more. */
import type { ApplicationId, MessageId, WebhookId, WebhookMessage, WebhookMessagePage } from '@countersign/protocol'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import { Refusal } from '../http/index.ts'
import { findEndpoint, holdEndpoint } from './endpoint-store.ts'
import { findMessage, type Message, queueAgain, readMessages } from './message-store.ts'
import { announceWebhooks, enqueueMessage } from './queue-webhooks.ts'

const usualLimit = 25

const answerOf = (message: Message): WebhookMessage => ({
  id: message.id,
  type: message.type,
  state: message.state,
  attempts: message.attempts,
  last_status: message.lastStatus,
  next: message.nextAt,
  created: message.createdAt,
  delivered: message.deliveredAt,
})

/**
 * The messages of a webhook, the newest first, page by page. A cursor is the last id of the page before.
 *
 * @throws Refusal `not_found`
 */
export async function listMessages(
  context: Context,
  application: ApplicationId,
  webhook: WebhookId,
  wanted: { readonly limit?: number | undefined; readonly cursor?: MessageId | undefined },
): Promise<WebhookMessagePage> {
  const limit = wanted.limit ?? usualLimit
  const found = await context.db.read(async (query) => {
    const endpoint = await findEndpoint(query, webhook)
    if (endpoint?.application !== application) return null
    return readMessages(query, webhook, { limit: limit + 1, cursor: wanted.cursor })
  })
  if (found === null) throw new Refusal('not_found')
  const page = found.slice(0, limit)
  return { items: page.map(answerOf), next: found.length > limit ? (page.at(-1)?.id ?? null) : null }
}

/**
 * Sends a message once more, under the same id, whatever became of it before. What was to be tried later is tried now.
 *
 * @throws Refusal `not_found`, `webhook_disabled`
 */
export async function replayMessage(
  context: Context,
  application: ApplicationId,
  { webhook, message: id }: { readonly webhook: WebhookId; readonly message: MessageId },
): Promise<WebhookMessage> {
  const { queued, message } = await context.db.write(async (transaction) => {
    // Held, so that it is not disabled in the same moment: what waits for a disabled one is never sent.
    const endpoint = await holdEndpoint(transaction, webhook)
    const before = await findMessage(transaction, id)
    if (endpoint?.application !== application || before?.endpoint !== webhook) throw new Refusal('not_found')
    if (endpoint.disabledAt !== null) throw new Refusal('webhook_disabled')
    const run = await queueAgain(transaction, before)
    const message = await findMessage(transaction, id)
    if (run === null || message === null) throw new Refusal('not_found')
    await recordAudit(transaction, {
      kind: 'webhook.message-replayed',
      application,
      detail: { webhook, message: id },
    })
    return { queued: await enqueueMessage(context, transaction, { message: id, endpoint: webhook, run }), message }
  })
  announceWebhooks(context, [queued])
  return answerOf(message)
}
