/** Collecting an approved sign-in, once, and whether what it gave still stands. */
import type { AccountId, ApprovalId } from '@countersign/protocol'
import { type Redeemed, redeemApproval } from '../approvals/index.ts'
import type { Context } from '../context.ts'
import { Refusal } from '../http/index.ts'
import { forgetProgress, moveSignIn } from './move-sign-in.ts'
import { requireSignIn } from './read-sign-in.ts'
import type { SignIn, SignInId } from './sign-in.ts'
import { findSignIn } from './sign-in-store.ts'

/** Who signed in, and how. */
export interface Login {
  readonly account: AccountId
  /** RFC 8176 */
  readonly amr: readonly string[]
  /** When the phone approved, milliseconds since the epoch. */
  readonly decidedAt: number
}

const redeem = (context: Context, id: SignInId, approval: ApprovalId): Promise<Redeemed> =>
  redeemApproval(context, approval, `sign-in:${id}`)

const loginOf = ({ account, amr, decidedAt }: Extract<Redeemed, { kind: 'redeemed' }>): Login => ({
  account,
  amr: ['pwd', ...amr, 'mfa'],
  decidedAt,
})

async function refuse(context: Context, signIn: SignIn, redeemed: Extract<Redeemed, { kind: 'refused' }>) {
  if (signIn.step !== 'done') await forgetProgress(context, signIn, redeemed.code)
  // The account or its device was taken away: the same answer as at the password.
  return new Refusal(redeemed.code === 'not_found' ? 'sign_in_failed' : redeemed.code)
}

/**
 * Redeems the approval of a sign-in. Finishing again gives the same login, for as long as account and device are active.
 *
 * @throws Refusal `wrong_step`, `sign_in_expired`, `sign_in_failed`, `redeem_too_late`
 */
export async function finishSignIn(context: Context, id: SignInId): Promise<Login> {
  const { signIn, place } = await requireSignIn(context, id)
  if (place.kind !== 'approved' && place.kind !== 'done') throw new Refusal('wrong_step')
  const redeemed = await redeem(context, id, place.approval)
  if (redeemed.kind === 'refused') throw await refuse(context, signIn, redeemed)
  if (redeemed.account !== signIn.account) throw new Error('The approval of a sign-in is of another account.')
  if (place.kind === 'approved') {
    const moved = await moveSignIn(context, signIn, { step: 'done' }, { kind: 'sign-in.done', device: redeemed.device })
    // Somebody else moved it: another tab that finished too, or one that cancelled.
    if (!moved && (await requireSignIn(context, id)).place.kind !== 'done') throw new Refusal('wrong_step')
  }
  return loginOf(redeemed)
}

/**
 * Whether a login still stands: it was finished for this account, and account and device are active (protocol section
 * 11). Asked wherever something is given out because of it.
 */
export async function loginStands(context: Context, id: SignInId, account: AccountId): Promise<boolean> {
  const signIn = await context.db.read((query) => findSignIn(query, id))
  if (signIn === null || signIn.step !== 'done' || signIn.approval === null || signIn.account !== account) return false
  return (await redeem(context, id, signIn.approval)).kind === 'redeemed'
}
