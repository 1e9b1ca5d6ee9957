/** All SQL of `rounds`. */
import { ApprovalDocument, ApprovalId, type DeviceId, parseCanonical, TwoDigits, utf8 } from '@countersign/protocol'
import { sql } from 'kysely'
import * as z from 'zod/mini'
import { now_ms, prepareChange, prepareSelect, type Query, type RoundsTable, type Transaction } from '../db/index.ts'

/** One round with its document. Times are milliseconds since the epoch, the digest is 32 bytes. */
export interface StoredRound {
  readonly round: number
  readonly document: ApprovalDocument
  readonly documentJws: string
  readonly digest: Uint8Array
  readonly issuedAt: number
  readonly expiresAt: number
}

/** A round that is to be written, its document as it was signed. */
export type NewRound = Omit<StoredRound, 'document'> & { readonly documentText: string }

const toRound = (row: RoundsTable): StoredRound => ({
  round: row.round,
  // Parsed when it is asked for: a waiting page and a typed code look at the digest alone.
  get document() {
    return parseCanonical(ApprovalDocument, utf8(row.document))
  },
  documentJws: row.document_jws,
  digest: row.digest,
  issuedAt: row.issued_at,
  expiresAt: row.expires_at,
})

const selectLatest = prepareSelect((query, { id }: { id: ApprovalId }) =>
  query.selectFrom('rounds').selectAll().where('approval_id', '=', id).orderBy('round', 'desc').limit(2),
)

/** The current round of an approval and the one before it, newest first. */
export async function readLatestRounds(query: Query, id: ApprovalId): Promise<StoredRound[]> {
  const rows = await selectLatest.all(query, { id })
  return rows.map(toRound)
}

const selectRound = prepareSelect((query, { id, round }: { id: ApprovalId; round: number }) =>
  query.selectFrom('rounds').selectAll().where('approval_id', '=', id).where('round', '=', round),
)

/** One round of an approval, or null. */
export async function readRound(query: Query, id: ApprovalId, round: number): Promise<StoredRound | null> {
  const row = await selectRound.first(query, { id, round })
  return row === undefined ? null : toRound(row)
}

const Choices = z.tuple([TwoDigits, TwoDigits, TwoDigits])

/** A round that waits for an answer, with the numbers that the phone offers. */
export interface PendingRound {
  readonly approval: ApprovalId
  readonly round: number
  readonly choices: z.infer<typeof Choices> | null
  readonly documentJws: string
  readonly expiresAt: number
}

const selectPending = prepareSelect((query, { device }: { device: DeviceId }) =>
  query
    .selectFrom('approvals')
    .innerJoin('rounds', (join) =>
      join.onRef('rounds.approval_id', '=', 'approvals.id').onRef('rounds.round', '=', 'approvals.round'),
    )
    .select([
      'approvals.id',
      'approvals.round',
      'approvals.binding_choices',
      'rounds.document_jws',
      'approvals.expires_at',
    ])
    .where('approvals.device_id', '=', device)
    // As a literal: SQLite would plan the statement anew at each run to see whether the index of what waits is of use.
    .where('approvals.state', '=', sql.lit('pending'))
    .where('approvals.expires_at', '>', now_ms())
    .orderBy('approvals.created_at')
    .orderBy('approvals.id'),
)

/** The current rounds of all approvals that a device can answer now, oldest first. */
export async function readPendingRounds(query: Query, device: DeviceId): Promise<PendingRound[]> {
  const rows = await selectPending.all(query, { device })
  return rows.map((row) => ({
    approval: ApprovalId.parse(row.id),
    round: row.round,
    choices: row.binding_choices === null ? null : Choices.parse(JSON.parse(row.binding_choices)),
    documentJws: row.document_jws,
    expiresAt: row.expires_at,
  }))
}

const insert = prepareChange((transaction, row: { [Name in keyof RoundsTable]: RoundsTable[Name] }) =>
  transaction.insertInto('rounds').values({
    approval_id: row.approval_id,
    round: row.round,
    document: row.document,
    document_jws: row.document_jws,
    digest: row.digest,
    issued_at: row.issued_at,
    expires_at: row.expires_at,
  }),
)

/** Inserts a round of an approval that is there. */
export async function insertRound(transaction: Transaction, approval: ApprovalId, round: NewRound): Promise<void> {
  await insert.run(transaction, {
    approval_id: approval,
    round: round.round,
    document: round.documentText,
    document_jws: round.documentJws,
    digest: round.digest,
    issued_at: round.issuedAt,
    expires_at: round.expiresAt,
  })
}
