import type { AccountId, ApprovalId, DecisionMethod, DeviceId } from '@countersign/protocol'
import { holdAccount } from '../accounts/index.ts'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import { nowMs } from '../db/index.ts'
import { holdDevice } from '../devices/index.ts'
import { redeem } from './approval.ts'
import { holdApproval, readStoredApproval, writeRedemption } from './approval-store.ts'

export type Redeemed =
  | {
      readonly kind: 'redeemed'
      readonly account: AccountId
      readonly device: DeviceId
      readonly amr: readonly string[]
      readonly method: DecisionMethod
      /** Milliseconds since the epoch. */
      readonly decidedAt: number
    }
  | {
      readonly kind: 'refused'
      readonly code: 'not_found' | 'approval_not_pending' | 'already_redeemed' | 'redeem_too_late'
    }

/**
 * Collects the result of an approved approval, once. The same `redemptionId` gets the same result for 24 hours, as
 * long as account and device are still active: who was locked in between gets nothing.
 */
export async function redeemApproval(context: Context, id: ApprovalId, redemptionId: string): Promise<Redeemed> {
  const found = await context.db.read((query) => readStoredApproval(query, id))
  if (found === null) return { kind: 'refused', code: 'not_found' }
  return context.db.write(async (transaction): Promise<Redeemed> => {
    const [account, device, approval, now] = await Promise.all([
      holdAccount(transaction, found.account, 'share'),
      holdDevice(transaction, found.device, 'share'),
      holdApproval(transaction, id),
      nowMs(transaction),
    ])
    if (approval === null || account?.state !== 'active' || device?.state !== 'active') {
      return { kind: 'refused', code: 'not_found' }
    }
    const outcome = redeem(approval, redemptionId, now)
    if (outcome.kind === 'refused') return outcome
    if (outcome.kind === 'redeem') {
      if (!(await writeRedemption(transaction, id, redemptionId))) return { kind: 'refused', code: 'already_redeemed' }
      await recordAudit(transaction, {
        kind: 'approval.redeemed',
        account: approval.account,
        device: approval.device,
        approval: id,
        application: approval.application,
      })
    }
    return {
      kind: 'redeemed',
      account: approval.account,
      device: approval.device,
      amr: approval.amr ?? [],
      method: approval.method ?? 'push',
      decidedAt: approval.decidedAt ?? 0,
    }
  })
}
