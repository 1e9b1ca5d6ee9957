/** All SQL of `sign_ins`. */
import { AccountId, ApplicationId, ApprovalId, Locale } from '@countersign/protocol'
import { sql } from 'kysely'
import { forUpdate, now_ms, type Query, type SignInsTable, type Transaction } from '../db/index.ts'
import { codeLength, codeTries, type SpentTry } from '../sms-codes/index.ts'
import { type SignIn, SignInId, signInLength } from './sign-in.ts'

/** How long a finished sign-in is known: as long as what it granted can stand. */
const remembered = 24 * 3_600_000

const orNull = <Value>(schema: { parse(value: unknown): Value }, value: string | null): Value | null =>
  value === null ? null : schema.parse(value)

const toSignIn = (row: SignInsTable): SignIn => ({
  id: SignInId.parse(row.id),
  application: ApplicationId.parse(row.application_id),
  account: orNull(AccountId, row.account_id),
  approval: orNull(ApprovalId, row.approval_id),
  step: row.step,
  locale: Locale.parse(row.locale),
  starts: row.starts,
  passwordAt: row.password_at,
  browser: row.browser,
  codeTriesLeft: row.code_tries_left,
  codeExpiresAt: row.code_expires_at,
  confirmedAt: row.confirmed_at,
})

const selectSignIn = (query: Query, id: SignInId) =>
  query.selectFrom('sign_ins').selectAll().where('id', '=', id).where('expires_at', '>', now_ms())

/** The sign-in with this id, unless its time is over. */
export async function findSignIn(query: Query, id: SignInId): Promise<SignIn | null> {
  const row = await selectSignIn(query, id).executeTakeFirst()
  return row === undefined ? null : toSignIn(row)
}

/** The same, held until the transaction ends. Its account is held before it, and budgets after it. */
export async function holdSignIn(transaction: Transaction, id: SignInId): Promise<SignIn | null> {
  const row = await selectSignIn(transaction, id).$call(forUpdate).executeTakeFirst()
  return row === undefined ? null : toSignIn(row)
}

export async function insertSignIn(
  transaction: Transaction,
  signIn: Pick<SignIn, 'id' | 'application' | 'locale'>,
): Promise<void> {
  await transaction
    .insertInto('sign_ins')
    .values({
      id: signIn.id,
      application_id: signIn.application,
      account_id: null,
      approval_id: null,
      step: 'password',
      locale: signIn.locale,
      starts: 0,
      password_at: null,
      browser: null,
      code_hash: null,
      code_tries_left: 0,
      code_expires_at: null,
      confirmed_at: null,
      created_at: now_ms(),
      expires_at: sql<number>`now_ms() + ${signInLength}`,
    })
    .execute()
}

/** What a step changes. `'now'` is by the database's clock. */
export interface Change {
  readonly step: SignIn['step']
  readonly account: AccountId | null
  readonly approval: ApprovalId | null
  readonly locale: Locale
  readonly starts: number
  readonly passwordAt: number | 'now' | null
  readonly browser: string | null
  /** The SMS code that is out from now on; null where none is. */
  readonly codeHash: Uint8Array | null
  readonly confirmedAt: number | 'now' | null
}

const timeOf = (time: number | 'now' | null) => (time === 'now' ? now_ms() : time)

/** Changes a sign-in that still is as it was read. @returns whether it was */
export async function changeSignIn(transaction: Transaction, before: SignIn, change: Change): Promise<boolean> {
  const changed = await transaction
    .updateTable('sign_ins')
    .set({
      step: change.step,
      account_id: change.account,
      approval_id: change.approval,
      locale: change.locale,
      starts: change.starts,
      password_at: timeOf(change.passwordAt),
      browser: change.browser,
      code_hash: change.codeHash,
      code_tries_left: change.codeHash === null ? 0 : codeTries,
      code_expires_at: change.codeHash === null ? null : sql<number>`now_ms() + ${codeLength}`,
      confirmed_at: timeOf(change.confirmedAt),
      ...(change.step === 'done' ? { expires_at: sql<number>`now_ms() + ${remembered}` } : {}),
    })
    .where('id', '=', before.id)
    .where('step', '=', before.step)
    .where('approval_id', before.approval === null ? 'is' : '=', before.approval)
    .where('starts', '=', before.starts)
    .where('code_tries_left', '=', before.codeTriesLeft)
    .where('expires_at', '>', now_ms())
    .executeTakeFirst()
  return changed.numUpdatedRows === 1n
}

/** Puts another code in place of the one that was sent. Tries stay spent. @returns whether there are any left */
export async function writeNewCode(transaction: Transaction, id: SignInId, codeHash: Uint8Array): Promise<boolean> {
  const written = await transaction
    .updateTable('sign_ins')
    .set({ code_hash: codeHash, code_expires_at: sql<number>`now_ms() + ${codeLength}` })
    .where('id', '=', id)
    .where('step', '=', 'sms-code')
    .where('code_tries_left', '>', 0)
    .executeTakeFirst()
  return written.numUpdatedRows === 1n
}

/** Spends a try at the SMS code, before anything is compared. @returns null where there is none to spend */
export async function spendCodeTry(transaction: Transaction, id: SignInId): Promise<SpentTry | null> {
  const spent = await transaction
    .updateTable('sign_ins')
    .set({ code_tries_left: sql<number>`code_tries_left - 1` })
    .where('id', '=', id)
    .where('step', '=', 'sms-code')
    .where('code_tries_left', '>', 0)
    .where('code_expires_at', '>', now_ms())
    .where('expires_at', '>', now_ms())
    .returning(['code_hash', 'code_tries_left'])
    .executeTakeFirst()
  if (spent === undefined || spent.code_hash === null) return null
  return { codeHash: spent.code_hash, triesLeft: spent.code_tries_left }
}

/** The approvals of the other sign-ins of this account that wait in the same browser. */
export async function readReplaced(
  query: Query,
  id: SignInId,
  account: AccountId,
  browser: string,
): Promise<ApprovalId[]> {
  const rows = await query
    .selectFrom('sign_ins')
    .select('approval_id')
    .where('browser', '=', browser)
    .where('account_id', '=', account)
    .where('step', '=', 'approval')
    .where('id', '<>', id)
    .where('approval_id', 'is not', null)
    .execute()
  return rows.map((row) => ApprovalId.parse(row.approval_id))
}

export async function deleteExpiredSignIns(transaction: Transaction): Promise<void> {
  await transaction.deleteFrom('sign_ins').where('expires_at', '<=', now_ms()).execute()
}
