/** The offline way of a sign-in: a code on the page, a response from the phone (protocol section 7). */
import type { ApprovalId } from '@countersign/protocol'
import { goOffline, submitResponse } from '../approvals/index.ts'
import type { Context } from '../context.ts'
import { Refusal } from '../http/index.ts'
import { type Current, requireSignIn } from './read-sign-in.ts'
import type { SignInId } from './sign-in.ts'

function offlineLocked(until: number | null, now: number): Refusal {
  const wait = until === null ? {} : { retry_after: Math.max(1, Math.ceil((until - now) / 1000)) }
  return new Refusal('offline_locked', wait)
}

function pendingApproval({ place }: Current): { id: ApprovalId; offline: boolean } {
  if (place.kind !== 'pending') throw new Refusal('wrong_step')
  return place.approval
}

/** Shows a code on the page. Choosing it twice is the same as once. @throws Refusal `offline_locked`, `wrong_step` */
export async function chooseOffline(context: Context, id: SignInId): Promise<void> {
  const current = await requireSignIn(context, id)
  const approval = pendingApproval(current)
  if (approval.offline) return
  const started = await goOffline(context, approval.id)
  if (started.kind === 'locked') throw offlineLocked(started.until, current.now)
}

/**
 * Judges a response code. When the approval has ended, by this code or otherwise, the state says how.
 *
 * @throws Refusal `code_refused`, `offline_locked`, `wrong_step`
 */
export async function takeResponse(context: Context, id: SignInId, response: string): Promise<void> {
  const current = await requireSignIn(context, id)
  const approval = pendingApproval(current)
  if (!approval.offline) throw new Refusal('wrong_step')
  const taken = await submitResponse(context, approval.id, response)
  if (taken.kind === 'refused') throw new Refusal('code_refused', { tries_left: taken.triesLeft })
  if (taken.kind === 'locked') throw offlineLocked(taken.until, current.now)
}
