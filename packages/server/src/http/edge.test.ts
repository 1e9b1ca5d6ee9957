/** Every route against hostile input: a problem with a stable code, and nothing changed. */
import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { openConnection } from '@countersign/device'
import {
  generateSigningKey,
  Problem,
  publicJwkOf,
  sha256,
  signRequest,
  thumbprintOf,
  toHex,
  utf8,
} from '@countersign/protocol'
import { startWorld, type World } from '@countersign/testkit'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const linking = 'lnk_AAAAAAAAAAAAAAAAAAAAAA'
const approval = 'apr_AAAAAAAAAAAAAAAAAAAAAA'

const deviceRoutes = [
  ['GET', '/v1/device'],
  ['DELETE', '/v1/device'],
  ['GET', '/v1/device/approvals'],
  ['GET', '/v1/device/events'],
  ['POST', `/v1/device/approvals/${approval}/decision`],
] as const

const linkingRoutes = [
  ['POST', '/v1/linkings'],
  ['POST', `/v1/linkings/${linking}/code`],
  ['POST', `/v1/linkings/${linking}/resend`],
  ['POST', `/v1/linkings/${linking}/keys`],
  ['POST', `/v1/linkings/${linking}/activate`],
] as const

const signInRoutes = [
  ['GET', '/sign-in/nobodys-sign-in/state'],
  ['GET', '/sign-in/nobodys-sign-in/events'],
  ['POST', '/sign-in/nobodys-sign-in/password'],
  ['POST', '/sign-in/nobodys-sign-in/offline'],
  ['POST', '/sign-in/nobodys-sign-in/response'],
  ['POST', '/sign-in/nobodys-sign-in/restart'],
  ['POST', '/sign-in/nobodys-sign-in/cancel'],
  ['POST', '/sign-in/nobodys-sign-in/finish'],
] as const

const allRoutes = [...deviceRoutes, ...linkingRoutes, ...signInRoutes]

let world: World
let linkedAccount: Awaited<ReturnType<World['addAccount']>>

beforeAll(async () => {
  world = await startWorld()
  linkedAccount = await world.addAccount('Anna')
  await world.linkPhone(linkedAccount)
})
afterAll(() => world[Symbol.asyncDispose]())

const tables = [
  'accounts',
  'devices',
  'linkings',
  'approvals',
  'rounds',
  'sign_ins',
  'nonces',
  'audit',
  'outbox',
] as const

/** A fingerprint of all rows there are. */
async function allRows(): Promise<string> {
  const { db } = world.running.context
  const rows = await Promise.all(
    tables.map((table) => db.read((query) => query.selectFrom(table).selectAll().execute())),
  )
  return toHex(sha256(utf8(JSON.stringify(rows))))
}

const send = (method: string, path: string, init: RequestInit = {}) =>
  fetch(`${world.config.issuer}${path}`, { method, redirect: 'manual', ...init })

/** A request whose Host is somebody else's, which `fetch` would not send. */
async function sendToHost(host: string, method: string, path: string): Promise<{ status: number; code: string }> {
  const { port } = new URL(world.config.issuer)
  const asked = request({ host: '127.0.0.1', port, method, path, headers: { host } })
  asked.end()
  const [answer] = await once(asked, 'response')
  const problem = Problem.parse(JSON.parse(await text(answer)))
  return { status: answer.statusCode, code: problem.code }
}

/** The answer is a problem of ours; gives its code. */
async function codeOf(response: Response): Promise<string> {
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  const problem = Problem.parse(await response.json())
  expect(problem.status).toBe(response.status)
  expect(problem.code).not.toBe('internal')
  return problem.code
}

const json = (body: unknown): RequestInit => ({
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json', origin: world.config.issuer },
})

/** A key that no device has, and the headers of a request rightly signed by it. */
async function stranger() {
  const keyPair = await generateSigningKey({ extractable: false })
  const jwk = await publicJwkOf(keyPair.publicKey)
  return { keyPair, jwk, thumbprint: thumbprintOf(jwk) }
}

describe.each(allRoutes)('%s %s', (method, path) => {
  test('without a signature, or without the cookie of its sign-in, is refused', async () => {
    const before = await allRows()
    const code = await codeOf(await send(method, path, method === 'POST' ? json({}) : {}))
    expect(path.startsWith('/v1/') ? ['signature_invalid', 'invalid_request'] : ['sign_in_expired']).toContain(code)
    expect(await allRows()).toBe(before)
  })

  test('with a signature that is garbage is refused', async () => {
    if (!path.startsWith('/v1/')) return
    const before = await allRows()
    const headers = {
      'content-type': 'application/json',
      'content-digest': 'sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:',
      'countersign-client': 'app=0.1.0, protocol=1',
      'signature-input': `sig=("@method" "@target-uri" "content-digest" "countersign-client");keyid="${'A'.repeat(43)}";nonce="${'A'.repeat(44)}";alg="ecdsa-p256-sha256";tag="countersign-device-v1"`,
      signature: `sig=:${'A'.repeat(86)}==:`,
    }
    const response = await send(method, path, { headers, ...(method === 'POST' ? { body: '{}' } : {}) })
    expect(['nonce_required', 'invalid_request']).toContain(await codeOf(response))
    expect(await allRows()).toBe(before)
  })

  test('for another host is not answered', async () => {
    const before = await allRows()
    const answer = await sendToHost('evil.example', method, path)
    expect(answer).toMatchObject({ status: 421, code: 'misdirected' })
    expect(await allRows()).toBe(before)
  })
})

describe.each(allRoutes.filter(([method]) => method === 'POST'))('the body of %s %s', (method, path) => {
  test.each([
    ['more than 32 kB', JSON.stringify({ text: 'x'.repeat(33_000) }), 'application/json', ['too_large']],
    ['no JSON', '{"a":', 'application/json', ['invalid_request']],
    ['not UTF-8', new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]), 'application/json', ['invalid_request']],
    ['of another type', 'a=b', 'application/x-www-form-urlencoded', ['invalid_request']],
    ['XML', '<a/>', 'text/xml', ['invalid_request']],
  ])('%s is refused', async (_name, body, type, codes) => {
    const before = await allRows()
    const response = await send(method, path, {
      body,
      headers: { 'content-type': type, origin: world.config.issuer },
    })
    expect([...codes, 'sign_in_expired', 'signature_invalid']).toContain(await codeOf(response))
    expect(await allRows()).toBe(before)
  })
})

describe('a stranger with a key', () => {
  test.each(deviceRoutes)('signs %s %s rightly and is not known', async (method, path) => {
    const { keyPair, thumbprint } = await stranger()
    const connection = openConnection({ apiUrl: world.config.issuer, keyPair, thumbprint, appVersion: '0.1.0' })
    const before = await allRows()
    const made =
      method === 'POST'
        ? connection.post(path, {}, Problem)
        : method === 'DELETE'
          ? connection.delete(path)
          : connection.get(path, Problem)
    await expect(made).rejects.toMatchObject({ code: 'device_unknown' })
    expect(await allRows()).toBe(before)
  })

  test('abuse-20 the same signed write cannot be made twice', async () => {
    const { keyPair, jwk, thumbprint } = await stranger()
    const fresh = await send('POST', '/v1/linkings', {
      ...json({}),
      headers: {
        'content-type': 'application/json',
        'signature-input': `sig=("@method" "@target-uri" "content-digest" "countersign-client");keyid="${thumbprint}";alg="ecdsa-p256-sha256";tag="countersign-device-v1"`,
      },
    })
    const nonce = fresh.headers.get('countersign-nonce')
    if (nonce === null) throw new Error('No nonce was offered.')
    const erik = await world.addAccount('Erik')
    const body = JSON.stringify({ sign_jwk: jwk, email: erik.email, password: erik.password, locale: 'sv' })
    const signed = await signRequest({
      method: 'POST',
      targetUri: `${world.config.issuer}/v1/linkings`,
      body: utf8(body),
      client: { app: '0.1.0', protocol: 1 },
      keyId: thumbprint,
      nonce,
      key: keyPair.privateKey,
    })
    const headers = { 'content-type': 'application/json', ...signed }
    expect((await send('POST', '/v1/linkings', { body, headers })).status).toBe(200)
    await world.running.jobs.settled()
    const before = await allRows()
    expect(await codeOf(await send('POST', '/v1/linkings', { body, headers }))).toBe('nonce_used')
    expect(await allRows()).toBe(before)
    // The same signature over another body, path or method is no signature.
    for (const [method, path, other] of [
      ['POST', '/v1/linkings', `${body} `],
      ['POST', `/v1/linkings/${linking}/resend`, body],
    ] as const) {
      const response = await send(method, path, { body: other, headers })
      expect(['signature_invalid', 'device_unknown', 'not_found', 'invalid_request', 'nonce_used']).toContain(
        await codeOf(response),
      )
    }
  })
})

test('whatever JSON is posted anywhere, the answer is a problem and never a fault of ours', async () => {
  const before = await allRows()
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...allRoutes), fc.json({ maxDepth: 6 }), async ([method, path], body) => {
      const init = method === 'POST' ? { body, headers: { 'content-type': 'application/json' } } : {}
      const response = await send(method, path, init)
      expect(response.status).toBeGreaterThanOrEqual(400)
      expect(response.status).toBeLessThan(500)
      await codeOf(response)
    }),
    { numRuns: 300 },
  )
  expect(await allRows()).toBe(before)
})

test('an unknown route is a problem too', async () => {
  expect(await codeOf(await send('GET', '/v1/nothing'))).toBe('not_found')
  expect(await codeOf(await send('PUT', '/v1/device'))).toBe('not_found')
})

test.each([
  ['too long', `/sign-in/${'a'.repeat(300)}/state`],
  ['not UTF-8', '/sign-in/%ff/state'],
  ['no escape', '/v1/%zz'],
])('an address that is %s is a problem too', async (_name, path) => {
  expect(await codeOf(await send('GET', path))).toBe('not_found')
})

/** What is answered to these bytes. */
async function sendBytes(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(world.config.issuer).port), '127.0.0.1')
  socket.end(bytes)
  return text(socket)
}

const get = (path: string, ...headers: string[]) =>
  `GET ${path} HTTP/1.1\r\n${[...headers, 'Connection: close'].map((line) => `${line}\r\n`).join('')}\r\n`

describe('what no route answers', () => {
  const own = () => `Host: ${new URL(world.config.issuer).host}`

  test.each([
    ['an address that cannot be read', 404, () => get('/v1/%zz', own())],
    ['an address that is too long', 404, () => get(`/sign-in/${'a'.repeat(300)}/state`, own())],
    ['an unknown address', 404, () => get('/nothing', own())],
    ['another host', 421, () => get('/v1/server', 'Host: evil.example')],
    ['no host', 400, () => get('/v1/server')],
    ['no HTTP', 400, () => 'NONSENSE\r\n\r\n'],
    ['headers that are too large', 431, () => get('/v1/server', own(), `X: ${'a'.repeat(40_000)}`)],
    ['an expectation that nobody has', 200, () => get('/v1/server', own(), 'Expect: wonders')],
  ])('%s: answered with %i, with the headers of every answer', async (_name, status, bytes) => {
    const answer = (await sendBytes(bytes())).toLowerCase()
    expect(answer.split('\r\n')[0]).toMatch(new RegExp(`^http/1.1 ${status} `))
    for (const header of [
      'x-content-type-options: nosniff',
      'cache-control: no-store',
      "content-security-policy: default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
      'referrer-policy: no-referrer',
    ]) {
      expect(answer).toContain(`\r\n${header}`)
    }
  })

  test('abuse-51 two hosts in one request are refused, in either order, and the same one twice', async () => {
    for (const hosts of [
      [own(), 'Host: evil.example'],
      ['Host: evil.example', own()],
      [own(), own().toLowerCase()],
    ]) {
      const answer = await sendBytes(get('/v1/server', ...hosts))
      expect(answer).toMatch(/^HTTP\/1.1 400 /)
      expect(answer).toContain('"code":"invalid_request"')
    }
  })
})

test('a stream is not opened for a HEAD', async () => {
  expect((await send('HEAD', '/v1/device/events')).status).toBe(404)
})

test('answers to the phone app are for its origin alone', async () => {
  const preflight = (origin: string) =>
    send('OPTIONS', '/v1/device', { headers: { origin, 'access-control-request-method': 'GET' } })
  expect((await preflight(world.config.phoneUrl)).headers.get('access-control-allow-origin')).toBe(
    world.config.phoneUrl,
  )
  expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull()
})
