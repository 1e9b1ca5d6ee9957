/** The person says that nothing arrived: the same approval is sent again. */
import { wakeAgain } from '../approvals/index.ts'
import type { Context } from '../context.ts'
import { Refusal } from '../http/index.ts'
import { requireSignIn } from './read-sign-in.ts'
import type { SignInId } from './sign-in.ts'

/** @throws Refusal `wrong_step`, `rate_limited` */
export async function wakePhone(context: Context, id: SignInId): Promise<void> {
  const { place } = await requireSignIn(context, id)
  if (place.kind !== 'pending') throw new Refusal('wrong_step')
  const woken = await wakeAgain(context, place.approval.id)
  if (woken.kind === 'limited') throw new Refusal('rate_limited', { retry_after: woken.retryAfter })
}
