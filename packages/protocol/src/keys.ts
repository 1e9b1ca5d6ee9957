/** P-256 keys that sign, and the names they go by. */
import type { CryptoKey } from 'jose'
import { toBase64url } from './bytes.ts'
import { canonicalBytes } from './canonical.ts'
import { sha256 } from './hashes.ts'
import { PublicJwk } from './values.ts'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const

export interface KeyPair {
  readonly publicKey: CryptoKey
  readonly privateKey: CryptoKey
}

/** The id of a key: the SHA-256 thumbprint of RFC 7638 in base64url. */
export const thumbprintOf = ({ crv, kty, x, y }: PublicJwk): string =>
  toBase64url(sha256(canonicalBytes({ crv, kty, x, y })))

/** The public half, in exactly the four members that a thumbprint is made of. @throws Error when it is no P-256 key */
export async function publicJwkOf(publicKey: CryptoKey): Promise<PublicJwk> {
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', publicKey)
  return PublicJwk.parse({ kty, crv, x, y })
}

/** A key to verify signatures with. @throws DOMException `DataError` when the point is not on the curve */
export const importVerifyKey = (jwk: PublicJwk): Promise<CryptoKey> =>
  crypto.subtle.importKey('jwk', jwk, algorithm, true, ['verify'])

/** A new key pair to sign with. The private key leaves WebCrypto only where `extractable` says so. */
export const generateSigningKey = ({ extractable }: { readonly extractable: boolean }): Promise<KeyPair> =>
  crypto.subtle.generateKey(algorithm, extractable, ['sign', 'verify'])
