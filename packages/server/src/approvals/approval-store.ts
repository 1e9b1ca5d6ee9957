/** All SQL of `approvals`. */
import {
  AccountId,
  ActionData,
  ApplicationId,
  type ApprovalDocument,
  ApprovalId,
  Binding,
  type DeclineReason,
  DeviceId,
  type Locale,
} from '@countersign/protocol'
import { sql } from 'kysely'
import * as z from 'zod/mini'
import {
  type ApprovalsTable,
  forUpdate,
  now_ms,
  prepareChange,
  prepareSelect,
  type Query,
  type Transaction,
} from '../db/index.ts'
import { type Approval, codeGrace, type DecisionMethod, maximumResponseTries } from './approval.ts'
import type { BindingSecret } from './binding.ts'
import { insertRound, type NewRound } from './round-store.ts'

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
  /** What the request came from, as the document says it. */
  readonly browser: string | null
  readonly method: ApprovalsTable['method']
  readonly amr: readonly string[] | null
  readonly decisionJws: string | null
  readonly data: ActionData
  /** Whether no push goes out for it. */
  readonly quiet: boolean
  /** The round that was answered; null before. */
  readonly decidedRound: number | null
}

const Methods = z.array(z.string())
const Origin = z.object({ browser: z.nullable(z.string()) })

const toApproval = (row: ApprovalsTable): StoredApproval => ({
  id: ApprovalId.parse(row.id),
  account: AccountId.parse(row.account_id),
  device: DeviceId.parse(row.device_id),
  application: ApplicationId.parse(row.application_id),
  action: row.action,
  binding: Binding.parse(row.binding),
  bindingValue: row.binding_value,
  state: row.state,
  reason: row.reason,
  browser: Origin.parse(JSON.parse(row.context)).browser,
  round: row.round,
  offline: row.offline === 1,
  expiresAt: row.expires_at,
  responseTriesLeft: row.response_tries_left,
  decidedAt: row.decided_at,
  method: row.method,
  amr: row.amr === null ? null : Methods.parse(JSON.parse(row.amr)),
  decisionJws: row.decision_jws,
  data: ActionData.parse(JSON.parse(row.data)),
  quiet: row.quiet === 1,
  decidedRound: row.decided_round,
  redemptionId: row.redemption_id,
  redeemedAt: row.redeemed_at,
})

const orNull = (row: ApprovalsTable | undefined): StoredApproval | null => (row === undefined ? null : toApproval(row))

const byId = (query: Query, { id }: { id: ApprovalId }) =>
  query.selectFrom('approvals').selectAll().where('id', '=', id)
const selectById = prepareSelect(byId)
const selectHeld = prepareSelect((query, given: { id: ApprovalId }) => byId(query, given).$call(forUpdate))
const selectByLiveKey = prepareSelect((query, { liveKey }: { liveKey: string }) =>
  query.selectFrom('approvals').selectAll().where('live_key', '=', liveKey),
)

/** Reads one approval. */
export async function readStoredApproval(query: Query, id: ApprovalId): Promise<StoredApproval | null> {
  return orNull(await selectById.first(query, { id }))
}

/** Reads one approval and holds it until the transaction ends. Account and device must be held before it. */
export async function holdApproval(transaction: Transaction, id: ApprovalId): Promise<StoredApproval | null> {
  return orNull(await selectHeld.first(transaction, { id }))
}

/** The approval that holds a live key, if any. */
export async function findByLiveKey(query: Query, liveKey: string): Promise<StoredApproval | null> {
  return orNull(await selectByLiveKey.first(query, { liveKey }))
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
  readonly data: ActionData
  readonly context: ApprovalDocument['context']
  readonly liveKey: string
  readonly quiet: boolean
}

type NewRow = Pick<
  ApprovalsTable,
  | 'id'
  | 'account_id'
  | 'device_id'
  | 'application_id'
  | 'action'
  | 'template'
  | 'data'
  | 'context'
  | 'locale'
  | 'binding'
  | 'binding_value'
  | 'binding_choices'
  | 'live_key'
  | 'round'
  | 'expires_at'
  | 'created_at'
  | 'quiet'
>

const insert = prepareChange((transaction, row: NewRow) =>
  transaction
    .insertInto('approvals')
    .values({
      id: row.id,
      account_id: row.account_id,
      device_id: row.device_id,
      application_id: row.application_id,
      action: row.action,
      template: row.template,
      data: row.data,
      context: row.context,
      locale: row.locale,
      binding: row.binding,
      binding_value: row.binding_value,
      binding_choices: row.binding_choices,
      state: 'pending',
      reason: null,
      live_key: row.live_key,
      round: row.round,
      offline: 0,
      expires_at: row.expires_at,
      response_tries_left: maximumResponseTries,
      created_at: row.created_at,
      decided_at: null,
      method: null,
      amr: null,
      decision_jws: null,
      decision_device_id: null,
      redemption_id: null,
      redeemed_at: null,
      quiet: row.quiet,
      decided_round: null,
    })
    .onConflict((conflict) => conflict.column('live_key').doNothing()),
)

/** Inserts an approval unless one with its live key is alive. @returns whether it was inserted */
export async function insertApproval(
  transaction: Transaction,
  approval: NewApproval,
  round: NewRound,
): Promise<boolean> {
  const inserted = await insert.run(transaction, {
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
    live_key: approval.liveKey,
    round: round.round,
    expires_at: round.expiresAt,
    created_at: round.issuedAt,
    quiet: approval.quiet ? 1 : 0,
  })
  if (inserted !== 1) return false
  await insertRound(transaction, approval.id, round)
  return true
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
  round: NewRound,
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
  /** The round that must be the current one. */
  readonly round: number
  /** The round that was answered: the current one, or the one before it within its grace. */
  readonly answered: number
  /** Milliseconds after the end of the current round in which the answer still counts. */
  readonly grace: number
}

type EndRow = Pick<
  ApprovalsTable,
  'id' | 'state' | 'reason' | 'method' | 'amr' | 'decision_jws' | 'decision_device_id' | 'decided_round'
> & {
  readonly account: AccountId
  readonly device: DeviceId
  readonly round: number
  readonly grace: number
}

const end = prepareChange((transaction, row: EndRow) =>
  transaction
    .updateTable('approvals')
    .set({
      state: row.state,
      reason: row.reason,
      live_key: null,
      decided_at: now_ms(),
      method: row.method,
      amr: row.amr,
      decision_jws: row.decision_jws,
      decision_device_id: row.decision_device_id,
      decided_round: row.decided_round,
    })
    .where('id', '=', row.id)
    .where('account_id', '=', row.account)
    .where('device_id', '=', row.device)
    .where('state', '=', 'pending')
    .where('round', '=', row.round)
    .where(sql<boolean>`now_ms() < expires_at + ${row.grace}`),
)

/** Ends a pending approval by an answer, at the database's time. @returns whether it was this answer that ended it */
export async function endByAnswer(
  transaction: Transaction,
  approval: Pick<StoredApproval, 'id' | 'account' | 'device'>,
  ending: Ending,
): Promise<boolean> {
  const changed = await end.run(transaction, {
    id: approval.id,
    account: approval.account,
    device: approval.device,
    round: ending.round,
    grace: ending.grace,
    state: ending.state,
    reason: ending.reason,
    method: ending.method,
    amr: ending.amr === null ? null : JSON.stringify(ending.amr),
    decision_jws: ending.decisionJws,
    decision_device_id: ending.decisionJws === null ? null : approval.device,
    decided_round: ending.answered,
  })
  return changed === 1
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
): Promise<{ id: ApprovalId; account: AccountId; device: DeviceId; application: ApplicationId; action: string }[]> {
  const pending = query
    .selectFrom('approvals')
    .select(['id', 'account_id', 'device_id', 'application_id', 'action'])
    .where('state', '=', 'pending')
  const rows = await ('account' in whose
    ? pending.where('account_id', '=', whose.account)
    : pending.where('device_id', '=', whose.device)
  ).execute()
  return rows.map((row) => ({
    id: ApprovalId.parse(row.id),
    account: AccountId.parse(row.account_id),
    device: DeviceId.parse(row.device_id),
    application: ApplicationId.parse(row.application_id),
    action: row.action,
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
  return rows.map((row) => ApprovalId.parse(row.id))
}

const redeem = prepareChange((transaction, { id, redemptionId }: { id: ApprovalId; redemptionId: string }) =>
  transaction
    .updateTable('approvals')
    .set({ redemption_id: redemptionId, redeemed_at: now_ms() })
    .where('id', '=', id)
    .where('state', '=', 'approved')
    .where('redemption_id', 'is', null),
)

/** Writes down who collected the result. @returns whether nobody had before */
export async function writeRedemption(
  transaction: Transaction,
  id: ApprovalId,
  redemptionId: string,
): Promise<boolean> {
  return (await redeem.run(transaction, { id, redemptionId })) === 1
}
