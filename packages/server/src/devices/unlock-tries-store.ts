/** SQL of the tries at the passcode, which only the server can judge (protocol section 6). */
import type { DeviceId } from '@countersign/protocol'
import { sql } from 'kysely'
import { prepareChange, type Transaction } from '../db/index.ts'
import { unlockTries } from './device.ts'

const spend = prepareChange((transaction, { device }: { device: DeviceId }) =>
  transaction
    .updateTable('devices')
    .set({
      unlock_tries_left: sql<number>`unlock_tries_left - 1`,
      state: sql<'active' | 'blocked'>`case when unlock_tries_left = 1 then 'blocked' else state end`,
    })
    .where('id', '=', device)
    .where('state', '=', 'active')
    .where('unlock_tries_left', '>', 0)
    .returning('unlock_tries_left'),
)

const restore = prepareChange((transaction, { device }: { device: DeviceId }) =>
  transaction
    .updateTable('devices')
    .set({ unlock_tries_left: unlockTries, state: 'active' })
    .where('id', '=', device)
    .where('state', 'in', ['active', 'blocked']),
)

/**
 * Spends a try at the passcode, before the verdict counts. With the last one the device is blocked; `restoreUnlockTries`
 * in the same transaction undoes that where the proof was right.
 *
 * @returns the tries left, or null where none was left (or the device is not active): nothing was spent, and the
 * verdict must not be applied
 */
export async function spendUnlockTry(transaction: Transaction, device: DeviceId): Promise<number | null> {
  const spent = await spend.first(transaction, { device })
  return spent?.unlock_tries_left ?? null
}

/** Gives all tries back after a right proof. Only in the transaction that spent one for it. */
export async function restoreUnlockTries(transaction: Transaction, device: DeviceId): Promise<void> {
  await restore.run(transaction, { device })
}

/**
 * Gives back the one try that was spent, and no more: what was right is not the secret in force. Only in the transaction
 * that spent it.
 */
export async function returnUnlockTry(transaction: Transaction, device: DeviceId): Promise<void> {
  await transaction
    .updateTable('devices')
    .set({ unlock_tries_left: sql<number>`unlock_tries_left + 1`, state: 'active' })
    .where('id', '=', device)
    .where('state', 'in', ['active', 'blocked'])
    .where('unlock_tries_left', '<', unlockTries)
    .execute()
}
