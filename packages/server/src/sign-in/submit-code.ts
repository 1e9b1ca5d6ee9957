/** The SMS code of a sign-in, as the person typed it (protocol sections 8 and 11). */
import type { AccountId } from '@countersign/protocol'
import { holdAccount } from '../accounts/index.ts'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../db/index.ts'
import { linkedDeviceOf } from '../devices/index.ts'
import { Refusal } from '../http/index.ts'
import { hashCode, judgeCode } from '../sms-codes/index.ts'
import { forgetProgress, signInTopic, writeMove } from './move-sign-in.ts'
import { type Current, requireSignIn } from './read-sign-in.ts'
import { askAgain } from './restart-sign-in.ts'
import { purposeOf, sendAnotherCode } from './send-code.ts'
import { passwordCounts, type SignInId } from './sign-in.ts'
import { holdSignIn, spendCodeTry } from './sign-in-store.ts'

/** What became of a code. A refusal that is returned is committed with what it cost; a thrown one would undo it. */
type Outcome =
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'account-closed' }
  /** The account has a device by now. */
  | { readonly kind: 'linked' }

const refused = (...refusal: ConstructorParameters<typeof Refusal>): Outcome => ({
  kind: 'refused',
  refusal: new Refusal(...refusal),
})

async function judge(
  transaction: Transaction,
  id: SignInId,
  account: AccountId,
  submitted: Uint8Array,
): Promise<Outcome> {
  if ((await holdAccount(transaction, account, 'share'))?.state !== 'active') return { kind: 'account-closed' }
  if ((await linkedDeviceOf(transaction, account)) !== null) return { kind: 'linked' }
  const signIn = await holdSignIn(transaction, id)
  if (signIn?.account !== account) return refused('wrong_step')
  const verdict = await judgeCode(transaction, account, submitted, () => spendCodeTry(transaction, id))
  switch (verdict.kind) {
    case 'none':
      return refused('wrong_step')
    case 'limited':
      return refused('rate_limited', { retry_after: verdict.retryAfter })
    case 'wrong': {
      const { triesLeft: tries_left } = verdict
      const { application } = signIn
      await recordAudit(transaction, { kind: 'sign-in.code-wrong', account, application, detail: { tries_left } })
      // After the last one the state says how it ended.
      return tries_left === 0 ? { kind: 'taken' } : refused('code_refused', { tries_left })
    }
    case 'right': {
      const spent = { ...signIn, codeTriesLeft: signIn.codeTriesLeft - 1 }
      const move = { step: 'link-phone', confirmedAt: 'now' } as const
      const moved = await writeMove(transaction, spent, move, { kind: 'sign-in.code-right' })
      if (!moved) throw new Error('A sign-in that is held has moved on.')
      return { kind: 'taken' }
    }
  }
}

function codeStep(before: Current): AccountId {
  const { place, signIn } = before
  if (place.kind !== 'sms-code' || signIn.account === null) throw new Refusal('wrong_step')
  return signIn.account
}

/**
 * Judges an SMS code. A try of the account and one of the sign-in are spent before anything is compared. Where the
 * account has a device by now, nothing is judged, and the device is asked.
 *
 * @throws Refusal `code_refused` with `tries_left`, `rate_limited`, `wrong_step` also when the code has run out,
 * `sign_in_failed`, and those of `askAgain`
 */
export async function submitCode(
  context: Context,
  id: SignInId,
  code: string,
  browserName: string | null,
): Promise<void> {
  const before = await requireSignIn(context, id)
  const account = codeStep(before)
  const submitted = hashCode(context, purposeOf(id), code)
  const outcome = await context.db.write((transaction) => judge(transaction, id, account, submitted))
  context.wakeups.publish(signInTopic(id))
  if (outcome.kind === 'linked') return askAgain(context, before, browserName)
  if (outcome.kind === 'account-closed') {
    await forgetProgress(context, before.signIn, 'account')
    throw new Refusal('sign_in_failed')
  }
  if (outcome.kind === 'refused') throw outcome.refusal
}

/**
 * Sends another code. Where the password was right too long ago, the sign-in goes back to it; where the account has a
 * device by now, that is asked.
 *
 * @throws Refusal `wrong_step`, and those of `sendAnotherCode` and `askAgain`
 */
export async function resendCode(context: Context, id: SignInId, browserName: string | null): Promise<void> {
  const before = await requireSignIn(context, id)
  const account = codeStep(before)
  if (!passwordCounts(before.signIn, before.now)) {
    await forgetProgress(context, before.signIn, 'password-used-up')
    return
  }
  if ((await context.db.read((query) => linkedDeviceOf(query, account))) !== null) {
    return askAgain(context, before, browserName)
  }
  await sendAnotherCode(context, before, { account, locale: before.signIn.locale })
}
