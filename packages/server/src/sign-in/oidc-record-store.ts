/** All SQL of `oidc_records`. Ids, uids and grant ids come in hashed: who reads the table can redeem nothing. */
import { sql } from 'kysely'
import { now_ms, type Query, type Transaction } from '../db/index.ts'

export interface OidcRecord {
  readonly model: string
  readonly id: string
  readonly payload: string
  readonly grantId: string | null
  readonly uid: string | null
  /** Seconds until it ends, or null for never. */
  readonly lifetime: number | null
}

export interface FoundRecord {
  readonly id: string
  readonly payload: string
  /** Milliseconds since the epoch. */
  readonly consumedAt: number | null
}

const endOf = (lifetime: number | null) =>
  lifetime === null ? null : sql<number>`now_ms() + ${Math.round(lifetime * 1000)}`

const valuesOf = (record: OidcRecord) => ({
  payload: record.payload,
  grant_id: record.grantId,
  uid: record.uid,
  expires_at: endOf(record.lifetime),
})

/** Writes a record, whether or not it is there. */
export async function upsertRecord(transaction: Transaction, record: OidcRecord): Promise<void> {
  const values = valuesOf(record)
  await transaction
    .insertInto('oidc_records')
    .values({ model: record.model, id: record.id, consumed_at: null, ...values })
    .onConflict((conflict) => conflict.columns(['model', 'id']).doUpdateSet(values))
    .execute()
}

/** Writes a record that is there already. @returns whether it was */
export async function updateRecord(transaction: Transaction, record: OidcRecord): Promise<boolean> {
  const updated = await transaction
    .updateTable('oidc_records')
    .set(valuesOf(record))
    .where('model', '=', record.model)
    .where('id', '=', record.id)
    .executeTakeFirst()
  return updated.numUpdatedRows === 1n
}

const found = (query: Query, model: string) =>
  query
    .selectFrom('oidc_records')
    .select(['id', 'payload', 'consumed_at as consumedAt'])
    .where('model', '=', model)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', now_ms())]))

export const findRecord = (query: Query, model: string, id: string): Promise<FoundRecord | undefined> =>
  found(query, model).where('id', '=', id).executeTakeFirst()

export const findRecordByUid = (query: Query, model: string, uid: string): Promise<FoundRecord | undefined> =>
  found(query, model).where('uid', '=', uid).executeTakeFirst()

/** Marks a record as used up. @returns whether it was this call that did */
export async function consumeRecord(transaction: Transaction, model: string, id: string): Promise<boolean> {
  const consumed = await transaction
    .updateTable('oidc_records')
    .set({ consumed_at: now_ms() })
    .where('model', '=', model)
    .where('id', '=', id)
    .where('consumed_at', 'is', null)
    .executeTakeFirst()
  return consumed.numUpdatedRows === 1n
}

/** @returns whether it was this call that removed it */
export async function deleteRecord(transaction: Transaction, model: string, id: string): Promise<boolean> {
  const deleted = await transaction
    .deleteFrom('oidc_records')
    .where('model', '=', model)
    .where('id', '=', id)
    .executeTakeFirst()
  return deleted.numDeletedRows === 1n
}

/** Removes all records of a model that a grant gave. */
export async function deleteRecordsOfGrant(transaction: Transaction, model: string, grantId: string): Promise<void> {
  await transaction.deleteFrom('oidc_records').where('model', '=', model).where('grant_id', '=', grantId).execute()
}

export async function deleteExpiredRecords(transaction: Transaction): Promise<void> {
  await transaction.deleteFrom('oidc_records').where('expires_at', '<=', now_ms()).execute()
}
