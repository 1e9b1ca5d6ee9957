/** Whether a public key of a credential is one: from a key that is none, anybody could sign, or nobody (RFC 9052 section 7). */
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { toBase64url } from '@countersign/protocol'
import * as z from 'zod/mini'

/** Bytes of their own, as CBOR may give a view of more. */
const Bytes = z.pipe(
  z.instanceof(Uint8Array),
  z.transform((bytes) => toBase64url(new Uint8Array(bytes))),
)

/** The three kinds of key of the algorithms that are taken, by the numbers of COSE (IANA COSE Key Common Parameters). */
const CoseKey = z.union([
  z.pipe(
    z.object({ 1: z.literal(2), [-1]: z.literal(1), [-2]: Bytes, [-3]: Bytes }),
    z.transform((key): JsonWebKey => ({ kty: 'EC', crv: 'P-256', x: key[-2], y: key[-3] })),
  ),
  z.pipe(
    z.object({ 1: z.literal(3), [-1]: Bytes, [-2]: Bytes }),
    z.transform((key): JsonWebKey => ({ kty: 'RSA', n: key[-1], e: key[-2] })),
  ),
  z.pipe(
    z.object({ 1: z.literal(1), [-1]: z.literal(6), [-2]: Bytes }),
    z.transform((key): JsonWebKey => ({ kty: 'OKP', crv: 'Ed25519', x: key[-2] })),
  ),
])

/** The y-coordinates of points of small order on edwards25519, without the sign: 0, 1, -1 (and 0 and 1 beyond the field), and two more. */
const smallOrder = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
])

function isOfLargeOrder(x: string): boolean {
  const bytes = Buffer.from(x, 'base64url')
  bytes.writeUInt8((bytes.at(-1) ?? 0) & 0x7f, bytes.length - 1)
  return !smallOrder.has(bytes.toString('hex'))
}

const isStrongRsa = ({ asymmetricKeyDetails: details }: KeyObject, modulus: string): boolean =>
  (details?.modulusLength ?? 0) >= 2_048 &&
  details?.publicExponent === 65_537n &&
  ((Buffer.from(modulus, 'base64url').at(-1) ?? 0) & 1) === 1

/**
 * Whether a decoded COSE_Key is a public key to verify with: a point on P-256, an RSA key of 2048 bits at least with the
 * usual exponent, or an Ed25519 point that is not of small order.
 *
 * @throws Error when it is no key at all
 */
export function isPublicKey(decoded: unknown): boolean {
  const jwk = CoseKey.parse(Object.fromEntries(z.instanceof(Map).parse(decoded)))
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  if (jwk.kty === 'OKP') return isOfLargeOrder(jwk.x ?? '')
  return jwk.kty === 'EC' || isStrongRsa(key, jwk.n ?? '')
}
