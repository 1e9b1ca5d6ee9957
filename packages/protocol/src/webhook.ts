/**
 * Webhooks: how the server tells an application what happened (Standard Webhooks 1.0.0).
 *
 * The signature is over the bytes of the body, its id and its time; whoever knows the secret can make it, so it proves
 * the sender to the receiver and to nobody else.
 */
import * as z from 'zod/mini'
import { equalBytes, fromBase64, toBase64, utf8 } from './bytes.ts'
import { ActionName } from './document.ts'
import { hmacSha256 } from './hashes.ts'
import { AccountId, ApprovalId, MessageId, WebhookId } from './values.ts'

export const webhookHeaders = {
  id: 'webhook-id',
  timestamp: 'webhook-timestamp',
  signature: 'webhook-signature',
} as const

export const WebhookEventType = z.enum([
  'approval.approved',
  'approval.declined',
  'approval.expired',
  'approval.cancelled',
])
export type WebhookEventType = z.infer<typeof WebhookEventType>

/** The body of a webhook. What is approved is still to be redeemed: a webhook is news, not a result. */
export const WebhookEvent = z.object({
  type: WebhookEventType,
  /** ISO 8601 */
  timestamp: z.string(),
  data: z.object({
    approval: ApprovalId,
    account: AccountId,
    action: ActionName,
    reason: z.nullable(z.string()),
  }),
})
export type WebhookEvent = z.infer<typeof WebhookEvent>

/** `POST /v1/webhooks`, with the API key. Takes `Idempotency-Key`. Answers 201 `RegisteredWebhook`. */
export const RegisterWebhookBody = z.strictObject({
  /** https, without a user, a port or a fragment, at a public address. */
  url: z.string().check(z.minLength(1), z.maxLength(1_000)),
})
export type RegisterWebhookBody = z.infer<typeof RegisterWebhookBody>

export const WebhookAnswer = z.object({
  id: WebhookId,
  url: z.string(),
  created: z.int(),
  /** When the receiver answered 410 Gone; nothing is sent to it since. */
  disabled: z.nullable(z.int()),
  /** Until when the secret before this one signs along; null where none does. */
  previous_secret_until: z.nullable(z.int()),
})
export type WebhookAnswer = z.infer<typeof WebhookAnswer>

/** `GET /v1/webhooks`. */
export const WebhookList = z.object({ items: z.array(WebhookAnswer) })

/** `POST /v1/webhooks` and `POST /v1/webhooks/{webhook}/rotate`. */
export const RegisteredWebhook = z.extend(WebhookAnswer, {
  /** `whsec_` and base64. It is told here and never again. */
  secret: z.string(),
})
export type RegisteredWebhook = z.infer<typeof RegisteredWebhook>

/** What is sent to a webhook, and what became of it. Never what the receiver answered, but for the status. */
export const WebhookMessage = z.object({
  /** The same over all attempts: `webhook-id`. */
  id: MessageId,
  type: WebhookEventType,
  state: z.enum(['waiting', 'delivered', 'failed']),
  /** Since it was written or replayed. */
  attempts: z.int(),
  /** The HTTP status of the last answer; null where there was none. */
  last_status: z.nullable(z.int()),
  /** When it is tried next; null unless it waits. */
  next: z.nullable(z.int()),
  created: z.int(),
  delivered: z.nullable(z.int()),
})
export type WebhookMessage = z.infer<typeof WebhookMessage>

/** `GET /v1/webhooks/{webhook}/messages`. */
export const WebhookMessagePage = z.object({
  /** The newest first. */
  items: z.array(WebhookMessage),
  /** The `cursor` of the next page; null at the end. */
  next: z.nullable(z.string()),
})
export type WebhookMessagePage = z.infer<typeof WebhookMessagePage>

const secretPrefix = 'whsec_'
/** How far the time of a webhook may be off, in seconds. */
export const webhookTolerance = 300

/** The secret of a webhook as it is told. @param key 24 to 64 random bytes */
export const webhookSecretOf = (key: Uint8Array): string => `${secretPrefix}${toBase64(key)}`

const keyOf = (secret: string) =>
  fromBase64(secret.startsWith(secretPrefix) ? secret.slice(secretPrefix.length) : secret)

/** `v1,<base64>`. @param seconds since the epoch */
export const signWebhook = (secret: string, id: string, seconds: number, body: string): string =>
  `v1,${toBase64(hmacSha256(keyOf(secret), utf8(`${id}.${seconds}.${body}`)))}`

/** Whether one of the signatures of a header is right. All are compared in constant time. */
export function isWebhookSignature(
  secret: string,
  {
    id,
    seconds,
    body,
    signatures,
  }: { readonly id: string; readonly seconds: number; readonly body: string; readonly signatures: string },
): boolean {
  const right = utf8(signWebhook(secret, id, seconds, body))
  let matches = false
  for (const signature of signatures.split(' ')) matches = equalBytes(utf8(signature), right) || matches
  return matches
}
