/** The device of a renewal, as both of its steps hold it. */
import { type Account, holdAccount } from '../accounts/index.ts'
import type { Transaction } from '../db/index.ts'
import { type Device, holdDevice } from '../devices/index.ts'
import { Refusal } from '../http/index.ts'

export interface HeldDevice {
  readonly device: Device
  readonly account: Account
}

/**
 * The device and its account, both held until the transaction ends.
 *
 * @throws Refusal `not_found` where the account is locked or disabled, `device_unknown` where the device was removed
 */
export async function holdRenewing(
  transaction: Transaction,
  { id, account: accountId }: Pick<Device, 'id' | 'account'>,
): Promise<HeldDevice> {
  const account = await holdAccount(transaction, accountId, 'share')
  const device = await holdDevice(transaction, id, 'update')
  if (account?.state !== 'active') throw new Refusal('not_found')
  if (device === null || device.state === 'removed') throw new Refusal('device_unknown')
  return { device, account }
}
