/** All SQL of `api_keys`. */
import { ApplicationId } from '@countersign/protocol'
import { sql } from 'kysely'
import * as z from 'zod/mini'
import { now_ms, prepareSelect, type Query, type Transaction } from '../db/index.ts'
import { Scope } from './api-key.ts'

/** A key as it is stored. Times are milliseconds since the epoch. */
export interface StoredApiKey {
  readonly id: string
  readonly application: ApplicationId
  /** SHA-256 of the whole key. */
  readonly hash: Uint8Array
  readonly scopes: readonly Scope[]
  readonly createdAt: number
  /** Null: until it is revoked. */
  readonly expiresAt: number | null
}

const Scopes = z.array(Scope)

interface Row {
  readonly id: string
  readonly application_id: string
  readonly hash: Uint8Array
  readonly scopes: string
  readonly created_at: number
  readonly expires_at: number | null
}

const toKey = (row: Row): StoredApiKey => ({
  id: row.id,
  application: ApplicationId.parse(row.application_id),
  hash: row.hash,
  scopes: Scopes.parse(JSON.parse(row.scopes)),
  createdAt: row.created_at,
  expiresAt: row.expires_at,
})

const selectById = prepareSelect((query, { id }: { id: string }) =>
  query.selectFrom('api_keys').selectAll().where('id', '=', id),
)

export async function findApiKey(query: Query, id: string): Promise<StoredApiKey | null> {
  const row = await selectById.first(query, { id })
  return row === undefined ? null : toKey(row)
}

/** All keys of an application, the newest first. */
export async function readApiKeys(query: Query, application: string): Promise<StoredApiKey[]> {
  const rows = await query
    .selectFrom('api_keys')
    .selectAll()
    .where('application_id', '=', application)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute()
  return rows.map(toKey)
}

export async function insertApiKey(
  transaction: Transaction,
  key: Pick<StoredApiKey, 'id' | 'application' | 'hash' | 'scopes'>,
): Promise<void> {
  await transaction
    .insertInto('api_keys')
    .values({
      id: key.id,
      application_id: key.application,
      hash: key.hash,
      scopes: JSON.stringify(key.scopes),
      created_at: now_ms(),
      expires_at: null,
    })
    .execute()
}

/** Ends a key after so many milliseconds, unless it ends before. @returns whether it was in force */
export async function endApiKey(transaction: Transaction, id: string, after: number): Promise<boolean> {
  const changed = await transaction
    .updateTable('api_keys')
    .set({ expires_at: sql<number>`now_ms() + ${after}` })
    .where('id', '=', id)
    .where((where) =>
      where.or([where('expires_at', 'is', null), where('expires_at', '>', sql<number>`now_ms() + ${after}`)]),
    )
    .executeTakeFirst()
  return changed.numUpdatedRows === 1n
}
