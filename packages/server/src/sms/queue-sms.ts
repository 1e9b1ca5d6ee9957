/** Writing an SMS into the outbox, within the budget of its number. */
import { sha256, toBase64url, utf8 } from '@countersign/protocol'
import type { Context } from '../context.ts'
import type { Transaction } from '../db/index.ts'
import { enqueue } from '../jobs/index.ts'
import { spend } from '../limits/index.ts'
import { goesTo, type Sms, smsKind, smsLimits } from './sms.ts'

export type QueuedSms =
  | { readonly kind: 'queued' }
  /** The number has had its SMS for now. Seconds. */
  | { readonly kind: 'limited'; readonly retryAfter: number }
  /** The operator sends no SMS to the country of this number. */
  | { readonly kind: 'country-refused' }

/**
 * Queues an SMS that is of use for `goodFor` milliseconds. Nothing is queued unless the answer is `queued`; after the
 * commit `announceOutbox` makes it leave at once.
 */
export async function queueSms(
  context: Context,
  transaction: Transaction,
  sms: Sms & { readonly goodFor: number },
): Promise<QueuedSms> {
  if (!goesTo(context.config.smsCountries, sms.to)) return { kind: 'country-refused' }
  const number = toBase64url(sha256(utf8(sms.to)))
  for (const { name, limit } of smsLimits) {
    const spent = await spend(transaction, `sms-${name}:${number}`, limit)
    if (!spent.ok) return { kind: 'limited', retryAfter: spent.retryAfter }
  }
  await enqueue(context, transaction, { kind: smsKind, payload: { to: sms.to, text: sms.text }, goodFor: sms.goodFor })
  return { kind: 'queued' }
}
