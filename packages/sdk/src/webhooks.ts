/** Webhooks: what the server tells without being asked (Standard Webhooks). */
import {
  fromUtf8,
  isWebhookSignature,
  RegisteredWebhook,
  type WebhookAnswer,
  WebhookEvent,
  WebhookList,
  WebhookMessage,
  WebhookMessagePage,
  webhookHeaders,
  webhookTolerance,
} from '@countersign/protocol'
import { CountersignError } from './countersign-error.ts'
import {
  type Call,
  type CallOptions,
  type CreateOptions,
  nothing,
  pathOf,
  queryOf,
  type Reader,
  type Send,
} from './requests.ts'
import type { System } from './system.ts'

/** Headers as `fetch` has them, or as Node's `http` does. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>

/** What a webhook says, and its id: the same one may come twice. */
export type ReceivedWebhook = WebhookEvent & { readonly id: string }

export interface ListMessages {
  /** At most so many on a page, 1 to 100. */
  readonly limit?: number | undefined
  /** `next` of the page before. */
  readonly cursor?: string | undefined
}

export interface Webhooks {
  /**
   * Says where your application is told what happened: an https address that anybody could reach. Keep the secret; it is
   * told here and never again.
   *
   * @example
   * const { id, secret } = await countersign.webhooks.register('https://shop.example.com/countersign')
   */
  register(url: string, options?: CreateOptions): Promise<RegisteredWebhook>

  /**
   * Your webhooks.
   *
   * @example
   * for (const { url, disabled } of await countersign.webhooks.list()) console.log(url, disabled)
   */
  list(options?: CallOptions): Promise<readonly WebhookAnswer[]>

  /**
   * Nothing is sent there any more.
   *
   * @example
   * await countersign.webhooks.remove(id)
   */
  remove(id: string, options?: CallOptions): Promise<void>

  /**
   * Makes another secret. The one before signs along until `previous_secret_until`: know both until then.
   *
   * @example
   * const { secret } = await countersign.webhooks.rotate(id)
   */
  rotate(id: string, options?: CreateOptions): Promise<RegisteredWebhook>

  /**
   * What was sent, and what became of it, a page at a time.
   *
   * @example
   * const { items } = await countersign.webhooks.messages(id)
   * const failed = items.filter(({ state }) => state === 'failed')
   */
  messages(id: string, wanted?: ListMessages, options?: CallOptions): Promise<WebhookMessagePage>

  /**
   * Sends a message once more, under the same id.
   *
   * @example
   * await countersign.webhooks.replay(id, message.id)
   */
  replay(id: string, message: string, options?: CreateOptions): Promise<WebhookMessage>

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

function verified(
  system: System,
  body: string | Uint8Array,
  headers: WebhookHeaders,
  secrets: string | readonly string[],
): ReceivedWebhook {
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
  const age = Math.floor(system.now() / 1_000) - seconds
  if (Math.abs(age) > webhookTolerance) throw refused('The webhook is too old, or too new.')
  return { ...eventOf(text), id }
}

/** @internal */
export function webhooksOver(send: Send, system: System): Webhooks {
  const create = <Answer>(parts: readonly string[], answer: Reader<Answer>, body: object, options?: CreateOptions) => {
    const idempotencyKey = options?.idempotencyKey ?? system.name()
    return send(
      { method: 'POST', path: pathOf('webhooks', ...parts), answer, body, repeatable: true, idempotencyKey },
      options,
    )
  }
  const look = <Answer>(path: string, answer: Reader<Answer>): Call<Answer> => ({
    method: 'GET',
    path,
    answer,
    repeatable: true,
  })

  return {
    register: (url, options) => create([], RegisteredWebhook, { url }, options),
    list: async (options) => (await send(look(pathOf('webhooks'), WebhookList), options)).items,
    remove: (id, options) =>
      send({ method: 'DELETE', path: pathOf('webhooks', id), answer: nothing, repeatable: true }, options),
    rotate: (id, options) => create([id, 'rotate'], RegisteredWebhook, {}, options),
    messages: (id, wanted = {}, options) =>
      send(look(pathOf('webhooks', id, 'messages') + queryOf(wanted), WebhookMessagePage), options),
    replay: (id, message, options) => create([id, 'messages', message, 'replay'], WebhookMessage, {}, options),
    verify: (body, headers, secrets) => verified(system, body, headers, secrets),
  }
}
