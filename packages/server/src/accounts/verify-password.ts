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

/** How many may wait for those before them. Each costs an Argon2. */
const longestLine = 32
const lines = new Map<string, { readonly last: Promise<unknown>; readonly length: number }>()

/**
 * One after another for each key: of right passwords that come at once, each has given back its try before the next one
 * spends, and they are not taken for many wrong ones.
 */
async function inLine<Value>(key: string, work: () => Promise<Value>): Promise<Value> {
  const { last, length } = lines.get(key) ?? { last: Promise.resolve(), length: 0 }
  if (length >= longestLine) throw new Refusal('rate_limited', { retry_after: 1 })
  const mine = last.then(work, work)
  lines.set(key, { last: mine, length: length + 1 })
  try {
    return await mine
  } finally {
    const line = lines.get(key)
    if (line === undefined || line.length === 1) lines.delete(key)
    else lines.set(key, { ...line, length: line.length - 1 })
  }
}

/**
 * Judges e-mail and password. The try is spent before the verdict; unknown account, wrong password, locked and disabled
 * account cost the same one Argon2 and the same write, and give the same null.
 *
 * @returns the account, which was active when it was read; whoever acts on it checks that again in its transaction
 * @throws Refusal `rate_limited`
 */
export function verifyPassword(context: Context, email: string, password: string): Promise<Account | null> {
  const key = limitKey(email)
  return inLine(key, () => judge(context, key, email, password))
}

async function judge(context: Context, key: string, email: string, password: string): Promise<Account | null> {
  const spent = await context.db.write((transaction) => spend(transaction, key, passwordLimit))
  if (!spent.ok) throw new Refusal('rate_limited', { retry_after: spent.retryAfter })
  const found = await context.db.read((query) => findCredentials(query, email))
  const right = await context.passwords.verify(found?.passwordHash ?? null, password)
  if (found === null || !right || found.account.state !== 'active') return null
  await context.db.write((transaction) => refund(transaction, key))
  return found.account
}
