import { cancelApproval } from '../approvals/index.ts'
import type { Context } from '../context.ts'
import { Refusal } from '../http/index.ts'
import { moveSignIn } from './move-sign-in.ts'
import { requireSignIn } from './read-sign-in.ts'
import { mayCancel, type SignInId } from './sign-in.ts'

/** The person does not want to sign in any more. @throws Refusal `wrong_step` once it is finished, `sign_in_expired` */
export async function cancelSignIn(context: Context, id: SignInId): Promise<void> {
  const { signIn, place } = await requireSignIn(context, id)
  if (!mayCancel(place)) throw new Refusal('wrong_step')
  if (place.kind === 'cancelled') return
  const moved = await moveSignIn(context, signIn, { step: 'cancelled' }, { kind: 'sign-in.cancelled' })
  if (!moved) throw new Refusal('wrong_step')
  if (signIn.approval !== null) await cancelApproval(context, signIn.approval, 'sign-in-cancelled')
}
