/** All SQL of `receipts` and `page_tokens`. */
import { ApprovalId } from '@countersign/protocol'
import { sql } from 'kysely'
import { now_ms, prepareSelect, type Query, type Transaction } from '../db/index.ts'

const selectReceipt = prepareSelect((query, { id }: { id: ApprovalId }) =>
  query.selectFrom('receipts').select('receipt').where('approval_id', '=', id),
)

/** The receipt of an approval, or null where none was made yet. */
export async function readReceipt(query: Query, id: ApprovalId): Promise<string | null> {
  return (await selectReceipt.first(query, { id }))?.receipt ?? null
}

/** Keeps a receipt, unless one is there. */
export async function insertReceipt(transaction: Transaction, id: ApprovalId, receipt: string): Promise<void> {
  await transaction
    .insertInto('receipts')
    .values({ approval_id: id, receipt, created_at: now_ms() })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Keeps the hash of a page token, 32 bytes. */
export async function insertPageToken(transaction: Transaction, id: ApprovalId, hash: Uint8Array): Promise<void> {
  await transaction.insertInto('page_tokens').values({ hash, approval_id: id, created_at: now_ms() }).execute()
}

const selectToken = prepareSelect((query, { hash }: { hash: Uint8Array }) =>
  query.selectFrom('page_tokens').select('approval_id').where('hash', '=', hash),
)

/** The approval that a page token is for, or null. */
export async function findByPageToken(query: Query, hash: Uint8Array): Promise<ApprovalId | null> {
  const row = await selectToken.first(query, { hash })
  return row === undefined ? null : ApprovalId.parse(row.approval_id)
}

/** Forgets page tokens that are older than `age` milliseconds. */
export async function deleteOldPageTokens(transaction: Transaction, age: number): Promise<void> {
  await transaction.deleteFrom('page_tokens').where('created_at', '<', sql<number>`now_ms() - ${age}`).execute()
}
