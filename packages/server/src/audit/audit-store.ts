import type { AccountId, ApplicationId, ApprovalId, DeviceId } from '@countersign/protocol'
import { type AuditTable, now_ms, prepareChange, type Transaction } from '../db/index.ts'

export interface AuditEntry {
  /** `feature.what-happened`, in the past tense: `approval.approved`, `device.removed`. */
  readonly kind: `${string}.${string}`
  readonly account?: AccountId
  readonly device?: DeviceId
  readonly approval?: ApprovalId
  readonly application?: ApplicationId
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>
}

type Row = Omit<AuditTable, 'seq' | 'at'>

const insert = prepareChange((transaction, row: Row) =>
  transaction.insertInto('audit').values({
    at: now_ms(),
    kind: row.kind,
    account_id: row.account_id,
    device_id: row.device_id,
    approval_id: row.approval_id,
    application_id: row.application_id,
    detail: row.detail,
  }),
)

/** Writes one row into the audit, in the given transaction, at the database's time. */
export async function recordAudit(transaction: Transaction, entry: AuditEntry): Promise<void> {
  await insert.run(transaction, {
    kind: entry.kind,
    account_id: entry.account ?? null,
    device_id: entry.device ?? null,
    approval_id: entry.approval ?? null,
    application_id: entry.application ?? null,
    detail: JSON.stringify(entry.detail ?? {}),
  })
}
