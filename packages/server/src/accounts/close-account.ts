/** Locking and disabling accounts. */
import type { AccountId, DeviceId } from '@countersign/protocol'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../db/index.ts'
import { findAccount, holdAccount, writeAccountState } from './account-store.ts'

/**
 * How approvals end what is pending when the ground of it goes: the public face of approvals, which stands above
 * accounts and devices and is therefore given to them.
 */
export interface LiveApprovals<Cancelled> {
  cancelLiveApprovals(
    context: Context,
    transaction: Transaction,
    whose: { readonly account: AccountId } | { readonly device: DeviceId },
    reason: string,
  ): Promise<Cancelled>
  /** Called after the commit. */
  wakeCancelled(context: Context, cancelled: Cancelled): void
}

export type ClosedAccount = { readonly kind: 'closed' } | { readonly kind: 'unknown' }

async function closeAccount<Cancelled>(
  context: Context,
  account: AccountId,
  state: 'locked' | 'disabled',
  approvals: LiveApprovals<Cancelled>,
): Promise<ClosedAccount> {
  const closed = await context.db.write(async (transaction) => {
    if ((await holdAccount(transaction, account, 'update')) === null) return null
    await writeAccountState(transaction, account, state)
    const cancelled = await approvals.cancelLiveApprovals(context, transaction, { account }, `account-${state}`)
    await recordAudit(transaction, { kind: `account.${state}`, account })
    return { cancelled }
  })
  if (closed === null) return { kind: 'unknown' }
  approvals.wakeCancelled(context, closed.cancelled)
  return { kind: 'closed' }
}

/** Locks an account: nothing can be signed in to, linked or approved, and what is pending ends with it. */
export const lockAccount = <Cancelled>(
  context: Context,
  account: AccountId,
  approvals: LiveApprovals<Cancelled>,
): Promise<ClosedAccount> => closeAccount(context, account, 'locked', approvals)

/** Disables the account with this e-mail address for good. Same effect as a lock; the state says that it does not end. */
export async function disableAccount<Cancelled>(
  context: Context,
  email: string,
  approvals: LiveApprovals<Cancelled>,
): Promise<ClosedAccount> {
  const account = await context.db.read((query) => findAccount(query, email))
  if (account === null) return { kind: 'unknown' }
  return closeAccount(context, account.id, 'disabled', approvals)
}
