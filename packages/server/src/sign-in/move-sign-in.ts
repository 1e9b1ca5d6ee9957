/** The one way in which a sign-in changes: conditionally, audited, and told to the pages that wait. */
import { type AuditEntry, recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import type { SignIn, SignInId } from './sign-in.ts'
import { type Change, changeSignIn } from './sign-in-store.ts'

/** Topic of the wake-ups of the pages of a sign-in. */
export const signInTopic = (id: SignInId): string => `sign-in:${id}`

/** Moves a sign-in on from how it was read. @returns whether it still was so; if not, nothing was changed */
export async function moveSignIn(
  context: Context,
  before: SignIn,
  change: Partial<Change> & Pick<Change, 'step'>,
  entry: Pick<AuditEntry, 'kind' | 'device' | 'detail'>,
): Promise<boolean> {
  const after: Change = { ...before, ...change }
  const moved = await context.db.write(async (transaction) => {
    if (!(await changeSignIn(transaction, before, after))) return false
    await recordAudit(transaction, {
      ...entry,
      application: before.application,
      ...(after.account === null ? {} : { account: after.account }),
      ...(after.approval === null ? {} : { approval: after.approval }),
    })
    return true
  })
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
