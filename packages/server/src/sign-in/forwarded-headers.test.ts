/**
 * abuse-51: what a request says about where it came from, or was meant for, decides nothing: no answer, no URL, no cookie,
 * no limit, and not what a phone's signature is over.
 */
import { once } from 'node:events'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { type LinkedDevice, openConnection } from '@countersign/device'
import { DeviceAnswer, Problem, signRequest, utf8 } from '@countersign/protocol'
import { startWorld, type World, type WorldAccount } from '@countersign/testkit'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { authorizationRequest, Browser, codeIn, redeemCode, redirectUri, refusalIn } from './browser-for-tests.ts'

let world: World
let anna: WorldAccount
let phone: LinkedDevice

beforeAll(async () => {
  world = await startWorld({ redirectUri })
  anna = await world.addAccount('Anna')
  phone = await world.linkPhone(anna)
})
afterAll(() => world[Symbol.asyncDispose]())

const names = [
  ...['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port'],
  ...['x-forwarded-prefix', 'x-forwarded-server', 'x-forwarded-ssl', 'x-forwarded-scheme', 'x-forwarded-path'],
  ...['x-real-ip', 'x-client-ip', 'true-client-ip', 'cf-connecting-ip', 'x-original-host', 'x-host'],
  ...['x-original-url', 'x-rewrite-url', 'x-http-method-override', 'x-method-override', 'front-end-https'],
] as const

const evil = 'evil.example'
const values = fc.oneof(
  fc.constantFrom(
    evil,
    `${evil}, localhost`,
    `https://${evil}`,
    `for=203.0.113.7;host=${evil};proto=https;by=${evil}`,
    ...['https', 'http', 'on', '127.0.0.1', '::1', '203.0.113.7, 127.0.0.1', '443', '0', '-1', '/admin', 'DELETE'],
  ),
  fc.ipV4(),
  fc.ipV6(),
  fc.domain(),
  fc.string({ unit: fc.constantFrom(...'abc019.,;:="/\\%@[]_- '), maxLength: 60 }).map((value) => value.trim()),
)

type Headers = Readonly<Record<string, string>>

const hostileHeaders: fc.Arbitrary<Headers> = fc.dictionary(fc.constantFrom(...names), values, { minKeys: 1 })

/** All of them at once, each naming somebody else. */
const everyHeader = (value: string): Headers => Object.fromEntries(names.map((name) => [name, value]))

/** A cookie without what is drawn anew each time. */
const shapeOf = (cookie: string) => cookie.replace(/=[^;]*/, '').replace(/expires=[^;]*/, 'expires')

/** What anybody is told, in all that should not depend on who asks. */
async function everythingToldTo(headers: Headers) {
  const browser = new Browser(world, headers)
  const begun = await browser.fetch(authorizationRequest(world).url)
  const [metadata, server, app] = await Promise.all([
    browser.go('/.well-known/openid-configuration'),
    browser.go('/v1/server'),
    browser.go(`${world.config.phoneUrl}/config.json`),
  ])
  return {
    begun: begun.headers.get('location')?.replace(/[^/]+$/, ''),
    cookies: begun.headers
      .getSetCookie()
      .map((cookie) => shapeOf(cookie.replace(/path=\/(sign-in|oidc\/authorize)\/[^;]+/, 'path=/$1'))),
    metadata: metadata.text,
    server: server.text,
    app: [app.text, app.headers.get('content-security-policy')],
  }
}

/** Sends what `fetch` would not send. */
async function sendRaw(path: string, headers: Headers): Promise<{ status: number; text: string }> {
  const { port } = new URL(world.config.issuer)
  const sent = request({ host: '127.0.0.1', port, path, headers })
  sent.end()
  const [answer] = await once(sent, 'response')
  return { status: Number(answer.statusCode), text: await text(answer) }
}

describe('abuse-51 headers of proxies', () => {
  test('change nothing of what anybody is told', async () => {
    const plain = await everythingToldTo({})
    expect(plain).toMatchObject({ begun: '/sign-in/', server: expect.stringContaining(world.config.issuer) })
    expect(plain.cookies.length).toBeGreaterThan(0)
    await fc.assert(
      fc.asyncProperty(hostileHeaders, async (headers) => {
        expect(await everythingToldTo(headers)).toEqual(plain)
      }),
      { numRuns: 60, examples: [[everyHeader(evil)], [everyHeader('https')], [everyHeader('127.0.0.1')]] },
    )
  })

  test('change nothing of what a phone has signed', async () => {
    await fc.assert(
      fc.asyncProperty(hostileHeaders, async (headers) => {
        const connection = openConnection({
          apiUrl: phone.stored.issuer,
          ...phone.stored,
          appVersion: '0.1.0',
          fetch: (url, init) =>
            fetch(url, { ...init, headers: { ...headers, ...Object.fromEntries(new Headers(init.headers)) } }),
        })
        expect(await connection.get('/v1/device', DeviceAnswer)).toMatchObject({ device: phone.stored.device })
      }),
      { numRuns: 30, examples: [[everyHeader(evil)]] },
    )
  })

  test.each([
    ['of another host', `http://${evil}/v1/device`, everyHeader(evil)],
    ['of another scheme', 'https://localhost/v1/device', everyHeader('https')],
    ['of another path', '/v1/device/approvals', everyHeader('/v1/device/approvals')],
  ])('do not make a signature over the address %s pass for one over ours', async (_, address, headers) => {
    const { keyPair, thumbprint } = phone.stored
    const sign = (nonce: string) =>
      signRequest({
        method: 'GET',
        targetUri: new URL(address, world.config.issuer).href,
        body: utf8(''),
        client: { app: '0.1.0', protocol: 1 },
        keyId: thumbprint,
        nonce,
        key: keyPair.privateKey,
      })
    const ask = async (nonce: string) =>
      fetch(`${world.config.issuer}/v1/device`, { headers: { ...headers, ...(await sign(nonce)) } })
    const nonce = (await ask('')).headers.get('countersign-nonce') ?? ''
    const answer = await ask(nonce)
    expect(Problem.parse(await answer.json())).toMatchObject({ status: 401, code: 'signature_invalid' })
  })

  test('give no more tries: ten wrong passwords are ten, from wherever they say they come', async () => {
    const erik = await world.addAccount('Erik')
    const answers: string[] = []
    for (let attempt = 0; attempt < 12; attempt++) {
      const browser = new Browser(world, everyHeader(`203.0.113.${attempt}`))
      const begun = await browser.begin()
      const body = { email: erik.email, password: 'wrong-password', locale: 'en' }
      answers.push(refusalIn(await browser.post(begun.id, 'password', body)))
    }
    expect(answers).toEqual([...Array(10).fill('sign_in_failed'), 'rate_limited', 'rate_limited'])
  })

  test('do not open a page of another origin the way in, nor close it to ours', async () => {
    const browser = new Browser(world, everyHeader(evil))
    const { id } = await browser.begin()
    const body = { email: anna.email, password: anna.password, locale: 'sv' }
    expect(refusalIn(await browser.post(id, 'password', body, { origin: `http://${evil}` }))).toBe('origin_refused')
    expect((await browser.password(id, anna)).step).toBe('waiting')
  })

  test('and a whole sign-in behind them ends where the application is', async () => {
    const browser = new Browser(world, everyHeader(evil))
    const { id, request: asked } = await browser.begin()
    await browser.password(id, anna)
    for (const shown of (await phone.pendingApprovals()).approvals) await world.approve(phone, shown)
    const resumed = await browser.finish(id)
    expect(resumed.startsWith(`${world.config.issuer}/oidc/authorize/`)).toBe(true)
    const { location } = await browser.go(resumed)
    const { status, body } = await redeemCode(world, codeIn(location) ?? '', asked.verifier)
    expect(status).toBe(200)
    const { iss } = JSON.parse(Buffer.from(String(body.id_token).split('.')[1] ?? '', 'base64url').toString())
    expect(iss).toBe(world.config.issuer)
  })
})

describe('abuse-51 the host of a request', () => {
  test('that is any but ours is answered by nobody', async () => {
    const { host, port } = new URL(world.config.issuer)
    const tricks = [
      'localhost',
      `localhost:${Number(port) + 1}`,
      `localhost.:${port}`,
      `127.0.0.1:${port}`,
      `${host}@${evil}`,
    ]
    const hosts = fc.oneof(
      fc.constantFrom(...tricks, `${evil}:${port}`, `${host}.${evil}`, `${evil}#${host}`, ''),
      fc.domain().map((domain) => `${domain}:${port}`),
    )
    await fc.assert(
      fc.asyncProperty(hosts, hostileHeaders, async (named, headers) => {
        fc.pre(named !== host)
        const answer = await sendRaw('/v1/server', { ...headers, 'x-forwarded-host': host, host: named })
        expect(answer.status).toBe(421)
        expect(answer.text).not.toContain('issuer')
      }),
      { numRuns: 60 },
    )
  })

  test('that stands in the request line is not believed', async () => {
    const { host } = new URL(world.config.issuer)
    const plain = await sendRaw('/.well-known/openid-configuration', { host })
    for (const path of ['/.well-known/openid-configuration', '/v1/server']) {
      const answer = await sendRaw(`http://${evil}${path}`, { host })
      expect([200, 404]).toContain(answer.status)
      expect(answer.text).not.toContain(evil)
    }
    expect(plain.text).toContain(`"issuer":"${world.config.issuer}"`)
  })
})
