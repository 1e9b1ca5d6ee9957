/** The SMS code of a sign-in to an account that has no device (protocol sections 8 and 11). */
import type { Account } from '../accounts/index.ts'
import { holdAccount } from '../accounts/index.ts'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../db/index.ts'
import { linkedDeviceOf } from '../devices/index.ts'
import { Refusal } from '../http/index.ts'
import { announceOutbox } from '../jobs/index.ts'
import { type CodePurpose, type FreshCode, makeCode } from '../sms-codes/index.ts'
import type { AskPhone } from './ask-phone.ts'
import { signInTopic, writeMove } from './move-sign-in.ts'
import type { Current } from './read-sign-in.ts'
import type { SignIn, SignInId } from './sign-in.ts'
import { holdSignIn, writeNewCode } from './sign-in-store.ts'
import { words } from './words.ts'

/** What a code of this sign-in is good for. */
export const purposeOf = (id: SignInId): CodePurpose => ({ use: 'sign-in', id })

/**
 * Writes a code into the sign-in and queues its SMS, both or neither.
 *
 * @param write writes the hash of the code; false where the sign-in has moved on
 */
async function send(
  context: Context,
  before: Current,
  { account: id, locale }: Pick<AskPhone, 'account' | 'locale'>,
  write: (transaction: Transaction, code: FreshCode, account: Account) => Promise<boolean>,
): Promise<void> {
  const sentence = words[locale].smsCode(before.applicationName)
  const code = makeCode(context, purposeOf(before.signIn.id), { sentence, url: context.config.issuer })
  await context.db.write(async (transaction) => {
    const account = await holdAccount(transaction, id, 'share')
    if (account?.state !== 'active') throw new Refusal('sign_in_failed')
    // A phone that was linked in between is asked, not gone around.
    if ((await linkedDeviceOf(transaction, id)) !== null) throw new Refusal('wrong_step')
    if (!(await write(transaction, code, account))) throw new Refusal('wrong_step')
    const queued = await code.queue(transaction, account)
    if (queued.kind === 'limited') throw new Refusal('rate_limited', { retry_after: queued.retryAfter })
    if (queued.kind === 'country-refused') {
      context.log.error({ account: id }, 'an account has a phone number in a country that no SMS goes to')
      throw new Refusal('sign_in_failed')
    }
  })
  announceOutbox(context)
  context.wakeups.publish(signInTopic(before.signIn.id))
}

/**
 * Sends a code to the number on file and moves the sign-in to where it is typed.
 *
 * @throws Refusal `rate_limited` when the number has had its SMS or the account its wrong codes, `sign_in_failed` when
 * the account cannot be used, `wrong_step` when the sign-in has moved on or a phone was linked in the meantime
 */
export async function sendCode(context: Context, before: Current, ask: AskPhone): Promise<void> {
  const { account, locale, starts, passwordAt, browser } = ask
  await send(context, before, ask, (transaction, { hash: codeHash }) =>
    writeMove(
      transaction,
      before.signIn,
      { step: 'sms-code', account, approval: null, locale, starts, passwordAt, browser, codeHash },
      { kind: 'sign-in.code-sent' },
    ),
  )
}

/** Sends another code in place of the one before; tries stay spent. @throws Refusal as `sendCode` */
export async function sendAnotherCode(
  context: Context,
  before: Current,
  ask: Pick<AskPhone, 'account' | 'locale'>,
): Promise<void> {
  const { id } = before.signIn
  await send(context, before, ask, async (transaction, { hash }, account) => {
    const held: SignIn | null = await holdSignIn(transaction, id)
    if (held?.account !== account.id || !(await writeNewCode(transaction, id, hash))) return false
    const { application } = held
    await recordAudit(transaction, { kind: 'sign-in.code-resent', account: account.id, application })
    return true
  })
}
