/** Secrets of webhooks: made, sealed, opened. */
import { fromUtf8, utf8, type WebhookId, webhookSecretOf } from '@countersign/protocol'
import type { Context } from '../context.ts'
import type { Endpoint } from './endpoint-store.ts'

/** A new secret, and as it is kept. */
export function newSecret(context: Context, id: WebhookId): { readonly secret: string; readonly sealed: Uint8Array } {
  const secret = webhookSecretOf(context.random.bytes(32))
  return { secret, sealed: context.seal.seal(utf8(secret), id) }
}

/** The secrets that sign at a moment, the newest first. @param now milliseconds since the epoch, the database's clock */
export function secretsInForce(context: Context, { id, secret, previous }: Endpoint, now: number): string[] {
  const sealed = previous !== null && now < previous.until ? [secret, previous.secret] : [secret]
  return sealed.map((one) => fromUtf8(context.seal.open(one, id)))
}
