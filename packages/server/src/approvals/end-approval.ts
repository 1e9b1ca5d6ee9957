import type { AccountId, ApprovalId, DeviceId } from '@countersign/protocol'
import type { LiveApprovals } from '../accounts/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../db/index.ts'
import type { Queued } from '../jobs/index.ts'
import { endPending, readOverdue, readPendingOf, readStoredApproval } from './approval-store.ts'
import { recordEnd } from './record-end.ts'
import { wake } from './wake.ts'

async function end(
  context: Context,
  id: ApprovalId,
  state: 'expired' | 'cancelled',
  reason: string | null,
): Promise<boolean> {
  const approval = await context.db.read((query) => readStoredApproval(query, id))
  if (approval === null) return false
  const queued = await context.db.write(async (transaction) => {
    if (!(await endPending(transaction, id, state, reason))) return null
    return recordEnd(context, transaction, approval, { state, reason })
  })
  if (queued === null) return false
  wake(context, approval, queued)
  return true
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

type Cancelled = readonly {
  readonly id: ApprovalId
  readonly device: DeviceId
  readonly queued: readonly Queued[]
}[]

/**
 * Cancels everything alive of an account or a device, in the transaction that takes away the ground of it. The
 * account (and the device) must be held for update. The answer is for `wakeCancelled`, after the commit.
 */
async function cancelLiveApprovals(
  context: Context,
  transaction: Transaction,
  whose: { readonly account: AccountId } | { readonly device: DeviceId },
  reason: string,
): Promise<Cancelled> {
  const cancelled: Cancelled[number][] = []
  for (const approval of await readPendingOf(transaction, whose)) {
    const { id, device } = approval
    const wasLive = await endPending(transaction, id, 'cancelled', reason)
    if (!wasLive) continue
    const queued = await recordEnd(context, transaction, approval, { state: 'cancelled', reason })
    cancelled.push({ id, device, queued })
  }
  return cancelled
}

/** Wakes whoever waits for approvals that were cancelled. Called after the commit. */
function wakeCancelled(context: Context, cancelled: Cancelled): void {
  for (const approval of cancelled) wake(context, approval, approval.queued)
}

/** For accounts and devices, which end what is pending when they go. */
export const liveApprovals: LiveApprovals<Cancelled> = { cancelLiveApprovals, wakeCancelled }
