/**
 * What an application says about its accounts (`/v1/accounts`), with an API key of the scope `accounts`.
 *
 * An account that an application makes has no password: the application lets its people in by itself. It is known by the
 * application's own id for the person. Times are milliseconds since the epoch.
 */
import * as z from 'zod/mini'
import { ExternalId } from './application-api.ts'
import { AccountId, Locale, ShownText, SixDigits, TypedText } from './values.ts'

const PhoneNumber = TypedText(40)

/** `PUT /v1/accounts/{external_id}`: makes the account (201), or says anew who it is (200). Answers `AccountAnswer`. */
export const PutAccountBody = z.strictObject({
  name: ShownText(60),
  email: TypedText(254),
  locale: Locale,
  /** With its country code; left out, nothing is sent by SMS. */
  phone_number: z.optional(PhoneNumber),
})
export type PutAccountBody = z.infer<typeof PutAccountBody>

/** `PUT /v1/accounts/{external_id}/phone-number`. Answers `AccountAnswer`. */
export const PutPhoneNumberBody = z.strictObject({ phone_number: z.nullable(PhoneNumber) })

export const AccountAnswer = z.object({
  id: AccountId,
  external_id: ExternalId,
  name: z.string(),
  email: z.string(),
  locale: Locale,
  phone_number: z.nullable(z.string()),
  state: z.enum(['active', 'locked', 'disabled']),
  /** The phone that is asked, or null where none is linked. */
  device: z.nullable(z.object({ name: z.string(), state: z.enum(['active', 'blocked']) })),
})
export type AccountAnswer = z.infer<typeof AccountAnswer>

/** `GET /v1/accounts?limit=&cursor=`: by the application's ids. */
export const AccountList = z.object({ items: z.array(AccountAnswer), next: z.nullable(ExternalId) })
export type AccountList = z.infer<typeof AccountList>

/** The scope of a linking code, `CS3:` and 32 random bytes in base64url. */
export const LinkingOfferCode = z.string().check(z.regex(/^CS3:[A-Za-z0-9_-]{43}$/))
export type LinkingOfferCode = z.infer<typeof LinkingOfferCode>

/**
 * `POST /v1/accounts/{external_id}/linkings`, with an empty object: for a page on which this very person is logged in,
 * a code that links one phone, once, within five minutes. Answers 201 `LinkingOffer`.
 */
export const LinkingOffer = z.object({
  linking: z.string(),
  /** What can be typed in the app. Told here and never again. */
  code: LinkingOfferCode,
  /** The phone app, opened with the code: for the QR code that a phone's own camera reads. */
  url: z.url(),
  expires: z.int(),
})
export type LinkingOffer = z.infer<typeof LinkingOffer>

/**
 * `POST /v1/accounts/{external_id}/linkings/{linking}/confirm`: the six digits that the phone shows, as typed on the page.
 * One try. Answers `LinkingOfferAnswer`, or the problem `code_refused`, after which a new code is needed.
 */
export const ConfirmLinkingBody = z.strictObject({ digits: SixDigits })

/** `GET /v1/accounts/{external_id}/linkings/{linking}`. */
export const LinkingOfferAnswer = z.object({
  linking: z.string(),
  /** `open`: no phone yet; `scanned`: a phone shows its digits; `confirmed`: it goes on by itself; `linked`; `ended`. */
  state: z.enum(['open', 'scanned', 'confirmed', 'linked', 'ended']),
  expires: z.int(),
})
export type LinkingOfferAnswer = z.infer<typeof LinkingOfferAnswer>
