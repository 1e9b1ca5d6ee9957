/** All SQL of `approvals` and `rounds`. */
import {
  type AccountId,
  type ApplicationId,
  ApprovalDocument,
  type ApprovalId,
  type Binding,
  canonicalText,
  type DeclineReason,
  type DeviceId,
  type Locale,
  parseCanonical,
  TwoDigits,
  utf8,
} from '@countersign/protocol'
import { sql } from 'kysely'
import * as z from 'zod/mini'
import type { Query, Transaction } from '../db/index.ts'
import type { ApprovalsTable, RoundsTable } from '../db/schema.ts'
import { type Approval, codeGrace, type DecisionMethod, maximumResponseTries } from './approval.ts'
import type { BindingSecret } from './binding.ts'

/** An approval as it is stored: what the rules look at, and whose it is. */
export interface StoredApproval extends Approval {
  readonly id: ApprovalId
  readonly account: AccountId
  readonly device: DeviceId
  readonly application: ApplicationId
  readonly action: string
  readonly binding: Binding
  readonly bindingValue: string | null
  readonly reason: string | null
  readonly method: ApprovalsTable['method']
  readonly amr: readonly string[] | null
  readonly decisionJws: string | null
}

/** One round with its document. */
export interface StoredRound {
  readonly round: number
  readonly document: ApprovalDocument
  readonly documentJws: string
  readonly digest: Uint8Array
  readonly issuedAt: number
  readonly expiresAt: number
}

// What this file wrote itself is trusted to have its type; the rest of the row is checked by the database.
const toApproval = (row: ApprovalsTable): StoredApproval => ({
  id: row.id as ApprovalId,
  account: row.account_id as AccountId,
  device: row.device_id as DeviceId,
  application: row.application_id as ApplicationId,
  action: row.action,
  binding: row.binding as Binding,
  bindingValue: row.binding_value,
  state: row.state,
  reason: row.reason,
  round: row.round,
  offline: row.offline === 1,
  expiresAt: row.expires_at,
  responseTriesLeft: row.response_tries_left,
  decidedAt: row.decided_at,
  method: row.method,
  amr: row.amr === null ? null : JSON.parse(row.amr),
  decisionJws: row.decision_jws,
  redemptionId: row.redemption_id,
  redeemedAt: row.redeemed_at,
})

const toRound = (row: RoundsTable): StoredRound => ({
  round: row.round,
  document: parseCanonical(ApprovalDocument, utf8(row.document)),
  documentJws: row.document_jws,
  digest: row.digest,
  issuedAt: row.issued_at,
  expiresAt: row.expires_at,
})

/** Reads one approval. */
export async function readStoredApproval(query: Query, id: ApprovalId): Promise<StoredApproval | null> {
  const row = await query.selectFrom('approvals').selectAll().where('id', '=', id).executeTakeFirst()
  return row === undefined ? null : toApproval(row)
}

/** Reads one approval and holds it until the transaction ends. Account and device must be held before it. */
export async function holdApproval(transaction: Transaction, id: ApprovalId): Promise<StoredApproval | null> {
  const row = await transaction.selectFrom('approvals').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
  return row === undefined ? null : toApproval(row)
}

/** The current round of an approval and the one before it, newest first. */
export async function readLatestRounds(query: Query, id: ApprovalId): Promise<StoredRound[]> {
  const rows = await query
    .selectFrom('rounds')
    .selectAll()
    .where('approval_id', '=', id)
    .orderBy('round', 'desc')
    .limit(2)
    .execute()
  return rows.map(toRound)
}

/** A round that waits for an answer, with the numbers that the phone offers. */
export interface PendingRound {
  readonly approval: ApprovalId
  readonly round: number
  readonly choices: z.infer<typeof Choices> | null
  readonly documentJws: string
  readonly expiresAt: number
}

const Choices = z.tuple([TwoDigits, TwoDigits, TwoDigits])

/** The current rounds of all approvals that a device can answer now, oldest first. */
export async function readPendingRounds(query: Query, device: DeviceId): Promise<PendingRound[]> {
  const rows = await query
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
    .where('approvals.state', '=', 'pending')
    .where('approvals.expires_at', '>', sql<number>`now_ms()`)
    .orderBy('approvals.created_at')
    .orderBy('approvals.id')
    .execute()
  return rows.map((row) => ({
    approval: row.id as ApprovalId,
    round: row.round,
    choices: row.binding_choices === null ? null : Choices.parse(JSON.parse(row.binding_choices)),
    documentJws: row.document_jws,
    expiresAt: row.expires_at,
  }))
}

/** The approval that holds a live key, if any. */
export async function findByLiveKey(query: Query, liveKey: string): Promise<StoredApproval | null> {
  const row = await query.selectFrom('approvals').selectAll().where('live_key', '=', liveKey).executeTakeFirst()
  return row === undefined ? null : toApproval(row)
}

/** A new approval. */
export interface NewApproval {
  readonly id: ApprovalId
  readonly account: AccountId
  readonly device: DeviceId
  readonly application: ApplicationId
  readonly action: string
  readonly template: number
  readonly locale: Locale
  readonly binding: Binding
  readonly secret: BindingSecret
  readonly data: Readonly<Record<string, string>>
  readonly context: ApprovalDocument['context']
  readonly liveKey: string
}

/** Inserts an approval unless one with its live key is alive. @returns whether it was inserted */
export async function insertApproval(
  transaction: Transaction,
  approval: NewApproval,
  round: StoredRound,
): Promise<boolean> {
  const inserted = await transaction
    .insertInto('approvals')
    .values({
      id: approval.id,
      account_id: approval.account,
      device_id: approval.device,
      application_id: approval.application,
      action: approval.action,
      template: approval.template,
      data: JSON.stringify(approval.data),
      context: JSON.stringify(approval.context),
      locale: approval.locale,
      binding: approval.binding,
      binding_value: approval.secret.value,
      binding_choices: approval.secret.choices === null ? null : JSON.stringify(approval.secret.choices),
      state: 'pending',
      reason: null,
      live_key: approval.liveKey,
      round: round.round,
      offline: 0,
      expires_at: round.expiresAt,
      response_tries_left: maximumResponseTries,
      created_at: round.issuedAt,
      decided_at: null,
      method: null,
      amr: null,
      decision_jws: null,
      decision_device_id: null,
      redemption_id: null,
      redeemed_at: null,
    })
    .onConflict((conflict) => conflict.column('live_key').doNothing())
    .executeTakeFirst()
  if (inserted.numInsertedOrUpdatedRows !== 1n) return false
  await insertRound(transaction, approval.id, round)
  return true
}

async function insertRound(transaction: Transaction, approval: ApprovalId, round: StoredRound): Promise<void> {
  await transaction
    .insertInto('rounds')
    .values({
      approval_id: approval,
      round: round.round,
      document: canonicalText(round.document),
      document_jws: round.documentJws,
      digest: round.digest,
      issued_at: round.issuedAt,
      expires_at: round.expiresAt,
    })
    .execute()
}

/** Why a next round starts. */
export type RoundCause = 'go-offline' | 'code-ran-out'

const isDue = {
  'go-offline': sql<boolean>`offline = 0 and now_ms() < expires_at`,
  'code-ran-out': sql<boolean>`offline = 1 and now_ms() >= expires_at and now_ms() < expires_at + ${codeGrace}`,
} as const satisfies Record<RoundCause, unknown>

/** Starts the next round where it is due and the one before is still the current one. @returns whether it was started */
export async function advanceRound(
  transaction: Transaction,
  id: ApprovalId,
  round: StoredRound,
  cause: RoundCause,
): Promise<boolean> {
  const changed = await transaction
    .updateTable('approvals')
    .set({ round: round.round, offline: 1, expires_at: round.expiresAt })
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .where('round', '=', round.round - 1)
    .where(isDue[cause])
    .executeTakeFirst()
  if (changed.numUpdatedRows !== 1n) return false
  await insertRound(transaction, id, round)
  return true
}

/** How an approval ended by an answer. */
export interface Ending {
  readonly state: 'approved' | 'declined'
  readonly reason: DeclineReason | 'codes-spent' | 'wrong-number' | null
  readonly method: DecisionMethod
  readonly amr: readonly string[] | null
  readonly decisionJws: string | null
  /** The round that was answered. */
  readonly round: number
  /** Milliseconds after the end of the current round in which the answer still counts. */
  readonly grace: number
}

/** Ends a pending approval by an answer, at the database's time. @returns whether it was this answer that ended it */
export async function endByAnswer(
  transaction: Transaction,
  approval: Pick<StoredApproval, 'id' | 'account' | 'device'>,
  ending: Ending,
): Promise<boolean> {
  const changed = await transaction
    .updateTable('approvals')
    .set({
      state: ending.state,
      reason: ending.reason,
      live_key: null,
      decided_at: sql<number>`now_ms()`,
      method: ending.method,
      amr: ending.amr === null ? null : JSON.stringify(ending.amr),
      decision_jws: ending.decisionJws,
      decision_device_id: ending.decisionJws === null ? null : approval.device,
    })
    .where('id', '=', approval.id)
    .where('account_id', '=', approval.account)
    .where('device_id', '=', approval.device)
    .where('state', '=', 'pending')
    .where('round', '=', ending.round)
    .where(sql<boolean>`now_ms() < expires_at + ${ending.grace}`)
    .executeTakeFirst()
  return changed.numUpdatedRows === 1n
}

/** Spends one try at a response code. @returns the tries left, or null where no try can be spent any more */
export async function spendResponseTry(transaction: Transaction, id: ApprovalId): Promise<number | null> {
  const row = await transaction
    .updateTable('approvals')
    .set({ response_tries_left: sql<number>`response_tries_left - 1` })
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .where('offline', '=', 1)
    .where('response_tries_left', '>', 0)
    .where(sql<boolean>`now_ms() < expires_at + ${codeGrace}`)
    .returning('response_tries_left')
    .executeTakeFirst()
  return row?.response_tries_left ?? null
}

/** Ends a pending approval without an answer. @returns whether it was pending */
export async function endPending(
  transaction: Transaction,
  id: ApprovalId,
  state: 'expired' | 'cancelled',
  reason: string | null,
): Promise<boolean> {
  const over = sql<boolean>`now_ms() >= expires_at + offline * ${codeGrace}`
  const changed = await transaction
    .updateTable('approvals')
    .set({ state, reason, live_key: null })
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .where(state === 'expired' ? over : sql<boolean>`not (${over})`)
    .executeTakeFirst()
  return changed.numUpdatedRows === 1n
}

/** The pending approvals of an account or of a device, over or not. */
export async function readPendingOf(
  query: Query,
  whose: { readonly account: AccountId } | { readonly device: DeviceId },
): Promise<{ id: ApprovalId; account: AccountId; device: DeviceId }[]> {
  const pending = query.selectFrom('approvals').select(['id', 'account_id', 'device_id']).where('state', '=', 'pending')
  const rows = await ('account' in whose
    ? pending.where('account_id', '=', whose.account)
    : pending.where('device_id', '=', whose.device)
  ).execute()
  return rows.map((row) => ({
    id: row.id as ApprovalId,
    account: row.account_id as AccountId,
    device: row.device_id as DeviceId,
  }))
}

/** Pending approvals whose time has come, at most `limit`. */
export async function readOverdue(query: Query, limit: number): Promise<ApprovalId[]> {
  const rows = await query
    .selectFrom('approvals')
    .select('id')
    .where('state', '=', 'pending')
    .where(sql<boolean>`now_ms() >= expires_at + offline * ${codeGrace}`)
    .limit(limit)
    .execute()
  return rows.map((row) => row.id as ApprovalId)
}

/** Writes down who collected the result. @returns whether nobody had before */
export async function writeRedemption(
  transaction: Transaction,
  id: ApprovalId,
  redemptionId: string,
): Promise<boolean> {
  const changed = await transaction
    .updateTable('approvals')
    .set({ redemption_id: redemptionId, redeemed_at: sql<number>`now_ms()` })
    .where('id', '=', id)
    .where('state', '=', 'approved')
    .where('redemption_id', 'is', null)
    .executeTakeFirst()
  return changed.numUpdatedRows === 1n
}
