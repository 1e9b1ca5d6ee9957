/** Linking from a page on which an application's person is logged in (protocol section 4, last paragraph). */
import {
  type AccountId,
  type ApplicationId,
  equalBytes,
  type LinkingOffer as LinkingOfferAnswer,
  type LinkingOfferAnswer as OfferProgress,
} from '@countersign/protocol'
import { holdAccount } from '../accounts/index.ts'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import { nowMs, type Transaction } from '../db/index.ts'
import { linkedDeviceOf } from '../devices/index.ts'
import { Refusal } from '../http/index.ts'
import { hashCode } from '../sms-codes/index.ts'
import { type LinkingOffer, offerCodeOf, offerHashOf, progressOf } from './linking-offer.ts'
import { holdLinking, readLinking, readUsedCodeHash, writeConfirmed } from './linking-store.ts'
import { holdOffer, insertOffer, moveOffer, readOffer } from './offer-store.ts'
import { purposeOf } from './send-code.ts'
import { endLinking } from './take-step.ts'

/**
 * Makes a code that links one phone to an account, once. The application answers for it that this very person is logged in
 * on the page that shows it.
 *
 * @throws Refusal `account_unknown`, `already_linked`
 */
export async function offerLinking(
  context: Context,
  application: ApplicationId,
  account: AccountId,
): Promise<LinkingOfferAnswer> {
  const id = context.random.id('lof')
  const code = offerCodeOf(context.random.bytes(32))
  const expires = await context.db.write(async (transaction) => {
    const held = await holdAccount(transaction, account, 'update')
    if (held?.state !== 'active') throw new Refusal('account_unknown')
    if ((await linkedDeviceOf(transaction, account)) !== null) throw new Refusal('already_linked')
    const until = await insertOffer(transaction, { id, account, application }, offerHashOf(code))
    await recordAudit(transaction, { kind: 'linking.offered', account, application, detail: { offer: id } })
    return until
  })
  // Behind the `#`: no server gets it with the request for the app.
  return { linking: id, code, url: `${context.config.phoneUrl}/#${code}`, expires }
}

/** Another application's offer, and one of another account, is none. */
const isMeant = (offer: LinkingOffer | null, application: ApplicationId, account: AccountId): offer is LinkingOffer =>
  offer !== null && offer.application === application && offer.account === account

/** How far an offer is. @throws Refusal `not_found` */
export async function readOfferProgress(
  context: Context,
  application: ApplicationId,
  account: AccountId,
  id: string,
): Promise<OfferProgress> {
  return context.db.read(async (query) => {
    const offer = await readOffer(query, id)
    if (!isMeant(offer, application, account)) throw new Refusal('not_found')
    const linking = offer.linking === null ? null : await readLinking(query, offer.linking)
    return { linking: id, state: progressOf(offer, linking, await nowMs(query)), expires: offer.expiresAt }
  })
}

type Confirmed = 'confirmed' | 'wrong' | 'wrong-step'

async function judge(
  context: Context,
  transaction: Transaction,
  offer: LinkingOffer,
  digits: string,
): Promise<Confirmed> {
  if (offer.linking === null) return 'wrong-step'
  const linking = await holdLinking(transaction, offer.linking)
  const held = await holdOffer(transaction, offer.id)
  if (linking === null || held === null) return 'wrong-step'
  // The one try is spent before anything is compared.
  if (!(await moveOffer(transaction, offer.id, 'scanned', { state: 'confirmed' }))) return 'wrong-step'
  const right = equalBytes(
    await readUsedCodeHash(transaction, linking.id),
    hashCode(context, purposeOf(linking.id), digits),
  )
  if (right && (await writeConfirmed(transaction, linking.id))) {
    await recordAudit(transaction, {
      kind: 'linking.confirmed',
      account: offer.account,
      application: offer.application,
      detail: { offer: offer.id, linking: linking.id },
    })
    return 'confirmed'
  }
  await moveOffer(transaction, offer.id, 'confirmed', { state: 'ended' })
  await endLinking(transaction, linking, 'digits-wrong')
  return 'wrong'
}

/**
 * The digits that the phone shows, as somebody typed them on the page. One try: wrong ones end the linking, and another
 * code is needed.
 *
 * @throws Refusal `not_found`, `code_refused`, `wrong_step` where no phone has scanned it, or its time is over
 */
export async function confirmOffer(
  context: Context,
  application: ApplicationId,
  account: AccountId,
  given: { readonly offer: string; readonly digits: string },
): Promise<OfferProgress> {
  const outcome = await context.db.write(async (transaction) => {
    const known = await holdAccount(transaction, account, 'share')
    if (known?.state !== 'active') throw new Refusal('account_unknown')
    const offer = await readOffer(transaction, given.offer)
    if (!isMeant(offer, application, account)) throw new Refusal('not_found')
    return judge(context, transaction, offer, given.digits)
  })
  if (outcome === 'wrong-step') throw new Refusal('wrong_step')
  if (outcome === 'wrong') throw new Refusal('code_refused', { tries_left: 0 })
  return readOfferProgress(context, application, account, given.offer)
}
