import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import documents from '../../../vectors/document-digests.json' with { type: 'json' }
import proofs from '../../../vectors/proofs.json' with { type: 'json' }
import secrets from '../../../vectors/unlock-secret.json' with { type: 'json' }
import { fromUtf8, toBase64url, utf8 } from './bytes.ts'
import { decisionType } from './decision.ts'
import { documentType } from './document.ts'
import { signJws, verifyJws } from './jws.ts'
import { signingKeyOf } from './keys-for-tests.ts'
import { activationType, linkType } from './linking.ts'

const serverKey = await signingKeyOf(documents.key.privateJwk)
const deviceKey = await signingKeyOf(proofs.key.privateJwk)
const keys = new Map([
  [documents.key.thumbprint, serverKey.publicKey],
  [proofs.key.thumbprint, deviceKey.publicKey],
])
const keyId = documents.key.thumbprint
const payload = utf8('{"a":1}')
const sign = (type: string) => signJws({ type, keyId, payload, key: serverKey.privateKey })
const jws = await sign(documentType)

/** A JWS with this header, signed rightly. */
async function signedWith(header: string): Promise<string> {
  const signed = `${toBase64url(utf8(header))}.${toBase64url(payload)}`
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, serverKey.privateKey, utf8(signed))
  return `${signed}.${toBase64url(new Uint8Array(signature))}`
}

describe('what was signed', () => {
  test('is given back with who signed it', async () => {
    expect(await verifyJws(jws, { type: documentType, keys })).toEqual({ keyId, payload })
    const find = (id: string) => keys.get(id)
    expect(await verifyJws(jws, { type: documentType, keys: find })).toEqual({ keyId, payload })
  })

  test('has a header of three members in one order', () => {
    expect(atob(jws.split('.')[0] ?? '')).toBe(`{"alg":"ES256","kid":"${keyId}","typ":"countersign-document+jwt"}`)
  })

  test('is kept to the byte, canonical or not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1 }), async (payload) => {
        const jws = await signJws({ type: linkType, keyId, payload, key: serverKey.privateKey })
        expect(await verifyJws(jws, { type: linkType, keys })).toEqual({ keyId, payload })
      }),
    )
  })

  test.each([
    ...documents.vectors.map(({ jws, canonical }) => ({ jws, canonical, type: documentType })),
    ...proofs.vectors.map(({ jws, canonical, type }) => ({ jws, canonical, type })),
    { jws: secrets.phoneJws, canonical: secrets.canonical, type: linkType },
    { jws: secrets.serverJws, canonical: secrets.canonical, type: linkType },
  ])('verifies in the vectors: $type', async ({ jws, canonical, type }) => {
    const verified = await verifyJws(jws, { type, keys })
    expect(verified && fromUtf8(verified.payload)).toBe(canonical)
  })
})

describe('nothing is given', () => {
  test('for another type', async () => {
    for (const type of [decisionType, linkType, activationType, '', 'countersign-document+JWT']) {
      expect(await verifyJws(jws, { type, keys })).toBeNull()
    }
  })

  test('for a key that is not known, or another one of the same name', async () => {
    expect(await verifyJws(jws, { type: documentType, keys: new Map() })).toBeNull()
    expect(await verifyJws(jws, { type: documentType, keys: new Map([[keyId, deviceKey.publicKey]]) })).toBeNull()
    expect(await verifyJws(jws, { type: documentType, keys: () => undefined })).toBeNull()
  })

  test('when any character is another one', async () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n'
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: jws.length - 1 }), fc.constantFrom(...letters), async (at, letter) => {
        fc.pre(jws[at] !== letter)
        const changed = jws.slice(0, at) + letter + jws.slice(at + 1)
        expect(await verifyJws(changed, { type: documentType, keys })).toBeNull()
      }),
      { numRuns: 500 },
    )
  })

  const [header = '', body = '', signature = ''] = jws.split('.')
  test.each([
    ['empty', ''],
    ['two parts', `${header}.${body}`],
    ['four parts', `${jws}.`],
    ['no signature', `${header}.${body}.`],
    ['no payload', `${header}..${signature}`],
    ['a space around', ` ${jws}`],
    ['a line end', `${jws}\n`],
    ['a payload with padding', `${header}.${body}=.${signature}`],
    ['a signature that is short', `${header}.${body}.${signature.slice(0, -2)}`],
    ['a signature in DER', `${header}.${body}.${toBase64url(new Uint8Array(70).fill(0x30))}`],
    ['a signature of zeros', `${header}.${body}.${toBase64url(new Uint8Array(64))}`],
  ])('for %s', async (_, text) => {
    expect(await verifyJws(text, { type: documentType, keys })).toBeNull()
  })

  test('for more than 16 kB, though signed', async () => {
    const large = await signJws({ type: linkType, keyId, payload: new Uint8Array(12_288), key: serverKey.privateKey })
    expect(await verifyJws(large, { type: linkType, keys })).toBeNull()
  })

  const kid = `"kid":"${keyId}"`
  const typ = `"typ":"${documentType}"`
  test.each([
    ['a member more', `{"alg":"ES256","crit":["b64"],${kid},${typ}}`],
    ['a key of its own', `{"alg":"ES256","jwk":{},${kid},${typ}}`],
    ['no alg', `{${kid},${typ}}`],
    ['no kid', `{"alg":"ES256",${typ}}`],
    ['no typ', `{"alg":"ES256",${kid}}`],
    ['alg none', `{"alg":"none",${kid},${typ}}`],
    ['another alg', `{"alg":"HS256",${kid},${typ}}`],
    ['alg in other letters', `{"alg":"es256",${kid},${typ}}`],
    ['alg twice', `{"alg":"none","alg":"ES256",${kid},${typ}}`],
    ['another order', `{${kid},"alg":"ES256",${typ}}`],
    ['a space', `{"alg": "ES256",${kid},${typ}}`],
    ['an escape', `{"\\u0061lg":"ES256",${kid},${typ}}`],
    ['a list', `["ES256"]`],
    ['no JSON', `alg`],
  ])('for a header with %s, though signed', async (_, header) => {
    expect(await verifyJws(await signedWith(header), { type: documentType, keys })).toBeNull()
  })

  test('but for the one header, signed the same way', async () => {
    expect(await verifyJws(await signedWith(`{"alg":"ES256",${kid},${typ}}`), { type: documentType, keys })).toEqual({
      keyId,
      payload,
    })
  })

  test('for the example of RFC 7515 appendix A.3, whose header says too little', async () => {
    const example =
      'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q'
    expect(await verifyJws(example, { type: documentType, keys: () => serverKey.publicKey })).toBeNull()
  })
})
