/** Protocol sections 4 and 6, against an authenticator in software. */
import { createPrivateKey, sign } from 'node:crypto'
import {
  CredentialId,
  type CredentialRegistration,
  fromBase64url,
  sha256,
  toBase64url,
  utf8,
} from '@countersign/protocol'
import { type AuthenticatorFlag, type Ceremony, cborOf, createAuthenticator } from '@countersign/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ceremonyAt, verifyAssertion, verifyRegistration } from './credential.ts'

const phoneUrl = 'https://app.example.com'
const challenge = sha256(utf8('what is to be signed'))
const expected = ceremonyAt(phoneUrl, challenge)
const honest = createAuthenticator(phoneUrl)
const credential = { id: honest.credential, publicKey: honest.publicKey }

const mapOf = (text: string): Ceremony => ({ extensions: cborOf(new Map([[text, 1]])) })

/** The same bytes: of the last character of 32 bytes two bits are to spare. */
const otherSpelling = (text: string) => text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) + 1)

const makersCertificate = Buffer.from(
  'MIIBzjCCAXSgAwIBAgIBATAKBggqhkjOPQQDAjBXMQswCQYDVQQGEwJTRTEOMAwGA1UECgwFTWFrZXIxIjAgBgNVBAsMGUF1dGhlbnRpY2F0b3IgQXR0ZXN0YXRpb24xFDASBgNVBAMMC0F0dGVzdGF0aW9uMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjBXMQswCQYDVQQGEwJTRTEOMAwGA1UECgwFTWFrZXIxIjAgBgNVBAsMGUF1dGhlbnRpY2F0b3IgQXR0ZXN0YXRpb24xFDASBgNVBAMMC0F0dGVzdGF0aW9uMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEXpNdERYkgjQ1mgDlSt99f+51fo7BDgn8KgzstCYVaBwWRtCBD31lEIR/lI2K3ee8Xg/FjpxQ1fiSiyRlXuSZLaMvMC0wDAYDVR0TAQH/BAIwADAdBgNVHQ4EFgQUnAcCiVxnwtzOWIzZFx0g3h/r5cUwCgYIKoZIzj0EAwIDSAAwRQIgTb6CmIRYJgvRCoRfcG7ZHABLoHibcGfLQiDGBhQQ4l0CIQD1QO7+1FjEpx/xlltH3p8S9xk15Lx/qbZI12qYB7yvGA==',
  'base64',
)
const makersKey = createPrivateKey({
  key: Buffer.from(
    'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgXEVCHgUO0QQgjB+JMkVtXd22e+ij444QemmMmWrceUuhRANCAARek10RFiSCNDWaAOVK331/7nV+jsEOCfwqDOy0JhVoHBZG0IEPfWUQhH+UjYrd57xeD8WOnFDV+JKLJGVe5Jkt',
    'base64',
  ),
  format: 'der',
  type: 'pkcs8',
})

/** A maker's statement (WebAuthn section 8.2), with a certificate that is as it should be. */
const certified = (signed: Uint8Array) =>
  new Map<string, number | Uint8Array | Uint8Array[]>([
    ['alg', -7],
    ['sig', new Uint8Array(sign('sha256', signed, makersKey))],
    ['x5c', [new Uint8Array(makersCertificate)]],
  ])

/** What neither a registration nor an assertion may say. */
const faults: readonly (readonly [string, Ceremony])[] = [
  ['another origin', { origin: 'https://app.example.com.evil.example' }],
  ['the same host at another port', { origin: 'https://app.example.com:8443' }],
  ['the same host without TLS', { origin: 'http://app.example.com' }],
  ['a host above ours', { host: 'example.com' }],
  ['a host below ours', { host: 'x.app.example.com' }],
  ['a page in a frame of another origin', { clientData: { crossOrigin: true } }],
  ['a page above ours', { clientData: { topOrigin: 'https://evil.example' } }],
  ['a page above ours, which is said to be the same', { clientData: { crossOrigin: true, topOrigin: phoneUrl } }],
  ['a made-up kind of crossing', { clientData: { crossOrigin: 'no' } }],
  ['a challenge of other bytes', { clientData: { challenge: toBase64url(sha256(utf8('something else'))) } }],
  ['a challenge that is no text', { clientData: { challenge: [...challenge] } }],
  ['extensions that are announced and not there', { flags: ['UP', 'UV', 'AT', 'ED'] }],
  ['extensions that are there and not announced', mapOf('hmac-secret')],
  ['a copy in a cloud of a key that cannot be copied', { flags: ['UP', 'UV', 'AT', 'BS'] }],
]

describe('a registration', () => {
  test.each(['ES256', 'RS256', 'EdDSA'] as const)('of a key for %s is taken', async (algorithm) => {
    const authenticator = createAuthenticator(phoneUrl, algorithm)
    const registered = await verifyRegistration(authenticator.register(challenge), expected)
    expect(registered).toEqual({ id: authenticator.credential, publicKey: authenticator.publicKey })
  })

  test.each<[string, Ceremony]>([
    ['of a key that the platform copies', { flags: ['UP', 'UV', 'AT', 'BE', 'BS'] }],
    ['with extensions', { flags: ['UP', 'UV', 'AT', 'ED'], ...mapOf('hmac-secret') }],
    ['that its own key vouches for', { format: 'packed' }],
    ['that says nothing of frames', { clientData: { crossOrigin: undefined } }],
  ])('%s is taken', async (_, ceremony) => {
    expect(await verifyRegistration(honest.register(challenge, ceremony), expected)).toEqual(credential)
  })

  test.each<readonly [string, Ceremony]>([
    ...faults,
    ['an assertion in its place', { type: 'webauthn.get' }],
    ['a person who was there and not verified', { flags: ['UP', 'AT'] }],
    ['a person who was verified and not there', { flags: ['UV', 'AT'] }],
    ['no key', { flags: ['UP', 'UV'] }],
    ['a credential that is another one', { credential: createAuthenticator(phoneUrl).credential }],
    ['its credential in another spelling', { credential: otherSpelling(honest.credential) }],
    ['an unknown attestation', { format: 'made-up' }],
    ['an attestation of a maker', { format: 'apple' }],
    ['a statement where there is none', { statement: () => new Map([['sig', new Uint8Array(64)]]) }],
    [
      'its own signature, and a wrong one',
      {
        format: 'packed',
        statement: () =>
          new Map<string, number | Uint8Array>([
            ['alg', -7],
            ['sig', new Uint8Array(70)],
          ]),
      },
    ],
    ['the certificate of a maker, in good order', { format: 'packed', statement: certified }],
  ])('with %s is refused', async (_, ceremony) => {
    expect(await verifyRegistration(honest.register(challenge, ceremony), expected)).toBeNull()
  })

  test.each<[string, 'ES256' | 'RS256' | 'EdDSA', (key: Buffer) => unknown]>([
    ['not on the curve', 'ES256', (key) => key.set([(key.at(-1) ?? 0) ^ 1], key.length - 1)],
    ['all zero', 'ES256', (key) => key.fill(0, 10, 42).fill(0, 45)],
    ['beyond the field', 'ES256', (key) => key.fill(0xff, 10, 42)],
    ['all zero, of Ed25519', 'EdDSA', (key) => key.fill(0, key.length - 32)],
    ['the neutral point of Ed25519', 'EdDSA', (key) => key.set([1, ...Array(31).fill(0)], key.length - 32)],
    [
      'the neutral point of Ed25519 with a sign',
      'EdDSA',
      (key) => key.set([1, ...Array(30).fill(0), 0x80], key.length - 32),
    ],
    ['all zero, of RSA', 'RS256', (key) => key.fill(0, key.length - 261, key.length - 5)],
    ['an RSA key with the exponent 1', 'RS256', (key) => key.set([0, 0, 1], key.length - 3)],
    ['an even RSA key', 'RS256', (key) => key.set([2], key.length - 6)],
  ])('of a public key that is none (%s) is refused', async (_name, algorithm, spoil) => {
    const authenticator = createAuthenticator(phoneUrl, algorithm)
    const made = authenticator.register(challenge)
    const attestation = Buffer.from(fromBase64url(made.attestation))
    const key = Buffer.from(authenticator.publicKey)
    spoil(key)
    expect(key.equals(authenticator.publicKey)).toBe(false)
    attestation.set(key, attestation.indexOf(authenticator.publicKey))
    const registration = { ...made, attestation: toBase64url(new Uint8Array(attestation)) }
    expect(await verifyRegistration(registration, expected)).toBeNull()
  })

  test('of a key for another algorithm is refused', async () => {
    const registration = honest.register(challenge)
    const changed = fromBase64url(registration.attestation)
    // The COSE key begins with kty 2 and alg -7: 01 02 03 26. In its place 25 is alg -6.
    const alg = Buffer.from(changed).indexOf(Buffer.from([1, 2, 3, 0x26])) + 3
    changed[alg] = 0x25
    expect(await verifyRegistration({ ...registration, attestation: toBase64url(changed) }, expected)).toBeNull()
  })

  test.each<[string, Partial<CredentialRegistration>]>([
    ['that is no CBOR', { attestation: toBase64url(new Uint8Array([0xff, 0xff])) }],
    ['that is a number', { attestation: toBase64url(cborOf(7)) }],
    ['that lacks all members', { attestation: toBase64url(cborOf(new Map())) }],
    ['whose data is text', { attestation: toBase64url(cborOf(new Map([['authData', 'x']]))) }],
    ['that is nested 3000 times', { attestation: toBase64url(new Uint8Array(3_000).fill(0x81)) }],
    ['of client data that is no JSON', { client_data: toBase64url(utf8('{')) }],
    ['of client data that is null', { client_data: toBase64url(utf8('null')) }],
    ['of client data that is no UTF-8', { client_data: toBase64url(new Uint8Array([0xc0, 0x80])) }],
    ['of client data in another spelling', { client_data: `${honest.register(challenge).client_data}A` }],
  ])('%s is refused', async (_, fault) => {
    expect(await verifyRegistration({ ...honest.register(challenge), ...fault }, expected)).toBeNull()
  })

  test('of any bytes whatever never throws, and gives no credential but the one that was named', async () => {
    const bytes = fc.uint8Array({ maxLength: 300 })
    const shape = fc.record({ client_data: fc.option(bytes), attestation: fc.option(bytes) })
    await fc.assert(
      fc.asyncProperty(shape, async ({ client_data, attestation }) => {
        const made = honest.register(challenge)
        const registration = {
          credential: made.credential,
          client_data: client_data === null ? made.client_data : toBase64url(client_data),
          attestation: attestation === null ? made.attestation : toBase64url(attestation),
        }
        const isWhole = client_data === null && attestation === null
        expect(await verifyRegistration(registration, expected)).toEqual(isWhole ? credential : null)
      }),
      { numRuns: 300 },
    )
  })

  test('with any byte changed never throws, and stays the same credential or none', async () => {
    const made = honest.register(challenge)
    const whole = fromBase64url(made.attestation)
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const changed = new Uint8Array(whole)
        changed[at] = (changed[at] ?? 0) ^ change
        const registered = await verifyRegistration({ ...made, attestation: toBase64url(changed) }, expected)
        if (registered !== null) expect(registered.id).toBe(made.credential)
      }),
      { numRuns: 300 },
    )
  })
})

describe('an assertion', () => {
  test.each(['ES256', 'RS256', 'EdDSA'] as const)('of a key for %s is taken', async (algorithm) => {
    const authenticator = createAuthenticator(phoneUrl, algorithm)
    const own = { id: authenticator.credential, publicKey: authenticator.publicKey }
    expect(await verifyAssertion(authenticator.assert(challenge), own, expected)).toBe(true)
    expect(await verifyAssertion(authenticator.assert(challenge), credential, expected)).toBe(false)
  })

  test.each<[string, Ceremony]>([
    ['of a key that the platform copies', { flags: ['UP', 'UV', 'BE', 'BS'] }],
    ['with extensions', { flags: ['UP', 'UV', 'ED'], ...mapOf('hmac-secret') }],
    ['of an authenticator that counts', { counter: 41 }],
    ['that says nothing of frames', { clientData: { crossOrigin: undefined } }],
  ])('%s is taken', async (_, ceremony) => {
    expect(await verifyAssertion(honest.assert(challenge, ceremony), credential, expected)).toBe(true)
  })

  const without = (flags: readonly AuthenticatorFlag[] = []) => flags.filter((flag) => flag !== 'AT')
  test.each<readonly [string, Ceremony]>([
    ...faults.map(
      ([name, { flags, ...rest }]) => [name, flags === undefined ? rest : { ...rest, flags: without(flags) }] as const,
    ),
    ['a registration in its place', { type: 'webauthn.create' }],
    ['a person who was there and not verified', { flags: ['UP'] }],
    ['a person who was verified and not there', { flags: ['UV'] }],
    ['a key that is announced and not there', { flags: ['UP', 'UV', 'AT'] }],
  ])('with %s is refused', async (_, ceremony) => {
    expect(await verifyAssertion(honest.assert(challenge, ceremony), credential, expected)).toBe(false)
  })

  test('of which any byte that is signed is changed is refused', async () => {
    const made = honest.assert(challenge)
    const parts = fc.constantFrom('client_data', 'authenticator_data')
    await fc.assert(
      fc.asyncProperty(parts, fc.nat(), fc.integer({ min: 1, max: 255 }), async (part, place, change) => {
        const changed = fromBase64url(made[part])
        const at = place % changed.length
        changed[at] = (changed[at] ?? 0) ^ change
        expect(await verifyAssertion({ ...made, [part]: toBase64url(changed) }, credential, expected)).toBe(false)
      }),
      { numRuns: 300 },
    )
  })

  test('of which any part is other bytes never throws, and is refused', async () => {
    const made = honest.assert(challenge)
    const parts = fc.constantFrom('client_data', 'authenticator_data', 'signature')
    await fc.assert(
      fc.asyncProperty(parts, fc.uint8Array({ maxLength: 300 }), async (part, bytes) => {
        expect(await verifyAssertion({ ...made, [part]: toBase64url(bytes) }, credential, expected)).toBe(false)
      }),
      { numRuns: 300 },
    )
  })

  test('by a key that is none, or not on its curve, is refused', async () => {
    const noKeys = [new Uint8Array(), utf8('no key'), cborOf(new Map([[1, 2]])), honest.publicKey.slice(0, -1)]
    const offCurve = new Uint8Array(honest.publicKey)
    offCurve[offCurve.length - 1] = (offCurve.at(-1) ?? 0) ^ 1
    for (const publicKey of [...noKeys, offCurve]) {
      const broken = { id: CredentialId.parse(honest.credential), publicKey }
      expect(await verifyAssertion(honest.assert(challenge), broken, expected)).toBe(false)
    }
  })
})
