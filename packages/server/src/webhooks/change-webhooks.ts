/** Registering webhooks, replacing their secrets, and removing them. */
import { type ApplicationId, type RegisteredWebhook, type WebhookAnswer, WebhookId } from '@countersign/protocol'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../db/index.ts'
import { Refusal } from '../http/index.ts'
import { addressFault } from '../outbound/index.ts'
import {
  deleteEndpoint,
  type Endpoint,
  findEndpoint,
  holdEndpoint,
  insertEndpoint,
  readEndpoints,
  writeSecret,
} from './endpoint-store.ts'
import { newSecret } from './secret.ts'
import { maximumWebhooks } from './webhook.ts'

/** What its application sees of a webhook. */
export const answerOf = ({ id, url, createdAt, disabledAt, previous }: Endpoint): WebhookAnswer => ({
  id,
  url,
  created: createdAt,
  disabled: disabledAt,
  previous_secret_until: previous?.until ?? null,
})

/** The address in its one spelling. @throws Refusal `webhook_refused` */
function urlOf(context: Context, text: string): string {
  const url = URL.parse(text)
  const fault = url === null ? 'It is no address.' : addressFault(url, context.config.outbound)
  if (url === null || fault !== null || url.hash !== '') {
    throw new Refusal('webhook_refused', { detail: fault ?? 'It has a fragment.' })
  }
  return url.href
}

async function told(transaction: Transaction, id: WebhookId, secret: string): Promise<RegisteredWebhook> {
  const endpoint = await findEndpoint(transaction, id)
  if (endpoint === null) throw new Error('A webhook that was just written is not there.')
  return { ...answerOf(endpoint), secret }
}

/**
 * Registers where an application is told what happened.
 *
 * @throws Refusal `webhook_refused`: the address is none that webhooks go to, or there are too many
 */
export async function registerWebhook(
  context: Context,
  application: ApplicationId,
  address: string,
): Promise<RegisteredWebhook> {
  const url = urlOf(context, address)
  const id = WebhookId.parse(context.random.id('whk'))
  const { secret, sealed } = newSecret(context, id)
  return context.db.write(async (transaction) => {
    if ((await readEndpoints(transaction, application)).length >= maximumWebhooks) {
      throw new Refusal('webhook_refused', { detail: `An application has ${maximumWebhooks} webhooks at most.` })
    }
    await insertEndpoint(transaction, { id, application, url, secret: sealed })
    await recordAudit(transaction, {
      kind: 'webhook.registered',
      application,
      detail: { webhook: id, origin: new URL(url).origin },
    })
    return told(transaction, id, secret)
  })
}

/**
 * Puts a new secret in force. The one before it signs along for 24 hours.
 *
 * @throws Refusal `not_found`
 */
export async function rotateWebhook(
  context: Context,
  application: ApplicationId,
  id: WebhookId,
): Promise<RegisteredWebhook> {
  const { secret, sealed } = newSecret(context, id)
  return context.db.write(async (transaction) => {
    const endpoint = await holdEndpoint(transaction, id)
    if (endpoint?.application !== application) throw new Refusal('not_found')
    await writeSecret(transaction, endpoint, sealed)
    await recordAudit(transaction, { kind: 'webhook.rotated', application, detail: { webhook: id } })
    return told(transaction, id, secret)
  })
}

/**
 * Removes a webhook with everything that it was told, and what still waits for it.
 *
 * @throws Refusal `not_found`
 */
export async function removeWebhook(context: Context, application: ApplicationId, id: WebhookId): Promise<void> {
  await context.db.write(async (transaction) => {
    const endpoint = await holdEndpoint(transaction, id)
    if (endpoint?.application !== application || !(await deleteEndpoint(transaction, id))) {
      throw new Refusal('not_found')
    }
    await recordAudit(transaction, { kind: 'webhook.removed', application, detail: { webhook: id } })
  })
}
