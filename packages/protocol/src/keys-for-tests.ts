/** Keys of the vectors, for the tests beside this file. */
import type { CryptoKey } from 'jose'
import { importVerifyKey, type KeyPair } from './keys.ts'
import { PublicJwk } from './values.ts'

interface PrivateJwk {
  readonly kty: string
  readonly crv: string
  readonly x: string
  readonly y: string
  readonly d: string
}

export const publicPart = ({ kty, crv, x, y }: Omit<PrivateJwk, 'd'>): PublicJwk => PublicJwk.parse({ kty, crv, x, y })

export const signingKeyOf = async (jwk: PrivateJwk): Promise<KeyPair> => ({
  publicKey: await importVerifyKey(publicPart(jwk)),
  privateKey: await crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']),
})

export const ecdhKeyOf = (jwk: PrivateJwk): Promise<CryptoKey> =>
  crypto.subtle.importKey('jwk', jwk, { name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits'])
