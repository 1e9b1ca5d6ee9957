/** The one way in which a sign-in changes: conditionally, audited, and told to the pages that wait. */
import { relate } from '../applications/index.ts'
import { type AuditEntry, recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../db/index.ts'
import type { SignIn, SignInId } from './sign-in.ts'
import { type Change, changeSignIn } from './sign-in-store.ts'

/** Topic of the wake-ups of the pages of a sign-in. */
export const signInTopic = (id: SignInId): string => `sign-in:${id}`

/** What a move changes; an SMS code is out, and counts, only where it says so. */
export type Move = Partial<Change> & Pick<Change, 'step'>

/** What a move is called in the audit. */
export type MoveEntry = Pick<AuditEntry, 'kind' | 'device' | 'detail'>

/**
 * Moves a sign-in on from how it was read, within a transaction of the caller's, who publishes `signInTopic` after it.
 *
 * @returns whether it still was so; if not, nothing was changed
 */
export async function writeMove(
  transaction: Transaction,
  before: SignIn,
  move: Move,
  entry: MoveEntry,
): Promise<boolean> {
  const after: Change = { ...before, codeHash: null, confirmedAt: null, ...move }
  if (!(await changeSignIn(transaction, before, after))) return false
  await recordAudit(transaction, {
    ...entry,
    application: before.application,
    ...(after.account === null ? {} : { account: after.account }),
    ...(after.approval === null ? {} : { approval: after.approval }),
  })
  // Who signs in to an application is known to it from then on: it may ask for approvals.
  if (after.step === 'done' && after.account !== null) await relate(transaction, before.application, after.account)
  return true
}

/** Moves a sign-in on from how it was read. @returns whether it still was so; if not, nothing was changed */
export async function moveSignIn(context: Context, before: SignIn, move: Move, entry: MoveEntry): Promise<boolean> {
  const moved = await context.db.write((transaction) => writeMove(transaction, before, move, entry))
  if (moved) context.wakeups.publish(signInTopic(before.id))
  return moved
}

/** Back to the first step: what was found out so far counts no more. */
export const forgetProgress = (context: Context, before: SignIn, reason: string): Promise<boolean> =>
  moveSignIn(
    context,
    before,
    { step: 'password', account: null, approval: null, starts: 0, passwordAt: null },
    { kind: 'sign-in.sent-back', detail: { reason } },
  )
