/** The verdict on a code that a person typed. */
import { type AccountId, equalBytes } from '@countersign/protocol'
import type { Transaction } from '../db/index.ts'
import { refund, spend } from '../limits/index.ts'
import { codeLimit, codeLimitKey } from './sms-code.ts'

/** A try that was spent: what to compare with, and how many remain. */
export interface SpentTry {
  readonly codeHash: Uint8Array
  readonly triesLeft: number
}

export type CodeVerdict =
  | { readonly kind: 'right' }
  | { readonly kind: 'wrong'; readonly triesLeft: number }
  /** The account has had its wrong codes for now. Seconds. */
  | { readonly kind: 'limited'; readonly retryAfter: number }
  /** No code is out, or no try is left. */
  | { readonly kind: 'none' }

/**
 * Judges a code. One try of the account and one of what the code is for are spent before anything is compared; whoever
 * asked applies the verdict in the same transaction, and commits whatever it is.
 *
 * @param submitted the hash of what was typed
 * @param spendTry spends a try of the linking or the sign-in, null where there is none
 */
export async function judgeCode(
  transaction: Transaction,
  account: AccountId,
  submitted: Uint8Array,
  spendTry: () => Promise<SpentTry | null>,
): Promise<CodeVerdict> {
  const key = codeLimitKey(account)
  const budget = await spend(transaction, key, codeLimit)
  if (!budget.ok) return { kind: 'limited', retryAfter: budget.retryAfter }
  const spent = await spendTry()
  if (spent !== null && !equalBytes(spent.codeHash, submitted)) return { kind: 'wrong', triesLeft: spent.triesLeft }
  await refund(transaction, key)
  return spent === null ? { kind: 'none' } : { kind: 'right' }
}
