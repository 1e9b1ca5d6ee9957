/** All SQL of `relations`: which accounts an application knows, and so may ask. */
import { AccountId, type AccountReference, type ApplicationId } from '@countersign/protocol'
import { prepareSelect, type Query, type Transaction } from '../db/index.ts'

const selectById = prepareSelect((query, given: { application: string; account: string }) =>
  query
    .selectFrom('relations')
    .select('account_id')
    .where('application_id', '=', given.application)
    .where('account_id', '=', given.account),
)
const selectByExternalId = prepareSelect((query, given: { application: string; externalId: string }) =>
  query
    .selectFrom('relations')
    .select('account_id')
    .where('application_id', '=', given.application)
    .where('external_id', '=', given.externalId),
)

/** The account that an application means, or null where it has no relation to it. */
export async function findRelated(
  query: Query,
  application: ApplicationId,
  reference: AccountReference,
): Promise<AccountId | null> {
  const row =
    'id' in reference
      ? await selectById.first(query, { application, account: reference.id })
      : await selectByExternalId.first(query, { application, externalId: reference.external_id })
  return row === undefined ? null : AccountId.parse(row.account_id)
}

/** One account that an application made, by the application's own id. */
export interface NamedAccount {
  readonly account: AccountId
  readonly externalId: string
}

/** The accounts that an application has an id of its own for, by those ids, after the one that the cursor names. */
export async function readNamed(
  query: Query,
  application: ApplicationId,
  { limit, cursor }: { readonly limit: number; readonly cursor: string | null },
): Promise<NamedAccount[]> {
  const rows = await query
    .selectFrom('relations')
    .select(['account_id', 'external_id'])
    .where('application_id', '=', application)
    .where('external_id', '>', cursor ?? '')
    .orderBy('external_id')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ account: AccountId.parse(row.account_id), externalId: row.external_id ?? '' }))
}

/** Forgets that an application knows an account. */
export async function unrelate(
  transaction: Transaction,
  application: ApplicationId,
  account: AccountId,
): Promise<void> {
  await transaction
    .deleteFrom('relations')
    .where('application_id', '=', application)
    .where('account_id', '=', account)
    .execute()
}

/** Writes down that an application knows an account: somebody signed in to it, or it made the account. */
export async function relate(
  transaction: Transaction,
  application: ApplicationId,
  account: AccountId,
  externalId: string | null = null,
): Promise<void> {
  await transaction
    .insertInto('relations')
    .values({ application_id: application, account_id: account, external_id: externalId })
    .onConflict((conflict) => conflict.columns(['application_id', 'account_id']).doNothing())
    .execute()
}
