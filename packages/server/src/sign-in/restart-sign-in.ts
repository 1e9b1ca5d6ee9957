import type { Context } from '../context.ts'
import { Refusal } from '../http/index.ts'
import { askPhone } from './ask-phone.ts'
import { forgetProgress } from './move-sign-in.ts'
import { requireSignIn } from './read-sign-in.ts'
import { mayStartAgain, type SignInId } from './sign-in.ts'

/**
 * Asks the phone again after nobody answered, or after a phone was linked. Where the password has started enough
 * approvals, or was right too long ago, the sign-in goes back to the password.
 *
 * @throws Refusal `wrong_step`, `sign_in_expired`, `sign_in_failed`
 */
export async function restartSignIn(context: Context, id: SignInId, browserName: string | null): Promise<void> {
  const before = await requireSignIn(context, id)
  const { signIn, place, now } = before
  if (place.kind !== 'expired' && place.kind !== 'no-device') throw new Refusal('wrong_step')
  const { account, passwordAt, locale, starts, browser } = signIn
  if (account === null || passwordAt === null || browser === null || !mayStartAgain(signIn, now)) {
    await forgetProgress(context, signIn, 'password-used-up')
    return
  }
  await askPhone(context, before, { account, locale, browserName, browser, starts, passwordAt })
}
