/** All SQL of `accounts`. */
import { AccountId, type ApplicationId, Locale } from '@countersign/protocol'
import type { AccountsTable } from '../db/index.ts'
import { forShare, forUpdate, now_ms, prepareSelect, type Query, type Transaction } from '../db/index.ts'
import { type Account, type AccountState, emailKeyOf } from './account.ts'

const columns = ['id', 'email', 'name', 'phone_number', 'locale', 'state'] as const

/**
 * What stands for the address of an account that an application made. No address that a person types is ever compared
 * with an upper-case letter (`emailKeyOf`), so nobody finds it by one.
 */
const madeKey = (application: ApplicationId, externalId: string): string => `MADE ${application} ${externalId}`

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

/** What an application says of an account of its own. */
export type MadeAccount = Pick<Account, 'id' | 'email' | 'name' | 'phoneNumber' | 'locale'>

/** Inserts an account that an application makes; false when there is one by this id. */
export async function insertMadeAccount(
  transaction: Transaction,
  account: MadeAccount,
  madeBy: { readonly application: ApplicationId; readonly externalId: string },
): Promise<boolean> {
  const inserted = await transaction
    .insertInto('accounts')
    .values({
      id: account.id,
      email: account.email,
      email_key: madeKey(madeBy.application, madeBy.externalId),
      name: account.name,
      // No password has this hash.
      password_hash: '',
      phone_number: account.phoneNumber,
      locale: account.locale,
      state: 'active',
      made_by: madeBy.application,
      created_at: now_ms(),
    })
    .onConflict((conflict) => conflict.column('email_key').doNothing())
    .executeTakeFirst()
  return inserted.numInsertedOrUpdatedRows === 1n
}

/** Whether an application made this account. */
export async function isMadeBy(query: Query, id: AccountId, application: ApplicationId): Promise<boolean> {
  const row = await query.selectFrom('accounts').select('made_by').where('id', '=', id).executeTakeFirst()
  return row?.made_by === application
}

/** Says anew who an account is. */
export async function changeAccount(
  transaction: Transaction,
  { id, email, name, phoneNumber, locale }: MadeAccount,
): Promise<void> {
  await transaction
    .updateTable('accounts')
    .set({ email, name, phone_number: phoneNumber, locale })
    .where('id', '=', id)
    .execute()
}

/** Erases what an account says of a person, for good. What was approved keeps what it showed. */
export async function eraseAccount(transaction: Transaction, id: AccountId): Promise<void> {
  await transaction
    .updateTable('accounts')
    .set({ email: '', email_key: `ERASED ${id}`, name: '', phone_number: '', password_hash: '', state: 'disabled' })
    .where('id', '=', id)
    .execute()
}

export async function writeAccountState(transaction: Transaction, id: AccountId, state: AccountState): Promise<void> {
  await transaction.updateTable('accounts').set({ state }).where('id', '=', id).execute()
}
