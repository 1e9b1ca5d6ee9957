import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import vectors from '../../../vectors/receipts.json' with { type: 'json' }
import { utf8 } from './bytes.ts'
import { canonicalBytes, canonicalText, parseCanonical } from './canonical.ts'
import { decisionType } from './decision.ts'
import { documentType, longestDocument } from './document.ts'
import { linkType } from './linking.ts'
import { ReceiptPayload, receiptKeysOf, receiptType, verifyReceipt } from './receipt.ts'
import {
  decisionOn,
  deviceSigned,
  login,
  receiptSigner,
  secondRound,
  serverAttested,
  signDecision,
  transfer,
} from './receipts-for-tests.ts'
import { ApplicationId, CompactJws } from './values.ts'

const keys = receiptKeysOf(vectors.jwks)
const expected = { keys, issuer: vectors.issuer, application: vectors.application }
const sign = await receiptSigner({ ...vectors.key.privateJwk, thumbprint: vectors.key.thumbprint })
const signReceipt = (payload: unknown) => sign(canonicalBytes(payload))

const anyId = ApplicationId.parse('a'.repeat(63))

const faultOf = async (jws: string, about = expected): Promise<string> => {
  const verified = await verifyReceipt(jws, about)
  return verified.kind === 'invalid' ? verified.fault : 'none'
}

describe('the vectors', () => {
  test.each(vectors.vectors)('$name', async ({ payload, canonical, jws }) => {
    expect(canonicalText(payload)).toBe(canonical)
    expect(parseCanonical(ReceiptPayload, utf8(canonical))).toEqual(payload)
    expect(await verifyReceipt(jws, expected)).toEqual({ kind: 'valid', receipt: payload })
  })

  test.each(vectors.refused)('refused: $name', async ({ fault, jws }) => {
    expect(await faultOf(jws)).toBe(fault)
  })

  test('among them is every fault', () => {
    expect(new Set(vectors.refused.map(({ fault }) => fault))).toEqual(new Set(['signature', 'audience', 'decision']))
  })
})

describe('abuse-12 what is none', () => {
  const jws = vectors.vectors[1]?.jws ?? ''

  test('one character that is another one, one more or one less, anywhere', async () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n'
    const change = fc.record({
      at: fc.nat({ max: jws.length - 1 }),
      letter: fc.constantFrom('', ...letters),
      rest: fc.constantFrom(0, 1),
    })
    await fc.assert(
      fc.asyncProperty(change, async ({ at, letter, rest }) => {
        const changed = jws.slice(0, at) + letter + jws.slice(at + rest)
        fc.pre(changed !== jws)
        expect(await faultOf(changed)).toBe('signature')
      }),
      { numRuns: 1_000 },
    )
  })

  test('parts of two receipts', async () => {
    const [header, payload] = jws.split('.')
    const signature = vectors.vectors[0]?.jws.split('.')[2]
    expect(await faultOf([header, payload, signature].join('.'))).toBe('signature')
  })

  test('anything but a text of three parts', async () => {
    for (const text of ['', '..', 'receipt', `${jws}.`, ` ${jws}`, jws.slice(0, -10)]) {
      expect(await faultOf(text)).toBe('signature')
    }
  })

  test('what the very key of receipts has signed as something else', async () => {
    const payload = utf8(vectors.vectors[1]?.canonical ?? '')
    for (const type of [documentType, decisionType, linkType, 'JWT', receiptType.toUpperCase()]) {
      expect(await faultOf(await sign(payload, type))).toBe('signature')
    }
    expect(await faultOf(await sign(payload))).toBe('none')
  })

  test('a receipt, where no key or only foreign ones are trusted', async () => {
    expect(await faultOf(jws, { ...expected, keys: [] })).toBe('signature')
    expect(await faultOf(jws, { ...expected, keys: keys.slice(1) })).toBe('signature')
  })
})

describe('abuse-15 whom it is for', () => {
  const jws = vectors.vectors[1]?.jws ?? ''

  test('another issuer or application than the one that is expected', async () => {
    for (const issuer of ['https://id.strand.example/', 'http://id.strand.example', 'https://id.other.example', '']) {
      expect(await faultOf(jws, { ...expected, issuer })).toBe('audience')
    }
    for (const application of ['other', 'Strand', '']) {
      expect(await faultOf(jws, { ...expected, application })).toBe('audience')
    }
  })

  test('anybody, where nobody is expected, as long as receipt and document agree', async () => {
    expect((await verifyReceipt(jws, { keys })).kind).toBe('valid')
    expect((await verifyReceipt(jws, { keys, issuer: vectors.issuer })).kind).toBe('valid')
    const another = await signReceipt({ ...(await deviceSigned(transfer)), iss: 'https://id.other.example' })
    expect(await verifyReceipt(another, { keys })).toEqual({ kind: 'invalid', fault: 'audience' })
  })
})

describe('what the phone signed', () => {
  const decision = decisionOn(transfer)

  test.each([
    ['another server', { ...decision, aud: 'https://id.other.example' }],
    ['another approval', { ...decision, approval: login.approval }],
    ['another round', { ...decision, round: 2 }],
    ['another device', { ...decision, device: `dev_${'A'.repeat(22)}` }],
    ['another document', { ...decision, digest: decisionOn(login).digest }],
    ['a decline', { ...decision, decision: 'decline' }],
    ['another binding', { ...decision, binding: 'plain', binding_value: null }],
    ['no number, though one was to be picked', { ...decision, binding_value: null }],
    ['an unknown version', { ...decision, v: 2 }],
    ['a member more', { ...decision, note: 'x' }],
    ['a fingerprint, and the receipt a passcode', { ...decision, unlock: 'fpt' }],
  ])('is about %s', async (_, payload) => {
    const receipt = { ...(await deviceSigned(transfer)), decision: await signDecision(payload) }
    expect(await faultOf(await signReceipt(receipt))).toBe('decision')
  })

  test('is something else than a decision', async () => {
    const receipt = { ...(await deviceSigned(transfer)), decision: await signDecision(decision, linkType) }
    expect(await faultOf(await signReceipt(receipt))).toBe('decision')
  })

  test('is by a key that is no point of the curve', async () => {
    const zeros = `${'A'.repeat(43)}`
    const receipt = { ...(await deviceSigned(transfer)), device_key: { kty: 'EC', crv: 'P-256', x: zeros, y: zeros } }
    expect(await faultOf(await signReceipt(receipt))).toBe('decision')
  })

  test('is about what was shown: no member of the document can be another one', async () => {
    const receipt = await deviceSigned(transfer)
    const changes = {
      headline: 'Betala 1 kr',
      lines: [...transfer.lines, { label: 'Avgift', value: '0 kr' }],
      data: { ...transfer.data, amount: '1.00 SEK' },
      context: { place: 'Malmö', browser: null },
      account: `acc_${'A'.repeat(22)}`,
      template: transfer.template + 1,
      locale: transfer.locale === 'sv' ? 'en' : 'sv',
      action: 'login',
      nonce: 'A'.repeat(43),
      issued: secondRound.issued,
      expires: secondRound.expires,
    }
    for (const [member, change] of Object.entries(changes)) {
      const document = { ...transfer, [member]: change }
      expect([member, await faultOf(await signReceipt({ ...receipt, document }))]).toEqual([member, 'decision'])
    }
  })
})

describe('what the server attests', () => {
  test.each(['offline-typed', 'offline-qr', 'sms'] as const)('an answer by %s has no signature', async (method) => {
    const attested = { ...(await serverAttested(secondRound)), method }
    expect(await faultOf(await signReceipt(attested))).toBe('none')
    const decision = await signDecision(decisionOn(secondRound))
    expect(await faultOf(await signReceipt({ ...attested, decision }))).toBe('decision')
    expect(await faultOf(await signReceipt({ ...attested, decision, evidence: 'device-signed' }))).toBe('decision')
  })
})

describe('the keys of a JWK set', () => {
  const [key] = vectors.jwks.keys

  test('are those that sign on P-256; others may be there', () => {
    const others = [
      { kty: 'RSA', n: 'AQAB', e: 'AQAB', use: 'sig' },
      { kty: 'OKP', crv: 'Ed25519', x: key?.x },
      { ...key, use: 'enc' },
      { ...key, alg: 'ECDH-ES' },
      { ...key, crv: 'P-384' },
      'key',
      null,
    ]
    expect(receiptKeysOf({ keys: [...others, ...vectors.jwks.keys] })).toEqual(keys)
    expect(receiptKeysOf({ keys: [{ ...key, use: undefined, alg: undefined }], more: 1 })).toEqual(keys.slice(0, 1))
    expect(receiptKeysOf({ keys: [] })).toEqual([])
  })

  test.each([[null], [[]], [{}], [{ keys: {} }], ['keys']])('%j is none', (value) => {
    expect(() => receiptKeysOf(value)).toThrow()
  })
})

test('a document of the largest size has a receipt that can be read', async () => {
  const issuer = `https://${'a'.repeat(63)}.example`
  const document = { ...transfer, audience: issuer, application: { ...transfer.application, id: anyId }, data: {} }
  const room = longestDocument - canonicalBytes({ ...document, data: { text: '' } }).length
  const largest = { ...document, data: { text: 'a'.repeat(room) } }
  expect(canonicalBytes(largest)).toHaveLength(longestDocument)
  const payload = { ...decisionOn(largest), unlock: 'face', binding_value: '9'.repeat(200) }
  const receipt = { ...(await deviceSigned(largest)), decision: await signDecision(payload) }
  expect(CompactJws.safeParse(await signReceipt(receipt)).success).toBe(true)
})
