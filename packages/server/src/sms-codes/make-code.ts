/** An SMS code: made, hashed, queued. */
import type { Account } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../db/index.ts'
import { refund, spend } from '../limits/index.ts'
import { type QueuedSms, queueSms } from '../sms/index.ts'
import { codeHashOf, codeLength, codeLimit, codeLimitKey, codeText } from './sms-code.ts'

/** The one thing that a code is good for. */
export interface CodePurpose {
  readonly use: 'linking' | 'sign-in'
  /** Of the linking or the sign-in. */
  readonly id: string
}

/** What is kept of a code that a person typed, or that is sent. */
export const hashCode = (context: Context, { use, id }: CodePurpose, code: string): Uint8Array =>
  codeHashOf(context.seal.derive(`countersign/v1/${use}-code-key`), id, code)

/** A fresh code. It exists in clear only here and in the sealed SMS. */
export interface FreshCode {
  readonly hash: Uint8Array
  /**
   * Queues the SMS that carries it; call `announceOutbox` after the commit. `limited` also where the account has had
   * its wrong codes for now: a code that nobody would judge is not sent.
   */
  queue(transaction: Transaction, account: Pick<Account, 'id' | 'phoneNumber'>): Promise<QueuedSms>
}

/**
 * Makes a code of 6 digits.
 *
 * @param words what the SMS says it is for, and the address whose host it is typed on
 */
export function makeCode(
  context: Context,
  purpose: CodePurpose,
  words: { readonly sentence: string; readonly url: string },
): FreshCode {
  const code = context.random.digits(6)
  const text = codeText(words.sentence, new URL(words.url).hostname, code)
  return {
    hash: hashCode(context, purpose, code),
    queue: async (transaction, { id, phoneNumber: to }) => {
      const key = codeLimitKey(id)
      const budget = await spend(transaction, key, codeLimit)
      if (!budget.ok) return { kind: 'limited', retryAfter: budget.retryAfter }
      await refund(transaction, key)
      return queueSms(context, transaction, { to, text, goodFor: codeLength })
    },
  }
}
