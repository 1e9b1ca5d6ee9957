/** JWS in compact serialisation (RFC 7515) with ES256 and a header of exactly `alg`, `kid`, `typ`. */
import { CompactSign, compactVerify } from 'jose'
import * as z from 'zod/mini'
import { fromBase64url, fromUtf8 } from './bytes.ts'
import { Bytes32 } from './values.ts'

const Header = z.strictObject({ alg: z.literal('ES256'), kid: Bytes32, typ: z.string() })

/** Signs `payload` as it is. */
export const signJws = (input: {
  readonly type: string
  readonly keyId: string
  readonly payload: Uint8Array
  readonly key: CryptoKey
}): Promise<string> =>
  new CompactSign(input.payload)
    .setProtectedHeader({ alg: 'ES256', kid: input.keyId, typ: input.type })
    .sign(input.key)

export interface VerifiedJws {
  readonly keyId: string
  readonly payload: Uint8Array
}

/** The payload when everything is right, else null: another type, a header with more or less, an unknown key, a wrong signature. */
export async function verifyJws(
  jws: string,
  expected: { readonly type: string; readonly keys: ReadonlyMap<string, CryptoKey> | ((keyId: string) => CryptoKey | undefined) },
): Promise<VerifiedJws | null> {
  try {
    const parts = jws.split('.')
    if (parts.length !== 3) return null
    const [headerText = '', payload = '', signature = ''] = parts
    const header = Header.parse(JSON.parse(fromUtf8(fromBase64url(headerText))))
    if (header.typ !== expected.type || fromBase64url(signature).length !== 64) return null
    const { keys } = expected
    const key = typeof keys === 'function' ? keys(header.kid) : keys.get(header.kid)
    if (key === undefined) return null
    const bytes = fromBase64url(payload)
    await compactVerify(jws, key, { algorithms: ['ES256'] })
    return { keyId: header.kid, payload: bytes }
  } catch {
    return null
  }
}
