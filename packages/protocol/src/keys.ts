/** P-256 keys: thumbprints, import, generation. */
import { toBase64url, utf8 } from './bytes.ts'
import { sha256 } from './hashes.ts'
import { PublicJwk } from './values.ts'

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256' }

/** RFC 7638 thumbprint (SHA-256) in base64url. */
export const thumbprintOf = ({ crv, kty, x, y }: PublicJwk): string =>
  toBase64url(sha256(utf8(JSON.stringify({ crv, kty, x, y }))))

/** The four public members of a P-256 key. */
export async function publicJwkOf(key: CryptoKey): Promise<PublicJwk> {
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', key)
  return PublicJwk.parse({ kty, crv, x, y })
}

/** @throws when the point is not on the curve */
export const importVerifyKey = (jwk: PublicJwk): Promise<CryptoKey> =>
  crypto.subtle.importKey('jwk', jwk, ecdsa, true, ['verify'])

export const generateSigningKey = ({ extractable }: { readonly extractable: boolean }): Promise<CryptoKeyPair> =>
  crypto.subtle.generateKey(ecdsa, extractable, ['sign', 'verify'])
