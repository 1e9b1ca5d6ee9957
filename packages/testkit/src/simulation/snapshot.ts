/** The state of the database at one moment, as the checks look at it. */
import type { Context } from '@countersign/server'

async function readTables(db: Context['db']) {
  return db.read(async (query) => ({
    accounts: await query.selectFrom('accounts').select(['id', 'state']).execute(),
    devices: await query
      .selectFrom('devices')
      .select(['id', 'account_id', 'state', 'authenticating', 'unlock_tries_left', 'unlock_secret', 'renewal_id'])
      .execute(),
    approvals: await query
      .selectFrom('approvals')
      .select([
        'id',
        'account_id',
        'device_id',
        'state',
        'reason',
        'binding',
        'binding_value',
        'live_key',
        'round',
        'offline',
        'expires_at',
        'response_tries_left',
        'created_at',
        'decided_at',
        'method',
        'decision_jws',
        'redemption_id',
        'redeemed_at',
        'action',
        'application_id',
        'data',
        'quiet',
      ])
      .execute(),
    renewals: await query
      .selectFrom('renewals')
      .select(['device_id', 'id', 'proof_tries_left', 'expires_at'])
      .execute(),
    locks: await query.selectFrom('offline_locks').selectAll().execute(),
    messages: await query
      .selectFrom('webhook_messages')
      .select(['id', 'endpoint_id', 'type', 'body', 'state'])
      .execute(),
  }))
}

type Tables = Awaited<ReturnType<typeof readTables>>
export type ApprovalRow = Tables['approvals'][number]
export type DeviceRow = Tables['devices'][number]
export type MessageRow = Tables['messages'][number]
export type RenewalRow = Tables['renewals'][number]

export interface Snapshot {
  readonly accounts: ReadonlyMap<string, string>
  readonly devices: ReadonlyMap<string, DeviceRow>
  readonly approvals: ReadonlyMap<string, ApprovalRow>
  /** What is under way, by device. */
  readonly renewals: ReadonlyMap<string, RenewalRow>
  /** What applications are told. */
  readonly messages: ReadonlyMap<string, MessageRow>
  readonly locks: ReadonlyMap<string, { failures: number; lockedUntil: number | null; untilOnline: boolean }>
}

export const emptySnapshot: Snapshot = {
  accounts: new Map(),
  devices: new Map(),
  approvals: new Map(),
  renewals: new Map(),
  messages: new Map(),
  locks: new Map(),
}

const byId = <Row extends { readonly id: string }>(rows: readonly Row[]): ReadonlyMap<string, Row> =>
  new Map(rows.map((row) => [row.id, row]))

export async function takeSnapshot(db: Context['db']): Promise<Snapshot> {
  const { accounts, devices, approvals, renewals, locks, messages } = await readTables(db)
  return {
    accounts: new Map(accounts.map(({ id, state }) => [id, state])),
    devices: byId(devices),
    approvals: byId(approvals),
    renewals: new Map(renewals.map((row) => [row.device_id, row])),
    messages: byId(messages),
    locks: new Map(
      locks.map((lock) => [
        lock.account_id,
        { failures: lock.failures, lockedUntil: lock.locked_until, untilOnline: lock.until_online === 1 },
      ]),
    ),
  }
}

export interface AuditRow {
  readonly seq: number
  readonly kind: string
  /** What it is about: an approval, or else a device, or else an account; a wrong passcode is about the device. */
  readonly about: string
}

/** The rows of the audit after `seq`, of the kinds that the checks expect. */
export async function readAudit(db: Context['db'], seq: number): Promise<AuditRow[]> {
  const rows = await db.read((query) =>
    query
      .selectFrom('audit')
      .select(['seq', 'kind', 'account_id', 'device_id', 'approval_id'])
      .where('seq', '>', seq)
      .orderBy('seq')
      .execute(),
  )
  return rows.map((row) => ({
    seq: row.seq,
    kind: row.kind,
    about: (row.kind === 'approval.unlock-failed' ? null : row.approval_id) ?? row.device_id ?? row.account_id ?? '',
  }))
}
