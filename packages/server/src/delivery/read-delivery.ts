/** How it stands with waking the phone, and what the phone says of it. */
import type { ApprovalId, DeliveryState, DeviceId, Transport } from '@countersign/protocol'
import type { Context } from '../context.ts'
import type { Query, Transaction } from '../db/index.ts'
import { deliveryStateOf } from './attempt.ts'
import { deleteOldDeliveries, insertReceipt, readDeliveryFacts } from './delivery-store.ts'

/** How it stands with waking a device for an approval. */
export async function readDeliveryState(query: Query, approval: ApprovalId, device: DeviceId): Promise<DeliveryState> {
  return deliveryStateOf(await readDeliveryFacts(query, approval, device))
}

/** Writes down that the phone says it was reached. The first time counts. @returns whether this was the first */
export const confirmReceipt = (
  transaction: Transaction,
  approval: ApprovalId,
  device: DeviceId,
  transport: Transport,
): Promise<boolean> => insertReceipt(transaction, approval, device, transport)

/** Milliseconds for which it is known what became of a push. */
const remembered = 30 * 24 * 3_600_000

/** Forgets what became of pushes a month ago. */
export async function sweepDeliveries(context: Context): Promise<void> {
  await context.db.write((transaction) => deleteOldDeliveries(transaction, remembered))
}
