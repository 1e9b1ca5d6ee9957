/** All SQL of `outbox`. */
import { type ExpressionBuilder, sql } from 'kysely'
import { now_ms, type Query, type Schema, type Transaction } from '../db/index.ts'
import { leaseLength } from './outbox.ts'

const now = now_ms()

/** What is inserted: the payload sealed, times relative to the database's clock in milliseconds. */
export interface NewOutboxRow {
  readonly id: string
  readonly kind: string
  readonly lane: string | null
  readonly payload: Uint8Array
  readonly goodFor: number
}

export async function insertOutboxRow(transaction: Transaction, row: NewOutboxRow): Promise<void> {
  await transaction
    .insertInto('outbox')
    .values({
      id: row.id,
      kind: row.kind,
      lane: row.lane,
      payload: row.payload,
      not_before: now,
      attempts: 0,
      created_at: now,
      expires_at: sql<number>`now_ms() + ${row.goodFor}`,
    })
    .execute()
}

/** A row whose time has come, as seen before it is leased. */
export interface DueRow {
  readonly id: string
  readonly kind: string
  readonly lane: string | null
  readonly attempts: number
}

/** A kind of rows, but for those of lanes in which there is no room. */
export interface WantedRows {
  readonly kind: string
  readonly fullLanes: readonly string[]
}

const isWanted =
  ({ kind, fullLanes }: WantedRows) =>
  (where: ExpressionBuilder<Schema, 'outbox'>) => {
    const ofKind = where('kind', '=', kind)
    if (fullLanes.length === 0) return ofKind
    return where.and([ofKind, where.or([where('lane', 'is', null), where('lane', 'not in', fullLanes)])])
  }

export async function readDueRows(query: Query, wanted: WantedRows, atMost: number): Promise<DueRow[]> {
  return query
    .selectFrom('outbox')
    .select(['id', 'kind', 'lane', 'attempts'])
    .where(isWanted(wanted))
    .where('not_before', '<=', now)
    .where('expires_at', '>', now)
    .orderBy('not_before')
    .limit(atMost)
    .execute()
}

/** Takes a row for this process alone; null where another was faster. The attempt is counted before it is made. */
export async function leaseRow(transaction: Transaction, row: DueRow): Promise<Uint8Array | null> {
  const leased = await transaction
    .updateTable('outbox')
    .set({ attempts: row.attempts + 1, not_before: sql<number>`now_ms() + ${leaseLength}` })
    .where('id', '=', row.id)
    .where('attempts', '=', row.attempts)
    .where('not_before', '<=', now)
    .where('expires_at', '>', now)
    .returning('payload')
    .executeTakeFirst()
  return leased?.payload ?? null
}

export async function deleteRow(transaction: Transaction, id: string): Promise<void> {
  await transaction.deleteFrom('outbox').where('id', '=', id).execute()
}

/** Puts a row off, unless its lease ran out and another process has it by now. */
export async function postponeRow(transaction: Transaction, row: DueRow, pause: number): Promise<void> {
  await transaction
    .updateTable('outbox')
    .set({ not_before: sql<number>`now_ms() + ${pause}` })
    .where('id', '=', row.id)
    .where('attempts', '=', row.attempts + 1)
    .execute()
}

/** Drops what is too old to be of use and tells what it was. */
export async function deleteExpiredRows(transaction: Transaction): Promise<{ id: string; kind: string }[]> {
  return transaction.deleteFrom('outbox').where('expires_at', '<=', now).returning(['id', 'kind']).execute()
}

/** Milliseconds until the next row is due, or null when none of them waits. */
export async function readNextDue(query: Query, wanted: readonly WantedRows[]): Promise<number | null> {
  const row = await query
    .selectFrom('outbox')
    .select(['not_before', now.as('now')])
    .where((where) => where.or(wanted.map((one) => isWanted(one)(where))))
    .orderBy('not_before')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? null : Math.max(0, row.not_before - row.now)
}

export async function hasExpiredRows(query: Query): Promise<boolean> {
  const row = await query.selectFrom('outbox').select('id').where('expires_at', '<=', now).limit(1).executeTakeFirst()
  return row !== undefined
}
