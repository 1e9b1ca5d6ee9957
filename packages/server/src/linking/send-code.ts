/** The SMS code of a linking: made, hashed, queued. */
import type { LinkingId, Locale } from '@countersign/protocol'
import type { Context } from '../context.ts'
import type { Transaction } from '../db/index.ts'
import { type QueuedSms, queueSms } from '../sms/index.ts'
import { codeHashOf, codeLength } from './linking.ts'
import { codeText } from './words.ts'

const codeKeyOf = (context: Context): Uint8Array => context.seal.derive('countersign/v1/linking-code-key')

/** What is kept of a code that a person typed, or that is sent. */
export const hashCode = (context: Context, linking: LinkingId, code: string): Uint8Array =>
  codeHashOf(codeKeyOf(context), linking, code)

/** A fresh code. It exists in clear only here and in the sealed SMS. */
export interface FreshCode {
  readonly hash: Uint8Array
  /** Queues the SMS that carries it; call `announceOutbox` after the commit. */
  queue(transaction: Transaction, phoneNumber: string): Promise<QueuedSms>
}

/** Makes a code of 6 digits for a linking. */
export function makeCode(context: Context, linking: LinkingId, locale: Locale): FreshCode {
  const code = context.random.digits(6)
  const { config } = context
  const text = codeText(locale, config.brand.name, new URL(config.phoneUrl).hostname, code)
  return {
    hash: hashCode(context, linking, code),
    queue: (transaction, to) => queueSms(context, transaction, { to, text, goodFor: codeLength }),
  }
}
