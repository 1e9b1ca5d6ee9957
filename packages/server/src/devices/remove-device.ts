/** Unlinking a device. */
import type { LiveApprovals } from '../accounts/index.ts'
import { holdAccount } from '../accounts/index.ts'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../db/index.ts'
import { type Device, deviceTopic } from './device.ts'
import { holdDevice, writeRemoved } from './device-store.ts'

/** What other features have of a device, and what goes with it. They build on this one, so it is handed in. */
export interface Belongings<Cancelled> {
  readonly approvals: LiveApprovals<Cancelled>
  /** Forgets what is kept for the device, which is held. */
  readonly forget: (transaction: Transaction, device: Device['id']) => Promise<void>
}

export interface RemoveDevice {
  readonly device: Pick<Device, 'id' | 'account'>
  /** Who or what removed it, for the audit: `logged-out` … */
  readonly reason: string
  /** Done in the same transaction, before anything else: spending the nonce of the request. */
  readonly alongside?: (transaction: Transaction) => Promise<void>
}

/**
 * Removes a device: its secret is erased, its key never accepted again, what is kept for it forgotten, and what waits for
 * its answer cancelled, all in one transaction. Removing it twice is the same as once.
 */
export async function removeDevice<Cancelled>(
  context: Context,
  { device, reason, alongside }: RemoveDevice,
  { approvals, forget }: Belongings<Cancelled>,
): Promise<void> {
  const cancelled = await context.db.write(async (transaction) => {
    await alongside?.(transaction)
    await holdAccount(transaction, device.account, 'update')
    const held = await holdDevice(transaction, device.id, 'update')
    if (held === null || held.state === 'removed') return null
    await writeRemoved(transaction, held.id)
    await forget(transaction, held.id)
    const ended = await approvals.cancelLiveApprovals(context, transaction, { device: held.id }, 'device-removed')
    await recordAudit(transaction, {
      kind: 'device.removed',
      account: held.account,
      device: held.id,
      detail: { reason },
    })
    return { ended }
  })
  if (cancelled === null) return
  approvals.wakeCancelled(context, cancelled.ended)
  context.wakeups.publish(deviceTopic(device.id))
}
