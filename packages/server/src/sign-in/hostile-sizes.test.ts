/**
 * abuse-60: too much of anything. Every route that the server has, found where it is registered, is given bodies that are too
 * large, too deep or too many, and headers and addresses of the worst sort. The answer is a refusal within seconds;
 * nothing is changed, no password is judged, and nothing beyond the limit is read.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { LinkedDevice } from '@countersign/device'
import { decisionType, sha256, signJws, signRequest, toHex, utf8 } from '@countersign/protocol'
import { startWorld, type World } from '@countersign/testkit'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import * as z from 'zod/mini'
import { Browser, redirectUri } from './browser-for-tests.ts'

const limit = 32_768
/** Generous: what takes that long was not refused but worked on. */
const patience = 5_000

const Initialized = z.object({
  fastify: z.custom<{
    addHook(name: 'onRoute', hook: (route: { method: string | string[]; url: string }) => void): void
  }>(),
})

interface Route {
  readonly method: string
  readonly url: string
  /** Which of the two applications answers. */
  readonly app: number
}

const routes: Route[] = []
let apps = 0

/** Writes down every route of an application as it is registered. */
function collect(message: unknown): void {
  const app = apps++
  Initialized.parse(message).fastify.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) routes.push({ method: each, url, app })
  })
}

let world: World
let phone: LinkedDevice
let browser: Browser
let signIn = ''
let approval = ''

beforeAll(async () => {
  subscribe('fastify.initialization', collect)
  world = await startWorld({ redirectUri })
  unsubscribe('fastify.initialization', collect)
  const anna = await world.addAccount('Anna')
  phone = await world.linkPhone(anna)
  browser = new Browser(world)
  signIn = (await browser.begin()).id
  await browser.password(signIn, anna)
  approval = (await phone.pendingApprovals()).approvals[0]?.approval ?? ''
})
afterAll(() => world[Symbol.asyncDispose]())

const pathOf = (url: string): string =>
  url
    .replace(/:(signIn|uid)/, signIn)
    .replace(':approval', approval)
    .replace(/:\w+/, `lnk_${'A'.repeat(22)}`)
    .replace('*', 'nothing')

const isTaking = ({ method }: Route) => method === 'POST' || method === 'PUT' || method === 'PATCH'

/** A name that a test's title can have. */
const named = (list: readonly Route[]) => list.map((route) => [`${route.method} ${route.url}`, route] as const)

interface Answer {
  readonly status: number
  readonly text: string
}

type Sent = { readonly method: string; readonly path: string; readonly headers: Record<string, string> }

/** Sends a request with whatever body, or with one that never ends, over a socket of its own. */
async function send(
  route: Pick<Route, 'app'>,
  { method, path, headers }: Sent,
  body: Uint8Array | 'endless',
): Promise<Answer & { written: number }> {
  const { host, port } = new URL(route.app === 0 ? world.config.issuer : world.config.phoneUrl)
  const length = body === 'endless' ? {} : { 'content-length': String(body.length) }
  const sent = request({
    host: '127.0.0.1',
    port,
    method,
    path,
    agent: false,
    headers: { ...headers, host, ...length },
  })
  const answered = once(sent, 'response', { signal: AbortSignal.timeout(patience) })
  let written = 0
  if (body === 'endless') {
    const chunk = Buffer.alloc(65_536, 'x')
    const write = () => {
      while (!sent.destroyed && !sent.writableEnded && written < 4_000 * chunk.length) {
        written += chunk.length
        if (!sent.write(chunk)) return
      }
    }
    sent.on('drain', write)
    // A server that has said no may cut the line while we still write.
    sent.on('error', () => {})
    write()
  } else sent.end(body)
  try {
    const [answer]: IncomingMessage[] = await answered
    if (answer === undefined) throw new Error('There was no answer.')
    const endless = answer.headers['content-type']?.startsWith('text/event-stream') === true
    return { status: answer.statusCode ?? 0, text: endless ? '' : await text(answer).catch(() => ''), written }
  } finally {
    sent.destroy()
  }
}

/** What a caller needs in order to be listened to at all: the browser's cookies, or the phone's signature. */
async function headersFor(route: Route, path: string, body: Uint8Array): Promise<Record<string, string>> {
  if (!path.startsWith('/v1/')) return { origin: world.config.issuer, cookie: browser.cookieHeader(path) }
  const { keyPair, thumbprint } = phone.stored
  const sign = (nonce: string) =>
    signRequest({
      method: route.method,
      targetUri: world.config.issuer + path,
      body,
      client: { app: '0.1.0', protocol: 1 },
      keyId: thumbprint,
      nonce,
      key: keyPair.privateKey,
    })
  const first = await fetch(`${world.config.issuer}/v1/device`, {
    headers: { ...(await sign('')) },
  })
  return { ...(await sign(first.headers.get('countersign-nonce') ?? '')) }
}

const tables = [
  'accounts',
  'applications',
  'devices',
  'linkings',
  'approvals',
  'rounds',
  'sign_ins',
  'audit',
  'outbox',
] as const

/** A fingerprint of all that must not change. */
async function everything(): Promise<string> {
  const { db } = world.running.context
  const rows = await Promise.all(
    tables.map((table) => db.read((query) => query.selectFrom(table).selectAll().execute())),
  )
  return toHex(sha256(utf8(JSON.stringify(rows))))
}

/** Whatever happens in it changes nothing, and judges no password. */
async function withoutWork(hostile: () => Promise<void>): Promise<void> {
  const judged = vi.spyOn(world.running.context.passwords, 'verify')
  const before = await everything()
  await hostile()
  expect(judged).not.toHaveBeenCalled()
  expect(await everything()).toBe(before)
  judged.mockRestore()
}

const members = [
  ...['email', 'password', 'locale', 'response', 'code', 'decision', 'proof', 'assertion', 'sign_jwk', 'transcript'],
  ...['activation', 'registration', 'device_name', 'credential', 'endpoint', 'keys', 'subscription'],
]

/** Every member as long as fits the limit. */
function longMembers(unit: string): string {
  const times = Math.floor(30_000 / members.length / Buffer.byteLength(unit))
  return JSON.stringify(Object.fromEntries(members.map((name) => [name, unit.repeat(times)])))
}

/** Bodies within the limit whose shape is the attack: what they are, and the JSON. */
const shapes: readonly (readonly [string, string])[] = [
  ['arrays, 16 000 deep', '['.repeat(16_000) + ']'.repeat(16_000)],
  ['objects, 5 000 deep', `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`],
  ['an array that is never closed', '['.repeat(32_000)],
  ['16 000 numbers', `[${Array(16_000).fill(0).join(',')}]`],
  ['3 000 members', `{${Array.from({ length: 3_000 }, (_, at) => `"k${at}":0`).join(',')}}`],
  ['one member 4 000 times', `{${Array(4_000).fill('"a":0').join(',')}}`],
  ['a number of 30 000 digits', `{"code":${'9'.repeat(30_000)}}`],
  ['prototypes', '{"__proto__":{"email":"a"},"constructor":{"prototype":{"email":"a"}}}'],
  ...members.map((name) => [`${name}, 2 000 deep`, `{"${name}":${'['.repeat(2_000)}${']'.repeat(2_000)}}`] as const),
  ...['a', '-', '=', '@', '.', ' ', '\u202e', 'a.', 'a@', '{', '%00'].map(
    (unit) => [`every member a long row of ${JSON.stringify(unit)}`, longMembers(unit)] as const,
  ),
]

/** Headers that are long, many, or hard to match. All of them are shorter than what Node itself refuses. */
const headers: readonly (readonly [string, Record<string, string>])[] = [
  ['900 headers', Object.fromEntries(Array.from({ length: 900 }, (_, at) => [`x-${at}`, 'a']))],
  ['2 000 cookies', { cookie: Array(2_000).fill('a=b').join('; ') }],
  ['a cookie of equal signs', { cookie: '='.repeat(12_000) }],
  ['a cookie of spaces', { cookie: `a${' '.repeat(12_000)}b` }],
  ['3 000 languages', { 'accept-language': Array(3_000).fill('sv;q').join(',') }],
  ['a language of hyphens', { 'accept-language': `a${'-a'.repeat(6_000)}` }],
  ['3 000 kinds', { accept: Array(1_500).fill('a/b;q=0').join(',') }],
  ['a signature that almost is one', { 'signature-input': `sig=("@method" "@target-uri"${' '.repeat(12_000)}` }],
  ['a signature of key ids', { 'signature-input': `sig=();${';keyid="'.repeat(1_500)}` }],
  ['a signature of nonces', { 'signature-input': `;keyid="${'A'.repeat(43)}"${';nonce='.repeat(1_500)}` }],
  ['a version of digits', { 'countersign-client': `app=${'1'.repeat(12_000)}` }],
  ['a digest without end', { 'content-digest': `sha-256=:${'A'.repeat(12_000)}` }],
  ['a browser of browsers', { 'user-agent': 'Version/1 '.repeat(1_200) }],
  ['a browser, short enough to be looked at', { 'user-agent': 'Version/1 Version/'.repeat(55) }],
  ['an authorization of colons', { authorization: `Basic ${':'.repeat(12_000)}` }],
  ['a bearer of spaces', { authorization: `Bearer ${' '.repeat(12_000)}x` }],
  ['1 000 ranges', { range: `bytes=${Array(1_000).fill('0-0').join(',')}` }],
  ['a type of parameters', { 'content-type': `application/json${';a="'.repeat(2_500)}` }],
  ['a type of spaces', { 'content-type': `application/json;${' '.repeat(12_000)}` }],
  ['a far origin', { origin: `https://${'a.'.repeat(6_000)}example` }],
  ['a chain of proxies', { 'x-forwarded-for': Array(1_500).fill('1.1.1.1').join(',') }],
  ['etags', { 'if-none-match': Array(2_000).fill('W/"').join(',') }],
]

const addresses = [
  (path: string) => `${path}?${'a=b&'.repeat(3_000)}`,
  (path: string) => `${path}?${'a['.repeat(4_000)}`,
  (path: string) => `${path}?wait=-1&after=${'a'.repeat(12_000)}`,
  (path: string) => `${path}?ui_locales=${'sv%20'.repeat(2_000)}&state=${'a'.repeat(2_000)}`,
  (path: string) => `${path}?${'%25'.repeat(4_000)}`,
  (path: string) => `${path}${'/a'.repeat(6_000)}`,
  (path: string) => `${path}${'/..'.repeat(4_000)}`,
  (path: string) => `${path}${'%2f'.repeat(4_000)}`,
]

const isRefused = ({ status }: Answer) => status >= 400 && status < 500

test('there are routes to be tried', () => {
  expect(new Set(routes.map(({ app }) => app))).toEqual(new Set([0, 1]))
  expect(routes.filter(isTaking).length).toBeGreaterThan(12)
})

test('abuse-60 a body over the limit is refused for its size, wherever it is sent', async () => {
  await withoutWork(async () => {
    for (const [name, route] of named(routes.filter(isTaking))) {
      const path = pathOf(route.url)
      const body = utf8(`{"text":"${'x'.repeat(limit)}"}`)
      const type = route.url.startsWith('/oidc/') ? 'application/x-www-form-urlencoded' : 'application/json'
      const headers = { ...(await headersFor(route, path, body)), 'content-type': type }
      const answer = await send(route, { method: route.method, path, headers }, body)
      expect({ name, status: answer.status }).toEqual({ name, status: 413 })
    }
  })
})

test('abuse-60 a body that never ends is not read to its end', async () => {
  await withoutWork(async () => {
    for (const [name, route] of named(routes.filter(isTaking))) {
      const path = pathOf(route.url)
      for (const type of ['application/json', 'application/x-www-form-urlencoded']) {
        const headers = { ...(await headersFor(route, path, utf8(''))), 'content-type': type }
        const answer = await send(route, { method: route.method, path, headers }, 'endless')
        expect({ name, type, refused: isRefused(answer), status: answer.status }).toMatchObject({
          name,
          type,
          refused: true,
        })
        // What is beyond the limit has filled the buffers of the two sockets at most.
        expect(answer.written, name).toBeLessThan(32 * 1024 * 1024)
      }
    }
  })
})

describe('abuse-60 a body of a hostile shape', () => {
  test.each(shapes)('%s', async (_, json) => {
    const body = utf8(json)
    expect(body.length).toBeLessThanOrEqual(limit)
    await withoutWork(async () => {
      for (const [name, route] of named(routes.filter(isTaking))) {
        const path = pathOf(route.url)
        const headers = { ...(await headersFor(route, path, body)), 'content-type': 'application/json' }
        const answer = await send(route, { method: route.method, path, headers }, body)
        expect({ name, refused: isRefused(answer), status: answer.status }).toMatchObject({ name, refused: true })
      }
    })
  })

  test.each([
    ['arrays, 5 000 deep', '['.repeat(5_000) + ']'.repeat(5_000)],
    ['objects, 1 800 deep', `${'{"a":'.repeat(1_800)}1${'}'.repeat(1_800)}`],
    ['no JSON', '{"v":1,'],
  ])('in a decision that the phone has signed: %s', async (_, payload) => {
    const decision = await signJws({
      type: decisionType,
      keyId: phone.stored.thumbprint,
      payload: utf8(payload),
      key: phone.stored.keyPair.privateKey,
    })
    const body = utf8(JSON.stringify({ decision, proof: 'A'.repeat(43) }))
    const route = { method: 'POST', url: '', app: 0 }
    const path = `/v1/device/approvals/${approval}/decision`
    await withoutWork(async () => {
      const headers = { ...(await headersFor(route, path, body)), 'content-type': 'application/json' }
      const answer = await send(route, { method: 'POST', path, headers }, body)
      expect(answer.status).toBe(400)
      expect(answer.text).toContain('the payload of the decision')
    })
  })
})

test.each(headers)('abuse-60 headers: %s', async (_, hostile) => {
  await withoutWork(async () => {
    for (const [name, route] of named(routes)) {
      const headers = { 'content-type': 'application/json', ...hostile }
      const answer = await send(route, { method: route.method, path: pathOf(route.url), headers }, utf8(''))
      expect({ name, fault: answer.status >= 500, status: answer.status }).toMatchObject({ name, fault: false })
    }
  })
})

test('abuse-60 addresses', async () => {
  await withoutWork(async () => {
    for (const [name, route] of named(routes)) {
      for (const make of addresses) {
        const answer = await send(route, { method: route.method, path: make(pathOf(route.url)), headers: {} }, utf8(''))
        expect({ name, fault: answer.status >= 500, status: answer.status }).toMatchObject({ name, fault: false })
      }
    }
  })
})

test('after all that, the person who waited all along signs in', async () => {
  for (const shown of (await phone.pendingApprovals()).approvals) {
    expect(await world.approve(phone, shown)).toEqual({ outcome: 'decided', state: 'approved' })
  }
  expect((await browser.state(signIn)).step).toBe('approved')
})
