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
import { AccountId, ApprovalId } from './values.ts'

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

const secretPrefix = 'whsec_'
/** How far the time of a webhook may be off, in seconds. */
export const webhookTolerance = 300

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
