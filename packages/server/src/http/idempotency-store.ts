/** All SQL of `idempotency_keys`. */
import type { ApplicationId } from '@countersign/protocol'
import { sql } from 'kysely'
import { now_ms, type Query, type Transaction } from '../db/index.ts'

export interface KeyName {
  readonly application: ApplicationId
  readonly route: string
  readonly key: string
}

/** One call with a key. */
export interface IdempotencyRow {
  readonly name: KeyName
  /** SHA-256 of the bytes that were sent. */
  readonly bodyHash: Uint8Array
  /** Tells this call from another one with the same key. */
  readonly run: string
}

/** Milliseconds for which a call may run before another may take its place: longer than any request is let run. */
const lease = 60_000
const remembered = 86_400_000

const valuesOf = ({ name, bodyHash, run }: IdempotencyRow) => ({
  application_id: name.application,
  route: name.route,
  idempotency_key: name.key,
  body_hash: bodyHash,
  run,
  leased_until: sql<number>`now_ms() + ${lease}`,
  answer: null,
  expires_at: sql<number>`now_ms() + ${remembered}`,
})

/** Writes down that a call is made. @returns false where one with this key was made before */
export async function insertKey(transaction: Transaction, row: IdempotencyRow): Promise<boolean> {
  const inserted = await transaction
    .insertInto('idempotency_keys')
    .values(valuesOf(row))
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return inserted.numInsertedOrUpdatedRows === 1n
}

/** What is known of a key. */
export interface KnownKey {
  readonly bodyHash: Uint8Array
  readonly answer: Uint8Array | null
  readonly isLeaseOver: boolean
  readonly isOver: boolean
}

export async function readKey(query: Query, { application, route, key }: KeyName): Promise<KnownKey | null> {
  const row = await query
    .selectFrom('idempotency_keys')
    .select(['body_hash', 'answer', 'leased_until', 'expires_at', now_ms().as('now')])
    .where('application_id', '=', application)
    .where('route', '=', route)
    .where('idempotency_key', '=', key)
    .executeTakeFirst()
  if (row === undefined) return null
  return {
    bodyHash: row.body_hash,
    answer: row.answer,
    isLeaseOver: row.leased_until <= row.now,
    isOver: row.expires_at <= row.now,
  }
}

/** Takes the place of a call that is over, or that died. @returns whether nobody was quicker */
export async function takeOverKey(transaction: Transaction, row: IdempotencyRow): Promise<boolean> {
  const { application, route, key } = row.name
  const changed = await transaction
    .updateTable('idempotency_keys')
    .set(valuesOf(row))
    .where('application_id', '=', application)
    .where('route', '=', route)
    .where('idempotency_key', '=', key)
    .where((where) =>
      where.or([
        where('expires_at', '<=', now_ms()),
        where.and([where('answer', 'is', null), where('leased_until', '<=', now_ms())]),
      ]),
    )
    .executeTakeFirst()
  return changed.numUpdatedRows === 1n
}

/** Keeps the answer of a call, sealed, unless another has taken its place. */
export async function writeAnswer(
  transaction: Transaction,
  { name, run }: IdempotencyRow,
  answer: Uint8Array,
): Promise<void> {
  await transaction
    .updateTable('idempotency_keys')
    .set({ answer })
    .where('application_id', '=', name.application)
    .where('route', '=', name.route)
    .where('idempotency_key', '=', name.key)
    .where('run', '=', run)
    .execute()
}

/** Forgets a call that did nothing, so that it may be made again. */
export async function releaseKey(transaction: Transaction, { name, run }: IdempotencyRow): Promise<void> {
  await transaction
    .deleteFrom('idempotency_keys')
    .where('application_id', '=', name.application)
    .where('route', '=', name.route)
    .where('idempotency_key', '=', name.key)
    .where('run', '=', run)
    .where('answer', 'is', null)
    .execute()
}

export async function deleteExpiredKeys(transaction: Transaction): Promise<void> {
  await transaction.deleteFrom('idempotency_keys').where('expires_at', '<=', now_ms()).execute()
}
