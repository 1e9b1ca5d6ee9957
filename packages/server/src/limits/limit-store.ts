/** All SQL of `limits`. */
import { sql } from 'kysely'
import type { Context } from '../context.ts'
import { now_ms, nowMs, type Transaction } from '../db/index.ts'
import { type Limit, type Spent, secondsUntil } from './limit.ts'

/**
 * Spends one of a budget. To be committed before the verdict that it pays for is told.
 *
 * One conditional statement, so that tries in parallel queue up at the row and never get more than the maximum.
 */
export async function spend(transaction: Transaction, key: string, limit: Limit): Promise<Spent> {
  const spent = await transaction
    .insertInto('limits')
    .values({ key, count: 1, window_ends_at: sql<number>`now_ms() + ${limit.windowMs}` })
    .onConflict((conflict) =>
      conflict
        .column('key')
        .doUpdateSet({
          count: sql<number>`case when limits.window_ends_at <= now_ms() then 1 else limits.count + 1 end`,
          window_ends_at: sql<number>`case when limits.window_ends_at <= now_ms() then now_ms() + ${limit.windowMs} else limits.window_ends_at end`,
        })
        .where(sql<boolean>`limits.window_ends_at <= now_ms() or limits.count < ${limit.maximum}`),
    )
    .returning('count')
    .executeTakeFirst()
  if (spent !== undefined) return { ok: true }
  const row = await transaction
    .selectFrom('limits')
    .select('window_ends_at')
    .where('key', '=', key)
    .executeTakeFirstOrThrow()
  return { ok: false, retryAfter: secondsUntil(row.window_ends_at, await nowMs(transaction)) }
}

/** Gives back one that was spent on what turned out right. Others' wrong tries stay counted. */
export async function refund(transaction: Transaction, key: string): Promise<void> {
  await transaction
    .updateTable('limits')
    .set({ count: sql<number>`count - 1` })
    .where('key', '=', key)
    .where('count', '>', 0)
    .execute()
}

/** Forgets windows that are over. */
export async function sweepLimits(context: Context): Promise<void> {
  await context.db.write(async (transaction) => {
    await transaction.deleteFrom('limits').where('window_ends_at', '<=', now_ms()).execute()
  })
}
