/**
 * The hosted sign-in: OpenID Connect provider, and the API of its page (protocol section 11).
 *
 * Owns `sign_ins` and `oidc_records`. Promises that a login is given only to the browser that began it, once, after the
 * right password and the phone's approval of this very sign-in, for the application that was on the phone's screen, and
 * that nothing is given out because of it once account or device are not active any more. An account without a device
 * gets an SMS code instead of the phone, and a login that says so. Must never take a browser's word for where a sign-in
 * is, nor send an SMS where there is a device, blocked or not.
 */
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { deleteExpiredRecords } from './oidc-record-store.ts'
import { createProvider } from './provider.ts'
import { registerProvider } from './provider-routes.ts'
import { registerSignInPage } from './sign-in-page.ts'
import { registerSignInApi } from './sign-in-routes.ts'
import { deleteExpiredSignIns } from './sign-in-store.ts'

/** Registers provider, page and API. @throws PagesMissing when the pages are not built */
export async function registerSignIn(app: FastifyInstance, context: Context): Promise<void> {
  await registerSignInPage(app, context)
  const provider = createProvider(context)
  await registerProvider(app, provider)
  registerSignInApi(app, context, provider)
}

/** Forgets what is over. */
export async function sweepSignIn(context: Context): Promise<void> {
  await context.db.write(async (transaction) => {
    await deleteExpiredSignIns(transaction)
    await deleteExpiredRecords(transaction)
  })
}
