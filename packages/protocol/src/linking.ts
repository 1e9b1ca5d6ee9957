/** Making a device part of an account (protocol section 4). Shapes; `unlock-secret.ts` derives the keys. */
import * as z from 'zod/mini'
import { LinkingOfferCode } from './accounts-api.ts'
import { CredentialId, CredentialRegistration } from './biometrics.ts'
import {
  AccountId,
  Bytes32,
  CompactJws,
  DeviceId,
  LinkingId,
  Locale,
  PublicJwk,
  ShownText,
  SixDigits,
  TypedText,
} from './values.ts'

export const Platform = z.enum(['web', 'ios', 'android', 'virtual'])
export type Platform = z.infer<typeof Platform>

export const AppVersion = z.string().check(z.regex(/^\d{1,4}\.\d{1,4}\.\d{1,4}$/))

/** What both sides agree on while linking. Signed by the phone, then by the server's document key. */
export const LinkTranscript = z.strictObject({
  v: z.literal(1),
  iss: z.url(),
  link: LinkingId,
  device: DeviceId,
  account: AccountId,
  sign_jwk: PublicJwk,
  phone_ecdh_jwk: PublicJwk,
  server_ecdh_jwk: PublicJwk,
  device_name: ShownText(40),
  platform: Platform,
  app_version: AppVersion,
  protocol: z.literal(1),
})
export type LinkTranscript = z.infer<typeof LinkTranscript>

export const linkType = 'countersign-link+jwt'

/** What the phone signs to activate itself, with a proof beside it made from the unlock secret as read back. */
export const ActivationPayload = z.strictObject({
  v: z.literal(1),
  aud: z.url(),
  link: LinkingId,
  device: DeviceId,
  /** The credential that opens the unlock secret beside the passcode, or none. */
  credential: z.nullable(CredentialId),
})
export type ActivationPayload = z.infer<typeof ActivationPayload>

export const activationType = 'countersign-activation+jwt'

/** `POST /v1/linkings` */
export const StartLinkingBody = z.strictObject({
  sign_jwk: PublicJwk,
  email: TypedText(254),
  password: TypedText(256),
  locale: Locale,
})
export const StartLinkingAnswer = z.object({
  linking: LinkingId,
  /** The number that the SMS went to, all but the last two digits hidden. */
  phone_number: z.string(),
  /** Milliseconds since the epoch, until which the code is good. */
  expires: z.int(),
})

/**
 * `POST /v1/linkings/scanned`: the code on a page of an application, on which the person is logged in. The phone shows the
 * digits; once they were typed on that page, `POST /v1/linkings/{linking}/code` takes them, and until then refuses with
 * `wrong_step`.
 */
export const ScannedLinkingBody = z.strictObject({
  sign_jwk: PublicJwk,
  code: LinkingOfferCode,
  locale: Locale,
})
export type ScannedLinkingBody = z.infer<typeof ScannedLinkingBody>
export const ScannedLinkingAnswer = z.object({
  linking: LinkingId,
  digits: SixDigits,
  /** Milliseconds since the epoch, until which the digits can be typed. */
  expires: z.int(),
})
export type ScannedLinkingAnswer = z.infer<typeof ScannedLinkingAnswer>

/** `POST /v1/linkings/{linking}/resend`: a new code to the same number. Tries are not given back. Answer as above. */

/** `POST /v1/linkings/{linking}/code` */
export const LinkingCodeBody = z.strictObject({ code: SixDigits })
export const LinkingCodeAnswer = z.object({
  device: DeviceId,
  account: AccountId,
  server_ecdh_jwk: PublicJwk,
  expires: z.int(),
})

/** `POST /v1/linkings/{linking}/keys` */
export const LinkingKeysBody = z.strictObject({ transcript: CompactJws })
export const LinkingKeysAnswer = z.object({ transcript: CompactJws })

/** `POST /v1/linkings/{linking}/activate`. Answer: `DeviceAnswer`. */
export const ActivateBody = z.strictObject({
  activation: CompactJws,
  proof: Bytes32,
  /** With a credential only. Its challenge is the SHA-256 of the transcript's bytes. */
  registration: z.optional(CredentialRegistration),
})
