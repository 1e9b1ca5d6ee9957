/**
 * The document of a round: what the person is asked, exactly as shown (protocol section 3).
 *
 * Shape only; `canonical.ts` makes the bytes, `jws.ts` signs them.
 */
import * as z from 'zod/mini'
import { AccountId, ApplicationId, ApprovalId, Bytes32, DeviceId, Locale, ShownText, Timestamp } from './values.ts'

/** How page and phone are tied together. What an action asks for may be raised, never lowered. */
export const Binding = z.enum(['plain', 'number', 'code', 'qr'])
export type Binding = z.infer<typeof Binding>

/** A value is as long as the longest e-mail address (RFC 5321 section 4.5.3.1.3). */
export const Line = z.strictObject({ label: ShownText(60), value: ShownText(254) })
export type Line = z.infer<typeof Line>

/** What is asked for: `login`, `transfer.create`. */
export const ActionName = z.string().check(z.regex(/^[a-z][a-z-]*(\.[a-z][a-z-]*)?$/), z.maxLength(60))
export type ActionName = z.infer<typeof ActionName>

/** What the action is about, from which headline and lines are made. */
export const ActionData = z.record(z.string().check(z.maxLength(60)), z.string().check(z.maxLength(500)))
export type ActionData = z.infer<typeof ActionData>

export const ApprovalDocument = z.strictObject({
  v: z.literal(1),
  approval: ApprovalId,
  round: z.int().check(z.minimum(1), z.maximum(6)),
  /** The issuer URL of the server. */
  audience: z.url(),
  account: AccountId,
  device: DeviceId,
  application: z.strictObject({ id: ApplicationId, name: ShownText(60) }),
  action: ActionName,
  /** The version of the action's template that made headline and lines. */
  template: z.int().check(z.minimum(1)),
  locale: Locale,
  headline: ShownText(120),
  lines: z.array(Line).check(z.maxLength(12)),
  data: ActionData,
  context: z.strictObject({
    /** Where the request came from, or null when unknown. Always approximate, and shown as such. */
    place: z.nullable(ShownText(80)),
    browser: z.nullable(ShownText(80)),
  }),
  binding: Binding,
  nonce: Bytes32,
  issued: Timestamp,
  expires: Timestamp,
})
export type ApprovalDocument = z.infer<typeof ApprovalDocument>

/** The most bytes of a document's canonical form: more, and its receipt would not fit into a `CompactJws`. */
export const longestDocument = 10_000

/** The JWS `typ` of a signed document. */
export const documentType = 'countersign-document+jwt'
