import type { Context } from '../context.ts'
import { Refusal } from '../http/index.ts'
import { askPhone } from './ask-phone.ts'
import { forgetProgress } from './move-sign-in.ts'
import { type Current, requireSignIn } from './read-sign-in.ts'
import { mayStartAgain, type SignInId } from './sign-in.ts'

/**
 * Asks the account's phone once more, whichever it is by now. Where the password has started enough approvals, or was
 * right too long ago, the sign-in goes back to the password.
 *
 * @throws Refusal as `askPhone`
 */
export async function askAgain(context: Context, before: Current, browserName: string | null): Promise<void> {
  const { signIn, now } = before
  const { account, passwordAt, locale, starts, browser } = signIn
  if (account === null || passwordAt === null || browser === null || !mayStartAgain(signIn, now)) {
    await forgetProgress(context, signIn, 'password-used-up')
    return
  }
  await askPhone(context, before, { account, locale, browserName, browser, starts, passwordAt })
}

/**
 * Begins anew after nobody answered, or after a blocked phone was linked anew.
 *
 * @throws Refusal `wrong_step`, `sign_in_expired`, and those of `askPhone`
 */
export async function restartSignIn(context: Context, id: SignInId, browserName: string | null): Promise<void> {
  const before = await requireSignIn(context, id)
  if (before.place.kind !== 'expired' && before.place.kind !== 'blocked') throw new Refusal('wrong_step')
  await askAgain(context, before, browserName)
}
