/** Disabling, enabling and deleting accounts that an application made, and changing their numbers. */
import type { AccountId } from '@countersign/protocol'
import {
  type Account,
  type AccountState,
  changeAccount,
  eraseAccount,
  faultsOfPerson,
  holdAccount,
  phoneNumberOf,
  writeAccountState,
} from '../accounts/index.ts'
import { type Application, unrelate } from '../applications/index.ts'
import { liveApprovals } from '../approvals/index.ts'
import { type AuditEntry, recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../db/index.ts'
import { type Belongings, linkedDeviceOf, removeDevice } from '../devices/index.ts'
import { Refusal } from '../http/index.ts'
import { requireMade } from './read-account.ts'

/** Changes an account that is held, with its audit row. @throws Refusal `account_unknown` */
async function change(
  context: Context,
  application: Application,
  externalId: string,
  kind: AuditEntry['kind'],
  work: (transaction: Transaction, held: Account) => Promise<(() => void) | undefined>,
): Promise<void> {
  const { id } = await requireMade(context, application, externalId)
  const after = await context.db.write(async (transaction) => {
    const held = await holdAccount(transaction, id, 'update')
    if (held === null) throw new Refusal('account_unknown')
    const next = await work(transaction, held)
    await recordAudit(transaction, { kind, account: id, application: application.id })
    return next
  })
  after?.()
}

async function cancelLive(context: Context, transaction: Transaction, account: AccountId, reason: string) {
  const cancelled = await liveApprovals.cancelLiveApprovals(context, transaction, { account }, reason)
  return () => liveApprovals.wakeCancelled(context, cancelled)
}

const isClosed = (state: AccountState) => state !== 'active'

/** Disables an account: nothing can be asked or approved, and what waits ends with it. `enableAccount` takes it back. */
export const disableMade = (context: Context, application: Application, externalId: string): Promise<void> =>
  change(context, application, externalId, 'account.disabled', async (transaction, { id, state }) => {
    if (isClosed(state)) return undefined
    await writeAccountState(transaction, id, 'disabled')
    return cancelLive(context, transaction, id, 'account-disabled')
  })

/** Takes back `disableMade`. What the operator locked stays locked. */
export const enableMade = (context: Context, application: Application, externalId: string): Promise<void> =>
  change(context, application, externalId, 'account.enabled', async (transaction, { id, state }) => {
    if (state === 'disabled') await writeAccountState(transaction, id, 'active')
    return undefined
  })

/** Another number, or none. @throws Refusal `invalid_request`, `account_unknown` */
export async function changePhoneNumber(
  context: Context,
  application: Application,
  externalId: string,
  given: string | null,
): Promise<void> {
  await change(context, application, externalId, 'account.phone-number-changed', async (transaction, held) => {
    const faults = faultsOfPerson({ ...held, phoneNumber: given }, context.config.smsCountries)
    if (faults.length > 0) throw new Refusal('invalid_request', { detail: faults.join(' ') })
    await changeAccount(transaction, { ...held, phoneNumber: given === null ? '' : (phoneNumberOf(given) ?? '') })
    return undefined
  })
}

/** Deletes an account for good: its phone is unlinked, what says who it was is erased, and its id is free again. */
export async function deleteMade<Cancelled>(
  context: Context,
  application: Application,
  externalId: string,
  belongings: Belongings<Cancelled>,
): Promise<void> {
  const { id } = await requireMade(context, application, externalId)
  await disableMade(context, application, externalId)
  const device = await context.db.read((query) => linkedDeviceOf(query, id))
  if (device !== null) await removeDevice(context, { device, reason: 'account-deleted' }, belongings)
  await change(context, application, externalId, 'account.deleted', async (transaction) => {
    await eraseAccount(transaction, id)
    await unrelate(transaction, application.id, id)
    return undefined
  })
}
