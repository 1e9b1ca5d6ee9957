import type { ApplicationId, Locale } from '@countersign/protocol'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import type { SignInId } from './sign-in.ts'
import { insertSignIn } from './sign-in-store.ts'

/** Begins the sign-in of an interaction, at its first step. */
export async function beginSignIn(
  context: Context,
  signIn: { readonly id: SignInId; readonly application: ApplicationId; readonly locale: Locale },
): Promise<void> {
  await context.db.write(async (transaction) => {
    await insertSignIn(transaction, signIn)
    await recordAudit(transaction, { kind: 'sign-in.begun', application: signIn.application })
  })
}
