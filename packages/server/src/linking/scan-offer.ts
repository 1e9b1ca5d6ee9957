import { LinkingId, type ScannedLinkingAnswer, type ScannedLinkingBody } from '@countersign/protocol'
import { holdAccount } from '../accounts/index.ts'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../db/index.ts'
import { isKeyKnown, linkedDeviceOf } from '../devices/index.ts'
import { Refusal, type SignedRequest, spendNonce } from '../http/index.ts'
import { hashCode } from '../sms-codes/index.ts'
import { offerHashOf } from './linking-offer.ts'
import { insertLinking } from './linking-store.ts'
import { moveOffer, readOfferByHash } from './offer-store.ts'
import { purposeOf } from './send-code.ts'

type Scanned =
  | { readonly kind: 'scanned'; readonly expires: number }
  /** Committed with the nonce that it cost. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }

const refused = (...refusal: ConstructorParameters<typeof Refusal>): Scanned => ({
  kind: 'refused',
  refusal: new Refusal(...refusal),
})

async function scan(
  context: Context,
  transaction: Transaction,
  { id, digits, signed, body }: { id: LinkingId; digits: string; signed: SignedRequest; body: ScannedLinkingBody },
): Promise<Scanned> {
  const offer = await readOfferByHash(transaction, offerHashOf(body.code))
  const account = offer && (await holdAccount(transaction, offer.account, 'share'))
  if (offer === null || account?.state !== 'active') return refused('link_expired')
  if (await isKeyKnown(transaction, signed.thumbprint)) {
    return refused('invalid_request', {
      detail: 'This key belongs to a device. A device is linked with a key of its own.',
    })
  }
  if ((await linkedDeviceOf(transaction, account.id)) !== null) return refused('already_linked')
  const isFirst = await moveOffer(transaction, offer.id, 'open', { state: 'scanned', linking: id })
  if (!isFirst) return refused('link_expired')
  const expires = await insertLinking(transaction, {
    id,
    account: account.id,
    thumbprint: signed.thumbprint,
    signJwk: body.sign_jwk,
    locale: body.locale,
    codeHash: hashCode(context, purposeOf(id), digits),
    confirmedBy: 'nobody-yet',
  })
  await recordAudit(transaction, {
    kind: 'linking.scanned',
    account: account.id,
    application: offer.application,
    detail: { offer: offer.id, linking: id },
  })
  return { kind: 'scanned', expires }
}

/**
 * A phone has scanned the code on an application's page. It gets six digits to show, which somebody types on that page;
 * whoever has only seen the code cannot go on.
 *
 * @throws Refusal `link_expired` for a code that is unknown, over, or was scanned before; `already_linked`, `nonce_used`
 */
export async function scanOffer(
  context: Context,
  signed: SignedRequest,
  body: ScannedLinkingBody,
): Promise<ScannedLinkingAnswer> {
  const id = LinkingId.parse(context.random.id('lnk'))
  const digits = context.random.digits(6)
  const scanned = await context.db.write(async (transaction) => {
    await spendNonce(transaction, signed)
    return scan(context, transaction, { id, digits, signed, body })
  })
  if (scanned.kind === 'refused') throw scanned.refusal
  return { linking: id, digits, expires: scanned.expires }
}
