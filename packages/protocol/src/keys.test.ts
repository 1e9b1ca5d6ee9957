import { describe, expect, test } from 'vitest'
import documents from '../../../vectors/document-digests.json' with { type: 'json' }
import secrets from '../../../vectors/unlock-secret.json' with { type: 'json' }
import { generateSigningKey, importVerifyKey, publicJwkOf, thumbprintOf } from './keys.ts'
import { publicPart } from './keys-for-tests.ts'
import type { PublicJwk } from './values.ts'

const key = publicPart(documents.key.privateJwk)

test.each([documents.key, secrets.signKey, secrets.documentKey])('the thumbprint $thumbprint', (vector) => {
  expect(thumbprintOf(publicPart(vector.privateJwk))).toBe(vector.thumbprint)
})

test('a thumbprint is of the four members alone, in any order', () => {
  const { kty, crv, x, y } = key
  const more = { use: 'sig', y, x, kid: 'a', crv, kty }
  expect(thumbprintOf(more)).toBe(thumbprintOf(key))
})

test('a public key comes back as it went in', async () => {
  expect(await publicJwkOf(await importVerifyKey(key))).toEqual(key)
})

describe('a point that is not on the curve', () => {
  const off: readonly PublicJwk[] = [
    { ...key, y: key.x },
    { ...key, x: 'A'.repeat(43), y: 'A'.repeat(43) },
    { ...key, x: `${'_'.repeat(42)}8` },
  ]
  test.each(off)('is refused: $x $y', async (jwk) => {
    await expect(importVerifyKey(jwk)).rejects.toThrow()
  })
})

describe('a new signing key', () => {
  test('leaves only where it may', async () => {
    const kept = await generateSigningKey({ extractable: false })
    await expect(crypto.subtle.exportKey('jwk', kept.privateKey)).rejects.toThrow()
    const stored = await generateSigningKey({ extractable: true })
    expect(await crypto.subtle.exportKey('jwk', stored.privateKey)).toMatchObject(await publicJwkOf(stored.publicKey))
  })

  test('is another one every time', async () => {
    const [a, b] = [await generateSigningKey({ extractable: false }), await generateSigningKey({ extractable: false })]
    expect(await publicJwkOf(a.publicKey)).not.toEqual(await publicJwkOf(b.publicKey))
  })
})

test('a key of another kind has no public JWK of ours', async () => {
  const key = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-384' }, false, ['sign', 'verify'])
  await expect(publicJwkOf(key.publicKey)).rejects.toThrow()
})
