import type { ApprovalId, Transport } from '@countersign/protocol'
import type { Context } from '../context.ts'
import { confirmReceipt } from '../delivery/index.ts'
import type { Device } from '../devices/index.ts'
import { Refusal, type SignedRequest, spendNonce } from '../http/index.ts'
import { readStoredApproval } from './approval-store.ts'
import { wake } from './wake.ts'

/**
 * The phone says that it was reached (protocol section 5). The first time counts, also after the approval has ended.
 *
 * @throws Refusal `not_found` for another device's approval, `nonce_used`
 */
export async function confirmReceived(
  context: Context,
  signed: SignedRequest,
  device: Device,
  id: ApprovalId,
  transport: Transport,
): Promise<void> {
  const found = await context.db.read((query) => readStoredApproval(query, id))
  if (found === null || found.device !== device.id) throw new Refusal('not_found')
  const isFirst = await context.db.write(async (transaction) => {
    await spendNonce(transaction, signed)
    return confirmReceipt(transaction, id, device.id, transport)
  })
  if (isFirst) wake(context, { id, device: device.id })
}
