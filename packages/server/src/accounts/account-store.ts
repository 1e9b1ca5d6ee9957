/** All SQL of `accounts`. */
import { AccountId, Locale } from '@countersign/protocol'
import type { AccountsTable } from '../db/index.ts'
import { forShare, forUpdate, now_ms, prepareSelect, type Query, type Transaction } from '../db/index.ts'
import { type Account, type AccountState, emailKeyOf } from './account.ts'

const columns = ['id', 'email', 'name', 'phone_number', 'locale', 'state'] as const

const toAccount = (row: Pick<AccountsTable, (typeof columns)[number]>): Account => ({
  id: AccountId.parse(row.id),
  email: row.email,
  name: row.name,
  phoneNumber: row.phone_number,
  locale: Locale.parse(row.locale),
  state: row.state,
})

const byId = (query: Query, { id }: { id: AccountId }) =>
  query.selectFrom('accounts').select(columns).where('id', '=', id)
const selectById = prepareSelect(byId)
const selectHeld = {
  share: prepareSelect((query, given: { id: AccountId }) => byId(query, given).$call(forShare)),
  update: prepareSelect((query, given: { id: AccountId }) => byId(query, given).$call(forUpdate)),
}

/** The account with this id, in whatever state. */
export async function accountById(query: Query, id: AccountId): Promise<Account | null> {
  const row = await selectById.first(query, { id })
  return row === undefined ? null : toAccount(row)
}

/** The account with this address, however it is spelled, in whatever state. */
export async function findAccount(query: Query, email: string): Promise<Account | null> {
  const row = await query
    .selectFrom('accounts')
    .select(columns)
    .where('email_key', '=', emailKeyOf(email))
    .executeTakeFirst()
  return row === undefined ? null : toAccount(row)
}

/** The account with this address together with its password hash: for the one place that judges passwords. */
export async function findCredentials(
  query: Query,
  email: string,
): Promise<{ account: Account; passwordHash: string } | null> {
  const row = await query
    .selectFrom('accounts')
    .select([...columns, 'password_hash'])
    .where('email_key', '=', emailKeyOf(email))
    .executeTakeFirst()
  return row === undefined ? null : { account: toAccount(row), passwordHash: row.password_hash }
}

/**
 * The account, held until the transaction ends: `share` by what relies on its state (starting, deciding, redeeming,
 * linking), `update` by what changes it. Always taken before a device, a device before an approval (protocol section 2).
 */
export async function holdAccount(
  transaction: Transaction,
  id: AccountId,
  how: 'share' | 'update',
): Promise<Account | null> {
  const row = await selectHeld[how].first(transaction, { id })
  return row === undefined ? null : toAccount(row)
}

export type NewAccount = Omit<Account, 'state'> & { readonly passwordHash: string }

/** Inserts an active account; false when its address is taken. */
export async function insertAccount(transaction: Transaction, account: NewAccount): Promise<boolean> {
  const inserted = await transaction
    .insertInto('accounts')
    .values({
      id: account.id,
      email: account.email,
      email_key: emailKeyOf(account.email),
      name: account.name,
      password_hash: account.passwordHash,
      phone_number: account.phoneNumber,
      locale: account.locale,
      state: 'active',
      created_at: now_ms(),
    })
    .onConflict((conflict) => conflict.column('email_key').doNothing())
    .executeTakeFirst()
  return inserted.numInsertedOrUpdatedRows === 1n
}

export async function writeAccountState(transaction: Transaction, id: AccountId, state: AccountState): Promise<void> {
  await transaction.updateTable('accounts').set({ state }).where('id', '=', id).execute()
}
