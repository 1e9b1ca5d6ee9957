import type { AccountId, ApplicationId, ApprovalId, DeviceId } from '@countersign/protocol'
import { sql } from 'kysely'
import type { Transaction } from '../db/index.ts'

export interface AuditEntry {
  /** `feature.what-happened`, in the past tense: `approval.approved`, `device.removed`. */
  readonly kind: `${string}.${string}`
  readonly account?: AccountId
  readonly device?: DeviceId
  readonly approval?: ApprovalId
  readonly application?: ApplicationId
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>
}

/** Writes one row into the audit, in the given transaction, at the database's time. */
export async function recordAudit(transaction: Transaction, entry: AuditEntry): Promise<void> {
  await transaction
    .insertInto('audit')
    .values({
      at: sql<number>`now_ms()`,
      kind: entry.kind,
      account_id: entry.account ?? null,
      device_id: entry.device ?? null,
      approval_id: entry.approval ?? null,
      application_id: entry.application ?? null,
      detail: JSON.stringify(entry.detail ?? {}),
    })
    .execute()
}
