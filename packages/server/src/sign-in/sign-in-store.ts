/** All SQL of `sign_ins`. */
import { AccountId, ApplicationId, ApprovalId, Locale } from '@countersign/protocol'
import { sql } from 'kysely'
import { now_ms, type Query, type Transaction } from '../db/index.ts'
import { type SignIn, SignInId, signInLength } from './sign-in.ts'

/** How long a finished sign-in is known: as long as what it granted can stand. */
const remembered = 24 * 3_600_000

const orNull = <Value>(schema: { parse(value: unknown): Value }, value: string | null): Value | null =>
  value === null ? null : schema.parse(value)

/** The sign-in with this id, unless its time is over. */
export async function findSignIn(query: Query, id: SignInId): Promise<SignIn | null> {
  const row = await query
    .selectFrom('sign_ins')
    .selectAll()
    .where('id', '=', id)
    .where('expires_at', '>', now_ms())
    .executeTakeFirst()
  if (row === undefined) return null
  return {
    id: SignInId.parse(row.id),
    application: ApplicationId.parse(row.application_id),
    account: orNull(AccountId, row.account_id),
    approval: orNull(ApprovalId, row.approval_id),
    step: row.step,
    locale: Locale.parse(row.locale),
    starts: row.starts,
    passwordAt: row.password_at,
    browser: row.browser,
  }
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
      created_at: now_ms(),
      expires_at: sql<number>`now_ms() + ${signInLength}`,
    })
    .execute()
}

/** What a step changes. `passwordAt` is `'now'` by the database's clock. */
export interface Change {
  readonly step: SignIn['step']
  readonly account: AccountId | null
  readonly approval: ApprovalId | null
  readonly locale: Locale
  readonly starts: number
  readonly passwordAt: number | 'now' | null
  readonly browser: string | null
}

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
      password_at: change.passwordAt === 'now' ? now_ms() : change.passwordAt,
      browser: change.browser,
      ...(change.step === 'done' ? { expires_at: sql<number>`now_ms() + ${remembered}` } : {}),
    })
    .where('id', '=', before.id)
    .where('step', '=', before.step)
    .where('approval_id', before.approval === null ? 'is' : '=', before.approval)
    .where('starts', '=', before.starts)
    .where('expires_at', '>', now_ms())
    .executeTakeFirst()
  return changed.numUpdatedRows === 1n
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
