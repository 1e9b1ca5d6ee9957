/** The small values that all schemas are made of. Every one is parsed into a brand, so that it cannot be mixed up. */
import * as z from 'zod/mini'

const id = <Name extends string>(prefix: string, _brand: Name) =>
  z
    .string()
    .check(z.regex(new RegExp(`^${prefix}_[A-Za-z0-9_-]{22}$`)))
    .brand<Name>()

/** Ids are a prefix and 16 random bytes in base64url. */
export const AccountId = id('acc', 'AccountId')
export type AccountId = z.infer<typeof AccountId>
export const DeviceId = id('dev', 'DeviceId')
export type DeviceId = z.infer<typeof DeviceId>
export const LinkingId = id('lnk', 'LinkingId')
export type LinkingId = z.infer<typeof LinkingId>
export const RenewalId = id('rnw', 'RenewalId')
export type RenewalId = z.infer<typeof RenewalId>
export const ApprovalId = id('apr', 'ApprovalId')
export type ApprovalId = z.infer<typeof ApprovalId>
export const WebhookId = id('whk', 'WebhookId')
export type WebhookId = z.infer<typeof WebhookId>
export const MessageId = id('msg', 'MessageId')
export type MessageId = z.infer<typeof MessageId>
/** An application's id is its OAuth client id, chosen when it is registered. */
export const ApplicationId = z
  .string()
  .check(z.regex(/^[a-z0-9][a-z0-9-]{0,62}$/))
  .brand<'ApplicationId'>()
export type ApplicationId = z.infer<typeof ApplicationId>

/** Base64url without padding (RFC 4648 section 5). */
export const Base64url = z.string().check(z.regex(/^[A-Za-z0-9_-]*$/))
/** 32 bytes in base64url, in their one spelling: a digest, a proof, a nonce of a document. */
export const Bytes32 = z.string().check(z.regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/))
/** A JWS in compact serialisation (RFC 7515 section 3.1). */
export const CompactJws = z
  .string()
  .check(z.maxLength(16_384), z.regex(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/))
/** A moment in documents, `YYYY-MM-DDTHH:mm:ss.sssZ`. */
export const Timestamp = z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/))
/** A public P-256 key with exactly the four members that a thumbprint is made of (RFC 7638 section 3.2). */
export const PublicJwk = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: Bytes32,
  y: Bytes32,
})
export type PublicJwk = z.infer<typeof PublicJwk>

export const Locale = z.enum(['sv', 'en'])
export type Locale = z.infer<typeof Locale>

/** The languages, the first one being what is used when a person's language is none of them. */
export const locales = ['en', 'sv'] as const satisfies readonly Locale[]

// Controls and formats (the bidirectional ones among them), separators, lone surrogates, and what fonts draw nothing for.
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}\u2800]/u
// Belongs to a picture, and only there: ❤️ is two characters.
const pictures = /(\p{Extended_Pictographic})\uFE0F/gu
// More marks than any language heaps on a letter paint over the lines above and below.
const heap = /\p{M}{5}/u

const isPlain = (text: string): boolean => !unseen.test(text.replace(pictures, '$1')) && !heap.test(text)

/** Text that is shown to a person: NFC, on one line, all of it seen, nothing that turns the direction of reading. */
export const ShownText = (maximum: number) =>
  z.string().check(
    z.minLength(1),
    z.maxLength(maximum),
    z.refine((text) => isPlain(text) && text === text.normalize('NFC') && text.trim() === text),
  )

/** Text as a person types it. Without NUL, which PostgreSQL cannot hold. */
export const TypedText = (maximum: number) =>
  z.string().check(
    z.minLength(1),
    z.maxLength(maximum),
    z.refine((text) => !text.includes('\0')),
  )

/** A number of the binding `number`: 10 to 99. */
export const TwoDigits = z.string().check(z.regex(/^[1-9]\d$/))
export const SixDigits = z.string().check(z.regex(/^\d{6}$/))
export const EightDigits = z.string().check(z.regex(/^\d{8}$/))
