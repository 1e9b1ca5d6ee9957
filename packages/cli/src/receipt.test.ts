/** Receipts verified from files alone; the keys of the vectors stand for a server that is long gone. */

import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import vectors from '../../../vectors/receipts.json' with { type: 'json' }
import { countersign } from './terminal-for-tests.ts'

let folder: string
let jwks: string

const keep = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

const receiptNamed = (name: string): string => {
  const found = [...vectors.vectors, ...vectors.refused].find((vector) => vector.name === name)
  if (found === undefined) throw new Error(`There is no vector ${name}.`)
  return found.jws
}

const verify = async (jws: string, ...rest: readonly string[]) =>
  countersign(['receipt', 'verify', await keep('receipt.txt', `${jws}\n`), ...rest])

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-receipt-'))
  jwks = await keep('jwks.json', JSON.stringify(vectors.jwks))
})

describe('without a server', () => {
  test('it says what was shown, that the phone signed, and who signed the receipt', async () => {
    const ran = await verify(receiptNamed('a transfer, unlocked by fingerprint'), '--jwks', jwks)
    const { document, decided } = vectors.vectors[2]?.payload ?? {}
    expect(ran).toMatchObject({ code: 0, err: '' })
    const [what, who, ...shown] = ran.out.split('\n')
    expect(what).toBe(
      `The receipt is true: ${document?.account} approved "${document?.headline}" for Strand (strand) at ${decided}.`,
    )
    expect(who).toBe(
      `The phone ${document?.device}, opened by a fingerprint, signed exactly this; ${vectors.issuer} signed the receipt with the key ${vectors.key.thumbprint}.`,
    )
    expect(shown[0]).toBe('What was shown:')
    const lines = shown.slice(1).map((line) => line.trim().split(/ {2,}/))
    expect(lines).toEqual(document?.lines.map(({ label, value }) => [label, value]))
  })

  test('it says where the phone did not sign', async () => {
    const ran = await verify(receiptNamed('a login by typed code, attested by the server'), '--jwks', jwks)
    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('attests and nobody else can prove') })
  })

  test('a receipt by the key before the one in use is as good', async () => {
    const ran = await verify(receiptNamed('a transfer, signed by the key before this one'), '--jwks', jwks)
    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining(vectors.retiredKey.thumbprint) })
  })

  test.each(vectors.refused)('$name: proves nothing', async ({ jws }) => {
    expect(await verify(jws, '--jwks', jwks, '--issuer', vectors.issuer, '--application', 'strand')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^This proves nothing: /),
    })
  })

  test('issuer and application may be demanded', async () => {
    const jws = receiptNamed('a login, signed by the phone')
    const by = (...rest: readonly string[]) => verify(jws, '--jwks', jwks, ...rest)
    expect(await by('--issuer', `${vectors.issuer}/`, '--application', 'strand')).toMatchObject({ code: 0 })
    expect(await by('--issuer', 'https://id.other.example')).toMatchObject({ code: 1 })
    expect(await by('--application', 'shop')).toMatchObject({ code: 1 })
  })
})

describe('with the keys of a server that answers', () => {
  async function serveKeys(status: number, body: string) {
    const server = createServer((_, response) => response.writeHead(status).end(body)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = address !== null && typeof address === 'object' ? address.port : 0
    return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: async () => void server.close() }
  }
  const jws = receiptNamed('a login, signed by the phone')

  test('they are fetched', async () => {
    await using server = await serveKeys(200, JSON.stringify(vectors.jwks))
    expect(await verify(jws, '--jwks', `${server.url}/oidc/jwks`)).toMatchObject({ code: 0 })
    // Asked for keys, another server answers: the receipt is of its own issuer all the same.
    expect(await verify(jws, '--issuer', server.url)).toMatchObject({ code: 1 })
  })

  test('an answer that is none is told as such, and nobody there too', async () => {
    await using broken = await serveKeys(200, '<html>')
    expect(await verify(jws, '--jwks', broken.url)).toMatchObject({ code: 2, err: expect.stringContaining('no keys') })
    await using away = await serveKeys(503, '')
    expect(await verify(jws, '--jwks', away.url)).toMatchObject({ code: 3, out: '' })
  })
})

describe('what is not given as it must be', () => {
  const jws = receiptNamed('a login, signed by the phone')

  test.each([
    ['no keys', [], 'Say who may have signed it'],
    ['keys that anybody could change on their way', ['--jwks', 'http://id.example.com/oidc/jwks'], 'https'],
    ['an issuer without TLS', ['--issuer', 'http://id.example.com'], 'https'],
    ['keys that are not there', ['--jwks', '/nowhere/jwks.json'], 'cannot be read'],
    ['an unknown option', ['--key', 'x'], '--key'],
  ])('%s', async (_, rest, sentence) => {
    expect(await verify(jws, ...rest)).toMatchObject({ code: 2, err: expect.stringContaining(sentence) })
  })

  test('no file, two files, or one that is not there', async () => {
    expect(await countersign(['receipt', 'verify', '--jwks', jwks])).toMatchObject({ code: 2 })
    expect(await countersign(['receipt', 'verify', jwks, jwks, '--jwks', jwks])).toMatchObject({ code: 2 })
    expect(await countersign(['receipt', 'verify', '/nowhere/receipt', '--jwks', jwks])).toMatchObject({ code: 2 })
  })

  test('a file with something else in it proves nothing', async () => {
    for (const text of ['', 'x', JSON.stringify({ receipt: jws }), jws.slice(1)]) {
      expect(await verify(text, '--jwks', jwks)).toMatchObject({ code: 1 })
    }
  })
})
