/** The one place that judges passwords. */
import { sha256, toBase64url, utf8 } from '@countersign/protocol'
import type { Context } from '../context.ts'
import { Refusal } from '../http/index.ts'
import { type Limit, refund, spend } from '../limits/index.ts'
import { type Account, emailKeyOf } from './account.ts'
import { findCredentials } from './account-store.ts'

/** Per address, whether or not an account has it. */
const passwordLimit: Limit = { maximum: 10, windowMs: 15 * 60_000 }

// Hashed: what strangers type must not collect in a table.
const limitKey = (email: string): string => `password:${toBase64url(sha256(utf8(emailKeyOf(email))))}`

/**
 * Judges e-mail and password. The try is spent before the verdict; unknown account, wrong password, locked and disabled
 * account cost the same one Argon2 and the same write, and give the same null.
 *
 * @returns the account, which was active when it was read; whoever acts on it checks that again in its transaction
 * @throws Refusal `rate_limited`
 */
export async function verifyPassword(context: Context, email: string, password: string): Promise<Account | null> {
  const key = limitKey(email)
  const spent = await context.db.write((transaction) => spend(transaction, key, passwordLimit))
  if (!spent.ok) throw new Refusal('rate_limited', { retry_after: spent.retryAfter })
  const found = await context.db.read((query) => findCredentials(query, email))
  const right = await context.passwords.verify(found?.passwordHash ?? null, password)
  if (found === null || !right || found.account.state !== 'active') return null
  await context.db.write((transaction) => refund(transaction, key))
  return found.account
}
