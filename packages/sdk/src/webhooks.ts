/** Webhooks: what the server tells without being asked (Standard Webhooks). */
import { fromUtf8, isWebhookSignature, WebhookEvent, webhookHeaders, webhookTolerance } from '@countersign/protocol'
import { CountersignError } from './countersign-error.ts'
import type { System } from './system.ts'

/** Headers as `fetch` has them, or as Node's `http` does. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>

/** What a webhook says, and its id: the same one may come twice. */
export type ReceivedWebhook = WebhookEvent & { readonly id: string }

export interface Webhooks {
  /**
   * Verifies that a webhook was sent by this server, unchanged, in the last five minutes, and reads it. It is news, not a
   * result: what is approved is still to be redeemed.
   *
   * @param body the bytes of the body as they came, before anything has parsed them
   * @param secrets all secrets that are in force; while one is being replaced these are two
   *
   * @example
   * const event = countersign.webhooks.verify(body, request.headers, process.env.WEBHOOK_SECRET)
   * if (event.type === 'approval.approved') await collect(event.data.approval)
   *
   * @throws CountersignError `webhook_invalid`; `unexpected_answer` for news of a kind that this version does not know
   */
  verify(body: string | Uint8Array, headers: WebhookHeaders, secrets: string | readonly string[]): ReceivedWebhook
}

const refused = (message: string) => new CountersignError('webhook_invalid', message)

function headerOf(headers: WebhookHeaders, name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : headers[name]
  if (typeof value !== 'string') throw refused(`The header ${name} is missing.`)
  return value
}

function textOf(body: string | Uint8Array): string {
  if (typeof body === 'string') return body
  try {
    return fromUtf8(body)
  } catch {
    throw refused('The body is not UTF-8.')
  }
}

function eventOf(body: string): WebhookEvent {
  try {
    return WebhookEvent.parse(JSON.parse(body))
  } catch (cause) {
    throw new CountersignError('unexpected_answer', 'The webhook is of a kind that is not known here.', { cause })
  }
}

/** @internal */
export const webhooksBy = (system: System): Webhooks => ({
  verify(body, headers, secrets) {
    const id = headerOf(headers, webhookHeaders.id)
    const timestamp = headerOf(headers, webhookHeaders.timestamp)
    const signatures = headerOf(headers, webhookHeaders.signature)
    if (!/^\d{1,12}$/.test(timestamp)) throw refused('The time of the webhook is none.')
    const seconds = Number(timestamp)
    const text = textOf(body)
    const signed = { id, seconds, body: text, signatures }
    const known = typeof secrets === 'string' ? [secrets] : secrets
    if (!known.some((secret) => isWebhookSignature(secret, signed))) {
      throw refused('The webhook is signed by none of the secrets.')
    }
    if (Math.abs(Math.floor(system.now() / 1_000) - seconds) > webhookTolerance)
      throw refused('The webhook is too old, or too new.')
    return { ...eventOf(text), id }
  },
})
