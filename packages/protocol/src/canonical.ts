/** Canonical bytes (RFC 8785), and what is signed over them. */
import canonicalize from 'canonicalize'
import type * as z from 'zod/mini'
import { equalBytes, fromUtf8, utf8 } from './bytes.ts'
import type { ApprovalDocument } from './document.ts'
import { sha256 } from './hashes.ts'

/** The canonical form of a JSON value. @throws TypeError for what JSON cannot say */
export function canonicalText(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('Not a JSON value.')
  return text
}

export const canonicalBytes = (value: unknown): Uint8Array => utf8(canonicalText(value))

/** The value whose canonical form the bytes are. @throws unless they are exactly that, and match the schema */
export function parseCanonical<Schema extends z.ZodMiniType>(schema: Schema, bytes: Uint8Array): z.output<Schema> {
  const value: unknown = JSON.parse(fromUtf8(bytes))
  if (!equalBytes(canonicalBytes(value), bytes)) throw new TypeError('Not in canonical form.')
  return schema.parse(value)
}

/** SHA-256 of the canonical document (protocol section 3). */
export const digestOf = (document: ApprovalDocument): Uint8Array => sha256(canonicalBytes(document))

/** `YYYY-MM-DDTHH:mm:ss.sssZ` of milliseconds since the epoch. */
export const formatTimestamp = (ms: number): string => new Date(ms).toISOString()

/** Milliseconds since the epoch. @throws TypeError when it is no such moment */
export function parseTimestamp(text: string): number {
  const ms = Date.parse(text)
  if (Number.isNaN(ms) || formatTimestamp(ms) !== text) throw new TypeError('Not a timestamp.')
  return ms
}
