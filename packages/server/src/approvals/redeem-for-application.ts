import type { ApplicationId, ApprovalId, RedeemedApproval } from '@countersign/protocol'
import type { Context } from '../context.ts'
import { deviceById } from '../devices/index.ts'
import { Refusal } from '../http/index.ts'
import { readStoredApproval } from './approval-store.ts'
import { signReceipt } from './receipt.ts'
import { insertReceipt, readReceipt } from './receipt-store.ts'
import { redeemApproval } from './redeem-approval.ts'
import { readRound } from './round-store.ts'

/** The receipt of an approved approval: made once, and from then on the same. */
async function receiptOf(context: Context, id: ApprovalId): Promise<string> {
  const found = await context.db.read(async (query) => {
    const [approval, receipt] = await Promise.all([readStoredApproval(query, id), readReceipt(query, id)])
    if (receipt !== null || approval === null) return { receipt }
    const [round, device] = await Promise.all([
      readRound(query, id, approval.decidedRound ?? approval.round),
      deviceById(query, approval.device),
    ])
    return { receipt: null, approval, round, device }
  })
  if (found.receipt !== null) return found.receipt
  const { approval, round, device } = found
  if (approval === undefined || round === null || round === undefined || !device) {
    throw new Error('An approval that was redeemed has no document or no device.')
  }
  const answered = { approval, document: round.document, deviceKey: device.signJwk }
  const made = await signReceipt(await context.keys.receiptKey(), answered)
  return context.db.write(async (transaction) => {
    await insertReceipt(transaction, id, made)
    return (await readReceipt(transaction, id)) ?? made
  })
}

/**
 * An application collects the result of its approval, once, with the receipt. The same `redemptionId` gets the same
 * result for 24 hours.
 *
 * @throws Refusal `not_found` also for another application's approval, `approval_not_pending`, `already_redeemed`,
 * `redeem_too_late`
 */
export async function redeemForApplication(
  context: Context,
  application: ApplicationId,
  id: ApprovalId,
  redemptionId: string,
): Promise<RedeemedApproval> {
  const found = await context.db.read((query) => readStoredApproval(query, id))
  if (found === null || found.application !== application) throw new Refusal('not_found')
  // A login is the sign-in's to collect: nobody is to be logged in past it.
  if (found.action === 'login') throw new Refusal('not_found')
  const redeemed = await redeemApproval(context, id, redemptionId)
  if (redeemed.kind === 'refused') throw new Refusal(redeemed.code)
  const { account, amr, decidedAt } = redeemed
  return {
    approval: id,
    account,
    action: found.action,
    data: found.data,
    method: redeemed.method,
    amr: [...amr],
    decided: decidedAt,
    receipt: await receiptOf(context, id),
  }
}
