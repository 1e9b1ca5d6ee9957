import type { ApprovalId } from '@countersign/protocol'
import type { Context } from '../context.ts'
import { nowMs } from '../db/index.ts'
import { queuePush } from '../delivery/index.ts'
import { announceOutbox, type Queued } from '../jobs/index.ts'
import { type Limit, spend } from '../limits/index.ts'
import { roundLength, stateAt } from './approval.ts'
import { holdApproval } from './approval-store.ts'
import { readLatestRounds } from './round-store.ts'

/** Pushes that a page may ask for beside the first one: the person is to be reached, not worn down. */
const wakeLimit: Limit = { maximum: 2, windowMs: roundLength }

export type WokenAgain =
  | { readonly kind: 'woken' }
  /** The approval waits no longer, or the device cannot be pushed to: there is nothing to send. */
  | { readonly kind: 'nothing' }
  /** Asked for too often. Seconds. */
  | { readonly kind: 'limited'; readonly retryAfter: number }

/** Sends the same approval once more to the same phone, where it takes the place of the first notification. */
export async function wakeAgain(context: Context, id: ApprovalId): Promise<WokenAgain> {
  let pushed: Queued | null = null
  const woken = await context.db.write(async (transaction): Promise<WokenAgain> => {
    const approval = await holdApproval(transaction, id)
    const now = await nowMs(transaction)
    const [round] = await readLatestRounds(transaction, id)
    if (approval === null || round === undefined || stateAt(approval, now) !== 'pending' || approval.quiet)
      return { kind: 'nothing' }
    const spent = await spend(transaction, `wake:${id}`, wakeLimit)
    if (!spent.ok) return { kind: 'limited', retryAfter: spent.retryAfter }
    const { device, expiresAt: expires } = approval
    const about = { approval: id, device, locale: round.document.locale, expires }
    pushed = await queuePush(context, transaction, about, now)
    return { kind: pushed === null ? 'nothing' : 'woken' }
  })
  if (pushed !== null) announceOutbox(context, pushed)
  return woken
}
