import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import vectors from '../../../vectors/unlock-secret.json' with { type: 'json' }
import { fromBase64url, toBase64url } from './bytes.ts'
import { canonicalBytes, canonicalText } from './canonical.ts'
import { sha256 } from './hashes.ts'
import { publicJwkOf } from './keys.ts'
import { ecdhKeyOf, publicPart } from './keys-for-tests.ts'
import { LinkTranscript } from './linking.ts'
import { RenewalTranscript } from './renewal.ts'
import { codeKeyOf, generateEcdhKey, proofKeyOf, sharedSecret, unlockSecretOf } from './unlock-secret.ts'

const transcript = LinkTranscript.parse(vectors.transcript)
const shared = fromBase64url(vectors.shared)
const unlockSecret = fromBase64url(vectors.unlockSecret)

describe('the vectors', () => {
  test('both sides arrive at the same point', async () => {
    const [phone, server] = [
      await ecdhKeyOf(vectors.phoneEcdh.privateJwk),
      await ecdhKeyOf(vectors.serverEcdh.privateJwk),
    ]
    expect(toBase64url(await sharedSecret(phone, transcript.server_ecdh_jwk))).toBe(vectors.shared)
    expect(toBase64url(await sharedSecret(server, transcript.phone_ecdh_jwk))).toBe(vectors.shared)
  })

  test('the transcript names the keys of this linking', () => {
    expect(transcript.sign_jwk).toEqual(publicPart(vectors.signKey.privateJwk))
    expect(transcript.phone_ecdh_jwk).toEqual(publicPart(vectors.phoneEcdh.privateJwk))
    expect(transcript.server_ecdh_jwk).toEqual(publicPart(vectors.serverEcdh.privateJwk))
    expect(canonicalText(transcript)).toBe(vectors.canonical)
    expect(toBase64url(sha256(canonicalBytes(transcript)))).toBe(vectors.salt)
  })

  test('the secret and its keys', () => {
    expect(toBase64url(unlockSecretOf(shared, transcript))).toBe(vectors.unlockSecret)
    expect(toBase64url(proofKeyOf(unlockSecret))).toBe(vectors.proofKey)
    expect(toBase64url(codeKeyOf(unlockSecret))).toBe(vectors.codeKey)
  })
})

test('the vector of a renewal', () => {
  const { canonical, unlockSecret } = vectors.renewal
  const renewed = RenewalTranscript.parse(vectors.renewal.transcript)
  expect(canonicalText(renewed)).toBe(canonical)
  expect(toBase64url(unlockSecretOf(shared, renewed))).toBe(unlockSecret)
})

describe('the unlock secret', () => {
  test('is another one for another transcript', () => {
    const other = LinkTranscript.parse({ ...vectors.transcript, device_name: 'Eriks mobil' })
    expect(unlockSecretOf(shared, other)).not.toEqual(unlockSecret)
  })

  test('is another one for another shared point, and so are its keys', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const secret = unlockSecretOf(bytes, transcript)
        expect(secret).not.toEqual(unlockSecret)
        expect(proofKeyOf(secret)).not.toEqual(proofKeyOf(unlockSecret))
        expect(codeKeyOf(secret)).not.toEqual(codeKeyOf(unlockSecret))
      }),
    )
  })
})

describe('an agreement', () => {
  test('of new keys is theirs alone', async () => {
    const [phone, server, other] = [await generateEcdhKey(), await generateEcdhKey(), await generateEcdhKey()]
    const agreed = await sharedSecret(phone.privateKey, await publicJwkOf(server.publicKey))
    expect(agreed).toHaveLength(32)
    expect(await sharedSecret(server.privateKey, await publicJwkOf(phone.publicKey))).toEqual(agreed)
    expect(await sharedSecret(other.privateKey, await publicJwkOf(server.publicKey))).not.toEqual(agreed)
  })

  test('is not made with a point that is not on the curve', async () => {
    const { privateKey } = await generateEcdhKey()
    const { x } = transcript.phone_ecdh_jwk
    await expect(sharedSecret(privateKey, { ...transcript.phone_ecdh_jwk, y: x })).rejects.toThrow()
    const zero = 'A'.repeat(43)
    await expect(sharedSecret(privateKey, { kty: 'EC', crv: 'P-256', x: zero, y: zero })).rejects.toThrow()
  })
})
