/**
 * Signed bytes: JWS in compact serialisation (RFC 7515), ES256 (RFC 7518 section 3.4), and nothing that could be
 * otherwise. Documents, decisions, transcripts and activations are told apart by `typ`, and so can never be taken for
 * each other.
 */
import type { CryptoKey } from 'jose'
import * as z from 'zod/mini'
import { fromBase64url, toBase64url, utf8 } from './bytes.ts'
import { canonicalBytes, parseCanonical } from './canonical.ts'
import { Bytes32, CompactJws } from './values.ts'

const Header = z.strictObject({ alg: z.literal('ES256'), kid: Bytes32, typ: z.string() })

export interface SignJws {
  /** The `typ` of the header, such as `documentType`. */
  readonly type: string
  /** Thumbprint of the key. */
  readonly keyId: string
  readonly payload: Uint8Array
  /** The private key. */
  readonly key: CryptoKey
}

const algorithm = { name: 'ECDSA', hash: 'SHA-256' } as const

/** Signs the payload as it is. The header is exactly `{"alg":"ES256","kid":…,"typ":…}`, in this order. */
export async function signJws({ type, keyId, payload, key }: SignJws): Promise<string> {
  const header = toBase64url(canonicalBytes({ alg: 'ES256', kid: keyId, typ: type }))
  const signed = `${header}.${toBase64url(payload)}`
  const signature = await crypto.subtle.sign(algorithm, key, utf8(signed))
  return `${signed}.${toBase64url(new Uint8Array(signature))}`
}

export interface JwsExpectations {
  /** The only `typ` that is accepted. */
  readonly type: string
  /** The public keys that may have signed, by their thumbprints. */
  readonly keys: ReadonlyMap<string, CryptoKey> | ((keyId: string) => CryptoKey | undefined)
}

export interface VerifiedJws {
  readonly keyId: string
  readonly payload: Uint8Array<ArrayBuffer>
}

/**
 * The payload of a JWS and who signed it, or null: for any fault, a header with more, less or other spelling than
 * `signJws` makes, and base64url that is not canonical.
 *
 * @example
 * const verified = await verifyJws(jws, { type: decisionType, keys: new Map([[thumbprint, key]]) })
 */
export async function verifyJws(jws: string, { type, keys }: JwsExpectations): Promise<VerifiedJws | null> {
  const parsed = parseJws(jws)
  if (parsed === null || parsed.type !== type) return null
  const key = typeof keys === 'function' ? keys(parsed.keyId) : keys.get(parsed.keyId)
  if (key === undefined) return null
  const right = await crypto.subtle.verify(algorithm, key, parsed.signature, parsed.signed)
  return right ? { keyId: parsed.keyId, payload: parsed.payload } : null
}

/** The thumbprint of the key that a JWS says it was signed by, or null when it is none. Nothing is verified. */
export const keyIdOf = (jws: string): string | null => parseJws(jws)?.keyId ?? null

interface ParsedJws extends VerifiedJws {
  readonly type: string
  readonly signature: Uint8Array<ArrayBuffer>
  /** What the signature is over. */
  readonly signed: Uint8Array<ArrayBuffer>
}

function parseJws(jws: string): ParsedJws | null {
  if (!CompactJws.safeParse(jws).success) return null
  const [header = '', payload = '', signature = ''] = jws.split('.')
  try {
    const { kid, typ } = parseCanonical(Header, fromBase64url(header))
    return {
      keyId: kid,
      type: typ,
      payload: fromBase64url(payload),
      signature: fromBase64url(signature),
      signed: utf8(`${header}.${payload}`),
    }
  } catch {
    return null
  }
}
