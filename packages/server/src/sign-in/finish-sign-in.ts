/** Finishing a sign-in, once, and whether what it gave still stands. */
import type { AccountId, ApprovalId } from '@countersign/protocol'
import { accountById, holdAccount } from '../accounts/index.ts'
import { type Redeemed, redeemApproval } from '../approvals/index.ts'
import type { Context } from '../context.ts'
import { linkedDeviceOf } from '../devices/index.ts'
import { Refusal } from '../http/index.ts'
import { forgetProgress, moveSignIn, signInTopic, writeMove } from './move-sign-in.ts'
import { type Current, requireSignIn } from './read-sign-in.ts'
import { authenticationContexts, type SignInId } from './sign-in.ts'
import { findSignIn } from './sign-in-store.ts'

/** Who signed in, and how. */
export interface Login {
  readonly account: AccountId
  /** RFC 8176 */
  readonly amr: readonly string[]
  /** Authentication context (OpenID Connect Core, section 2). */
  readonly acr: string
  /** When the phone approved or the SMS code came, milliseconds since the epoch. */
  readonly at: number
}

const redeem = (context: Context, id: SignInId, approval: ApprovalId): Promise<Redeemed> =>
  redeemApproval(context, approval, `sign-in:${id}`)

/** Somebody else moved it: another tab that finished too, or one that cancelled. */
async function requireDone(context: Context, id: SignInId): Promise<void> {
  if ((await requireSignIn(context, id)).place.kind !== 'done') throw new Refusal('wrong_step')
}

async function finishByPhone(context: Context, { signIn, place }: Current, approval: ApprovalId): Promise<Login> {
  const redeemed = await redeem(context, signIn.id, approval)
  if (redeemed.kind === 'refused') {
    if (signIn.step !== 'done') await forgetProgress(context, signIn, redeemed.code)
    // The account or its device was taken away: the same answer as at the password.
    throw new Refusal(redeemed.code === 'not_found' ? 'sign_in_failed' : redeemed.code)
  }
  if (redeemed.account !== signIn.account) throw new Error('The approval of a sign-in is of another account.')
  if (place.kind === 'approved') {
    const moved = await moveSignIn(context, signIn, { step: 'done' }, { kind: 'sign-in.done', device: redeemed.device })
    if (!moved) await requireDone(context, signIn.id)
  }
  const { account, amr, decidedAt: at } = redeemed
  return { account, amr: ['pwd', ...amr, 'mfa'], acr: authenticationContexts.approved, at }
}

async function finishBySms(context: Context, { signIn, place }: Current): Promise<Login> {
  const { account, confirmedAt } = signIn
  if (account === null || confirmedAt === null) throw new Error('A sign-in went on without an SMS code.')
  const outcome = await context.db.write(async (transaction) => {
    if ((await holdAccount(transaction, account, 'share'))?.state !== 'active') return 'account-closed'
    if (place.kind === 'done') return 'done'
    // A phone that was linked meanwhile may have been blocked since: no SMS goes around that.
    if ((await linkedDeviceOf(transaction, account))?.state === 'blocked') return 'device-blocked'
    const move = { step: 'done', confirmedAt } as const
    return (await writeMove(transaction, signIn, move, { kind: 'sign-in.done', detail: { by: 'sms' } }))
      ? 'done'
      : 'moved-on'
  })
  if (outcome === 'account-closed' || outcome === 'device-blocked') {
    if (signIn.step !== 'done') await forgetProgress(context, signIn, outcome)
    throw new Refusal('sign_in_failed')
  }
  if (outcome === 'moved-on') await requireDone(context, signIn.id)
  context.wakeups.publish(signInTopic(signIn.id))
  // Not `mfa`: who takes over a phone number reads its SMS, and an application that asks for two factors means two.
  return { account, amr: ['pwd', 'sms'], acr: authenticationContexts.sms, at: confirmedAt }
}

/**
 * Finishes a sign-in: redeems its approval, or goes on after its SMS code. Finishing again gives the same login, for as
 * long as account and device are active.
 *
 * @throws Refusal `wrong_step`, `sign_in_expired`, `sign_in_failed`, `redeem_too_late`
 */
export async function finishSignIn(context: Context, id: SignInId): Promise<Login> {
  const current = await requireSignIn(context, id)
  const { place } = current
  if (place.kind === 'link-phone') return finishBySms(context, current)
  if (place.kind !== 'approved' && place.kind !== 'done') throw new Refusal('wrong_step')
  return place.approval === null ? finishBySms(context, current) : finishByPhone(context, current, place.approval)
}

/**
 * Whether a login still stands: it was finished for this account, and the account is active, and the device where one
 * approved it (protocol section 11). Asked wherever something is given out because of it.
 */
export async function loginStands(context: Context, id: SignInId, account: AccountId): Promise<boolean> {
  const { signIn, isActive } = await context.db.read(async (query) => ({
    signIn: await findSignIn(query, id),
    isActive: (await accountById(query, account))?.state === 'active',
  }))
  if (signIn === null || signIn.step !== 'done' || signIn.account !== account || !isActive) return false
  return signIn.approval === null || (await redeem(context, id, signIn.approval)).kind === 'redeemed'
}
