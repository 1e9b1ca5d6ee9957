import type { Locale } from '@countersign/protocol'
import { verifyPassword } from '../accounts/index.ts'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import { Refusal } from '../http/index.ts'
import { askPhone } from './ask-phone.ts'
import { requireSignIn } from './read-sign-in.ts'
import { type SignInId, takesPassword } from './sign-in.ts'

export interface TryPassword {
  readonly email: string
  readonly password: string
  readonly locale: Locale
  /** What the browser is called, or null when it is none that we know. */
  readonly browserName: string | null
  /** Which browser it is: a hash of its cookie. */
  readonly browser: string
}

/**
 * The first factor. Right: the phone is asked; where the account has none, an SMS code is sent.
 *
 * @throws Refusal `sign_in_failed` for an unknown account, a wrong password and a locked account alike; `wrong_step`,
 * `sign_in_expired`, `rate_limited`
 */
export async function tryPassword(context: Context, id: SignInId, input: TryPassword): Promise<void> {
  const before = await requireSignIn(context, id)
  if (!takesPassword(before.place)) throw new Refusal('wrong_step')
  const account = await verifyPassword(context, input.email, input.password)
  if (account === null) {
    // Without the account, also where there is one: the row is the same work and says the same for all of them.
    const { application } = before.signIn
    await context.db.write((transaction) => recordAudit(transaction, { kind: 'sign-in.password-refused', application }))
    throw new Refusal('sign_in_failed')
  }
  const { locale, browserName, browser } = input
  await askPhone(context, before, { account: account.id, locale, browserName, browser, starts: 0, passwordAt: 'now' })
}
