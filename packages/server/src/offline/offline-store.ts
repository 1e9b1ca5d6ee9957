/** All SQL of `offline_locks`. */
import type { AccountId } from '@countersign/protocol'
import type { Query, Transaction } from '../db/index.ts'
import { type OfflineLock, unlocked } from './offline-lock.ts'

const toLock = (row: { failures: number; locked_until: number | null; until_online: number }): OfflineLock => ({
  failures: row.failures,
  lockedUntil: row.locked_until,
  untilOnline: row.until_online === 1,
})

const columns = ['failures', 'locked_until', 'until_online'] as const

/** The lock of an account; unlocked where there is no row. */
export async function readOfflineLock(query: Query, account: AccountId): Promise<OfflineLock> {
  const row = await query
    .selectFrom('offline_locks')
    .select(columns)
    .where('account_id', '=', account)
    .executeTakeFirst()
  return row === undefined ? unlocked : toLock(row)
}

/** The lock of an account, held until the transaction ends, so that responses in parallel count one after another. */
export async function holdOfflineLock(transaction: Transaction, account: AccountId): Promise<OfflineLock> {
  await transaction
    .insertInto('offline_locks')
    .values({ account_id: account, failures: 0, locked_until: null, until_online: 0 })
    .onConflict((conflict) => conflict.column('account_id').doNothing())
    .execute()
  const row = await transaction
    .selectFrom('offline_locks')
    .select(columns)
    .where('account_id', '=', account)
    .forUpdate()
    .executeTakeFirstOrThrow()
  return toLock(row)
}

/** Writes the lock of an account that `holdOfflineLock` holds. */
export async function writeOfflineLock(transaction: Transaction, account: AccountId, lock: OfflineLock): Promise<void> {
  await transaction
    .updateTable('offline_locks')
    .set({ failures: lock.failures, locked_until: lock.lockedUntil, until_online: lock.untilOnline ? 1 : 0 })
    .where('account_id', '=', account)
    .execute()
}
