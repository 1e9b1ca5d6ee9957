/** That an approval ended is written down once: in the audit, and for whoever the application wants to be told. */
import type { AccountId, ApplicationId, ApprovalId, DeviceId } from '@countersign/protocol'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../db/index.ts'
import type { Queued } from '../jobs/index.ts'
import { queueWebhooks } from '../webhooks/index.ts'
import type { ApprovalState } from './approval.ts'

export interface EndedApproval {
  readonly id: ApprovalId
  readonly account: AccountId
  readonly device: DeviceId
  readonly application: ApplicationId
  readonly action: string
}

export interface End {
  readonly state: Exclude<ApprovalState, 'pending'>
  readonly reason: string | null
  /** How it was answered; left out where nobody answered. */
  readonly method?: string
}

/**
 * Writes down the end of an approval, in the transaction that ends it.
 *
 * @returns what is queued: `wake` makes it leave after the commit
 */
export async function recordEnd(
  context: Context,
  transaction: Transaction,
  approval: EndedApproval,
  { state, reason, method }: End,
): Promise<readonly Queued[]> {
  const { id, account, device, application, action } = approval
  const [, queued] = await Promise.all([
    recordAudit(transaction, {
      kind: `approval.${state}`,
      account,
      device,
      approval: id,
      application,
      detail: { ...(method === undefined ? {} : { method }), reason },
    }),
    // A sign-in is the server's own: its application hears of it by OpenID Connect.
    action === 'login'
      ? []
      : queueWebhooks(context, transaction, {
          application,
          type: `approval.${state}`,
          data: { approval: id, account, action, reason },
        }),
  ])
  return queued
}
