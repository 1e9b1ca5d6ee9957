import type { AccountId, ApprovalId, DeviceId } from '@countersign/protocol'
import type { LiveApprovals } from '../accounts/index.ts'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../db/index.ts'
import { endPending, readOverdue, readPendingOf, readStoredApproval } from './approval-store.ts'
import { wake } from './wake.ts'

async function end(
  context: Context,
  id: ApprovalId,
  state: 'expired' | 'cancelled',
  reason: string | null,
): Promise<boolean> {
  const approval = await context.db.read((query) => readStoredApproval(query, id))
  if (approval === null) return false
  const ended = await context.db.write(async (transaction) => {
    if (!(await endPending(transaction, id, state, reason))) return false
    await recordAudit(transaction, {
      kind: `approval.${state}`,
      account: approval.account,
      device: approval.device,
      approval: id,
      application: approval.application,
      detail: { reason },
    })
    return true
  })
  if (ended) wake(context, approval)
  return ended
}

/** Cancels an approval that still waits. @returns whether it was this call that ended it */
export const cancelApproval = (context: Context, id: ApprovalId, reason: string): Promise<boolean> =>
  end(context, id, 'cancelled', reason)

/** Writes down that an approval is over, where its time has come. @returns whether it was this call that ended it */
export const expireApproval = (context: Context, id: ApprovalId): Promise<boolean> => end(context, id, 'expired', null)

/** Writes down the end of all approvals whose time has come, also of those that nobody waits for. */
export async function expireOverdue(context: Context): Promise<void> {
  const overdue = await context.db.read((query) => readOverdue(query, 100))
  for (const id of overdue) await expireApproval(context, id)
}

type Cancelled = readonly { readonly id: ApprovalId; readonly device: DeviceId }[]

/**
 * Cancels everything alive of an account or a device, in the transaction that takes away the ground of it. The
 * account (and the device) must be held for update. The answer is for `wakeCancelled`, after the commit.
 */
async function cancelLiveApprovals(
  transaction: Transaction,
  whose: { readonly account: AccountId } | { readonly device: DeviceId },
  reason: string,
): Promise<Cancelled> {
  const cancelled: { id: ApprovalId; device: DeviceId }[] = []
  for (const { id, account, device } of await readPendingOf(transaction, whose)) {
    const wasLive = await endPending(transaction, id, 'cancelled', reason)
    if (!wasLive) continue
    await recordAudit(transaction, { kind: 'approval.cancelled', account, device, approval: id, detail: { reason } })
    cancelled.push({ id, device })
  }
  return cancelled
}

/** Wakes whoever waits for approvals that were cancelled. Called after the commit. */
function wakeCancelled(context: Context, cancelled: Cancelled): void {
  for (const approval of cancelled) wake(context, approval)
}

/** For accounts and devices, which end what is pending when they go. */
export const liveApprovals: LiveApprovals<Cancelled> = { cancelLiveApprovals, wakeCancelled }
