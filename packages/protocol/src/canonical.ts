/** The one form in bytes of a document, a decision, a transcript (RFC 8785, protocol section 3). */
import canonicalize from 'canonicalize'
import type * as z from 'zod/mini'
import { fromUtf8, utf8 } from './bytes.ts'
import type { ApprovalDocument } from './document.ts'
import { sha256 } from './hashes.ts'

/** The canonical JSON of a value. @throws TypeError when JSON cannot say it */
export function canonicalText(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('This value has no JSON.')
  return text
}

/** The canonical JSON of a value, in UTF-8. @throws TypeError when JSON cannot say it */
export const canonicalBytes = (value: unknown): Uint8Array<ArrayBuffer> => utf8(canonicalText(value))

/**
 * The value in the bytes.
 *
 * @throws Error unless the bytes are the canonical form of a value that the schema takes, down to the last one: no
 * space, other order, second spelling, repeated or unknown member
 */
export function parseCanonical<Schema extends z.ZodMiniType>(schema: Schema, bytes: Uint8Array): z.output<Schema> {
  const text = fromUtf8(bytes)
  const value = schema.parse(JSON.parse(text))
  if (canonicalText(value) !== text) throw new TypeError('Not in canonical form.')
  return value
}

/** SHA-256 of the document's canonical form: what decisions and codes are about. 32 bytes. */
export const digestOf = (document: ApprovalDocument): Uint8Array<ArrayBuffer> => sha256(canonicalBytes(document))

const timestampForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** `YYYY-MM-DDTHH:mm:ss.sssZ` of milliseconds since the epoch. @throws RangeError outside of the years 0 to 9999 */
export function formatTimestamp(ms: number): string {
  const text = new Date(ms).toISOString()
  if (!timestampForm.test(text)) throw new RangeError('A moment that a timestamp cannot say.')
  return text
}

/** Milliseconds since the epoch. @throws TypeError when the text is not a timestamp, or names a moment that there is not */
export function parseTimestamp(text: string): number {
  const ms = timestampForm.test(text) ? Date.parse(text) : Number.NaN
  // Some engines take 30 February for 2 March.
  if (Number.isNaN(ms) || formatTimestamp(ms) !== text) throw new TypeError('Not a timestamp.')
  return ms
}
