/** All SQL of `offline_locks`. */
import type { AccountId } from '@countersign/protocol'
import {
  forUpdate,
  type OfflineLocksTable,
  prepareChange,
  prepareSelect,
  type Query,
  type Transaction,
} from '../db/index.ts'
import { type OfflineLock, unlocked } from './offline-lock.ts'

const toLock = (row: { failures: number; locked_until: number | null; until_online: number }): OfflineLock => ({
  failures: row.failures,
  lockedUntil: row.locked_until,
  untilOnline: row.until_online === 1,
})

const columns = ['failures', 'locked_until', 'until_online'] as const

type Whose = { readonly account: AccountId }

const byAccount = (query: Query, { account }: Whose) =>
  query.selectFrom('offline_locks').select(columns).where('account_id', '=', account)
const select = prepareSelect(byAccount)
const selectHeld = prepareSelect((query, whose: Whose) => byAccount(query, whose).$call(forUpdate))

const insertUnlocked = prepareChange((transaction, { account }: Whose) =>
  transaction
    .insertInto('offline_locks')
    .values({ account_id: account, failures: 0, locked_until: null, until_online: 0 })
    .onConflict((conflict) => conflict.column('account_id').doNothing()),
)

type LockRow = Whose & Pick<OfflineLocksTable, 'failures' | 'locked_until' | 'until_online'>

const update = prepareChange((transaction, row: LockRow) =>
  transaction
    .updateTable('offline_locks')
    .set({ failures: row.failures, locked_until: row.locked_until, until_online: row.until_online })
    .where('account_id', '=', row.account),
)

const updateUnlocked = prepareChange((transaction, { account }: Whose) =>
  transaction
    .updateTable('offline_locks')
    .set({ failures: unlocked.failures, locked_until: unlocked.lockedUntil, until_online: 0 })
    .where('account_id', '=', account)
    .where('until_online', '=', 1),
)

/** The lock of an account; unlocked where there is no row. */
export async function readOfflineLock(query: Query, account: AccountId): Promise<OfflineLock> {
  const row = await select.first(query, { account })
  return row === undefined ? unlocked : toLock(row)
}

/** The lock of an account, held until the transaction ends, so that responses in parallel count one after another. */
export async function holdOfflineLock(transaction: Transaction, account: AccountId): Promise<OfflineLock> {
  await insertUnlocked.run(transaction, { account })
  return toLock(await selectHeld.one(transaction, { account }))
}

/** Writes the lock of an account that `holdOfflineLock` holds. */
export async function writeOfflineLock(transaction: Transaction, account: AccountId, lock: OfflineLock): Promise<void> {
  await update.run(transaction, {
    account,
    failures: lock.failures,
    locked_until: lock.lockedUntil,
    until_online: lock.untilOnline ? 1 : 0,
  })
}

/** An approval with network ends a lock that waits for one, and touches no other. */
export async function unlockByNetwork(transaction: Transaction, account: AccountId): Promise<void> {
  await updateUnlocked.run(transaction, { account })
}
