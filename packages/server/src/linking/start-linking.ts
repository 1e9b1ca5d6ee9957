/** E-mail and password, then an SMS to the number on file (protocol section 4, step 1). */
import { LinkingId, type StartLinkingAnswer, type StartLinkingBody } from '@countersign/protocol'
import type * as z from 'zod/mini'
import { type Account, holdAccount, maskPhoneNumber, verifyPassword } from '../accounts/index.ts'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../db/index.ts'
import { isKeyKnown, linkedDeviceOf } from '../devices/index.ts'
import { Refusal, type SignedRequest, spendNonce } from '../http/index.ts'
import { announceOutbox } from '../jobs/index.ts'
import type { FreshCode } from '../sms-codes/index.ts'
import { insertLinking } from './linking-store.ts'
import { makeLinkingCode } from './send-code.ts'

type Started =
  | { readonly kind: 'started'; readonly expires: number; readonly account: Account }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

const refused = (...refusal: ConstructorParameters<typeof Refusal>): Started => ({
  kind: 'refused',
  refusal: new Refusal(...refusal),
})

async function begin(
  context: Context,
  transaction: Transaction,
  linking: {
    id: LinkingId
    signed: SignedRequest
    account: Account
    code: FreshCode
    body: z.output<typeof StartLinkingBody>
  },
): Promise<Started> {
  const { id, signed, account, code, body } = linking
  if ((await linkedDeviceOf(transaction, account.id)) !== null) {
    await recordAudit(transaction, { kind: 'linking.refused', account: account.id, detail: { why: 'already-linked' } })
    return refused('already_linked')
  }
  if (await isKeyKnown(transaction, signed.thumbprint)) {
    return refused('invalid_request', {
      detail: 'This key belongs to a device. A device is linked with a key of its own.',
    })
  }
  const queued = await code.queue(transaction, account)
  if (queued.kind === 'limited') return refused('rate_limited', { retry_after: queued.retryAfter })
  if (queued.kind === 'country-refused') {
    context.log.error({ account: account.id }, 'an account has a phone number in a country that no SMS goes to')
    return refused('link_failed')
  }
  const expires = await insertLinking(transaction, {
    id,
    account: account.id,
    thumbprint: signed.thumbprint,
    signJwk: body.sign_jwk,
    locale: body.locale,
    codeHash: code.hash,
    confirmedBy: 'sms',
  })
  await recordAudit(transaction, { kind: 'linking.started', account: account.id, detail: { linking: id } })
  return { kind: 'started', expires, account }
}

/**
 * Begins a linking. Unknown account, wrong password, locked and disabled account are one answer after the same work:
 * one Argon2, one spent try, one nonce, one audit row that says no more than that.
 *
 * @throws Refusal `link_failed`, `already_linked` (only after a right password), `rate_limited`, `nonce_used`
 */
export async function startLinking(
  context: Context,
  signed: SignedRequest,
  body: z.output<typeof StartLinkingBody>,
): Promise<z.output<typeof StartLinkingAnswer>> {
  const verified = await verifyPassword(context, body.email, body.password)
  const id = LinkingId.parse(context.random.id('lnk'))
  const code = makeLinkingCode(context, id, body.locale)
  const started = await context.db.write(async (transaction): Promise<Started> => {
    await spendNonce(transaction, signed)
    const account = verified === null ? null : await holdAccount(transaction, verified.id, 'share')
    if (account?.state !== 'active') {
      await recordAudit(transaction, { kind: 'linking.refused', detail: { why: 'credentials' } })
      return refused('link_failed')
    }
    return begin(context, transaction, { id, signed, account, code, body })
  })
  if (started.kind === 'refused') throw started.refusal
  announceOutbox(context)
  return { linking: id, phone_number: maskPhoneNumber(started.account.phoneNumber), expires: started.expires }
}
