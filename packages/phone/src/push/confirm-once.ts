/** Saying that this phone was reached (protocol section 5): once for a request, whoever comes first of app and worker. */
import type { PushDevice } from '@countersign/device'
import { ApprovalId, type Transport } from '@countersign/protocol'
import * as z from 'zod/mini'
import { inTransaction, type Kept } from '../database.ts'

const KeptConfirmations = z.object({ approvals: z.array(ApprovalId) })

/** How many are remembered: far more than can wait at once. */
const remembered = 32

const approvalsIn = (kept: Kept): readonly ApprovalId[] => KeptConfirmations.safeParse(kept).data?.approvals ?? []

/** Keeps for window and worker alike that one of them says it. @returns whether it is the caller who does */
function claim(approval: ApprovalId): Promise<boolean> {
  return inTransaction('readwrite', async (store) => {
    const claimed = approvalsIn(await store.read('confirmed'))
    if (claimed.includes(approval)) return false
    await store.put('confirmed', { approvals: [...claimed, approval].slice(-remembered) })
    return true
  })
}

function giveBack(approval: ApprovalId): Promise<void> {
  return inTransaction('readwrite', async (store) => {
    const claimed = approvalsIn(await store.read('confirmed'))
    await store.put('confirmed', { approvals: claimed.filter((one) => one !== approval) })
  })
}

/**
 * Tells the server that this phone was reached, unless that was told before.
 *
 * @throws NetworkFailed, RequestRefused: then the next one who knows of the request tells it
 */
export async function confirmOnce(device: PushDevice, approval: ApprovalId, transport: Transport): Promise<void> {
  // Without storage it may be told twice: the server counts the first time.
  if (!(await claim(approval).catch(() => true))) return
  try {
    await device.confirmReceived(approval, transport)
  } catch (error) {
    await giveBack(approval).catch(() => undefined)
    throw error
  }
}
