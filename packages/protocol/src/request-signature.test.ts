import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import rfc9421 from '../../../vectors/httpsig-rfc9421.json' with { type: 'json' }
import vectors from '../../../vectors/request-signatures.json' with { type: 'json' }
import { fromBase64, toBase64, utf8 } from './bytes.ts'
import { generateSigningKey } from './keys.ts'
import { signingKeyOf } from './keys-for-tests.ts'
import { parseRequestSignature, signatureBase, signRequest, verifyRequestSignature } from './request-signature.ts'

const key = await signingKeyOf(vectors.key.privateJwk)
const keyId = vectors.key.thumbprint
const [read, , write] = vectors.vectors
if (read === undefined || write === undefined) throw new Error('There are no vectors.')

type Headers = Readonly<Record<string, string | undefined>>

async function verify(
  headers: Headers,
  request: { method: string; targetUri: string; body: string },
): Promise<boolean> {
  const parsed = parseRequestSignature(headers)
  if (parsed === null) return false
  const { method, targetUri, body } = request
  return verifyRequestSignature(parsed, { method, targetUri, body: utf8(body), key: key.publicKey })
}

describe('RFC 9421 appendix B.2', () => {
  /** The components of a signature base, by its lines. */
  const componentsOf = (base: string) =>
    base.split('\n').flatMap((line) => {
      const [, name, value] = /^"([^"]+)": (.*)$/.exec(line) ?? []
      return name === undefined || value === undefined || name === '@signature-params' ? [] : [[name, value] as const]
    })

  test.each(rfc9421.vectors)('$id has the signature base of the RFC', ({ signatureInput, signatureBase: expected }) => {
    const params = signatureInput.slice(signatureInput.indexOf('=') + 1)
    const components = componentsOf(expected)
    expect(params).toContain(`(${components.map(([name]) => `"${name}"`).join(' ')})`)
    expect(signatureBase(components, params)).toBe(expected)
  })

  test('B.2.4 verifies with P-256', async () => {
    const vector = rfc9421.vectors.find(({ id }) => id === 'B.2.4')
    if (vector?.publicJwk === undefined) throw new Error('B.2.4 is missing.')
    const ecdsa = { name: 'ECDSA', namedCurve: 'P-256' }
    const publicKey = await crypto.subtle.importKey('jwk', vector.publicJwk, ecdsa, true, ['verify'])
    const [signature, base] = [fromBase64(vector.signatureB64), utf8(vector.signatureBase)]
    expect(await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, publicKey, signature, base)).toBe(true)
  })

  test('B.2.6 is signed by Ed25519 to the byte', async () => {
    const vector = rfc9421.vectors.find(({ id }) => id === 'B.2.6')
    if (vector?.jwk === undefined) throw new Error('B.2.6 is missing.')
    const privateKey = await crypto.subtle.importKey('jwk', vector.jwk, 'Ed25519', false, ['sign'])
    const signature = await crypto.subtle.sign('Ed25519', privateKey, utf8(vector.signatureBase))
    expect(toBase64(new Uint8Array(signature))).toBe(vector.signatureB64)
  })

  test.each(rfc9421.vectors)('$id is nothing that this protocol understands', ({ signatureInput, signatureB64 }) => {
    const signature = `${signatureInput.slice(0, signatureInput.indexOf('='))}=:${signatureB64}:`
    expect(parseRequestSignature({ ...read.headers, 'signature-input': signatureInput, signature })).toBeNull()
  })

  test.each(['a\nb', 'a\r\nb', 'a\rb'])('a component is one line, not %j', (value) => {
    expect(() => signatureBase([['@method', value]], '()')).toThrow(TypeError)
  })
})

describe.each(vectors.vectors)('the vector: $name', ({ method, targetUri, body, nonce, headers, ...vector }) => {
  test('verifies', async () => {
    expect(await verify(headers, { method, targetUri, body })).toBe(true)
  })

  test('is found in the headers', () => {
    expect(parseRequestSignature(headers)).toMatchObject({ keyId, nonce, client: vector.client })
  })

  test('has the same headers when signed again, but for the signature', async () => {
    const client = { app: vector.client.app, protocol: 1 } as const
    const again = await signRequest({ method, targetUri, body: utf8(body), client, keyId, nonce, key: key.privateKey })
    expect({ ...again, signature: '' }).toEqual({ ...headers, signature: '' })
    expect(await verify({ ...again }, { method, targetUri, body })).toBe(true)
  })

  test('has the signature base of the vectors', () => {
    const components = [
      ['@method', method],
      ['@target-uri', targetUri],
      ['content-digest', headers['content-digest']],
      ['countersign-client', headers['countersign-client']],
    ] as const
    expect(signatureBase(components, headers['signature-input'].replace(/^sig=/, ''))).toBe(vector.signatureBase)
  })
})

describe('no signature is found', () => {
  test.each(vectors.refused)('with $why', ({ changes }) => {
    const changed: Record<string, string | undefined> = { ...read.headers }
    for (const [name, value] of Object.entries(changes)) changed[name] = value ?? undefined
    expect(changed).not.toEqual(read.headers)
    expect(parseRequestSignature(changed)).toBeNull()
  })

  test('without headers', () => {
    expect(parseRequestSignature({})).toBeNull()
  })
})

describe('a request is refused', () => {
  test.each([
    ['method', { method: 'PUT' }],
    ['method in other letters', { method: 'post' }],
    ['scheme', { targetUri: write.targetUri.replace('https', 'http') }],
    ['host', { targetUri: write.targetUri.replace('strand', 'strond') }],
    ['path', { targetUri: `${write.targetUri}/` }],
    ['query', { targetUri: `${write.targetUri}?a` }],
    ['body', { body: `${write.body} ` }],
    ['body, an empty one', { body: '' }],
  ])('with another %s', async (_, change) => {
    expect(await verify(write.headers, { ...write, ...change })).toBe(false)
  })

  test('when any byte of its body is another one', async () => {
    const body = utf8(write.body)
    const parsed = parseRequestSignature(write.headers)
    if (parsed === null) throw new Error('There is no signature.')
    const { method, targetUri } = write
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: body.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const changed = body.map((byte, index) => (index === at ? byte ^ change : byte))
        const request = { method, targetUri, body: changed, key: key.publicKey }
        expect(await verifyRequestSignature(parsed, request)).toBe(false)
      }),
    )
  })

  test('when any character of its headers is another one', async () => {
    const characters = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index))
    const names = Object.keys(write.headers)
    const headers: Headers = write.headers
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.nat(),
        fc.constantFrom(...characters),
        async (name, at, letter) => {
          const value = headers[name] ?? ''
          const place = at % value.length
          fc.pre(value[place] !== letter)
          const changed = { ...headers, [name]: value.slice(0, place) + letter + value.slice(place + 1) }
          expect(await verify(changed, write)).toBe(false)
        },
      ),
      { numRuns: 1000 },
    )
  })

  test('with the headers of another request', async () => {
    expect(await verify(read.headers, write)).toBe(false)
    expect(await verify({ ...write.headers, signature: read.headers.signature }, write)).toBe(false)
  })

  test('by another key', async () => {
    const parsed = parseRequestSignature(write.headers)
    const { publicKey } = await generateSigningKey({ extractable: false })
    const { method, targetUri, body } = write
    const request = { method, targetUri, body: utf8(body), key: publicKey }
    expect(parsed && (await verifyRequestSignature(parsed, request))).toBe(false)
  })
})

test('without a nonce yet, a request can be signed, but is not understood', async () => {
  const { method, targetUri } = read
  const request = { method, targetUri, body: new Uint8Array(), client: { app: '1.4.0', protocol: 1 } as const, keyId }
  const headers = await signRequest({ ...request, nonce: '', key: key.privateKey })
  expect(headers['signature-input']).toContain(`;keyid="${keyId}";nonce="";`)
  expect(parseRequestSignature({ ...headers })).toBeNull()
})
