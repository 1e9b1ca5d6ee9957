import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type IssuerForTests, startIssuer } from './issuer-for-tests.ts'
import { loginLength, sessionLength } from './session-store.ts'
import { type Site, startSite, type Visitor, visitor } from './site-for-tests.ts'

const secret = 'a secret/with + odd signs'
let issuer: IssuerForTests
let site: Site
let anna: Visitor

beforeEach(async () => {
  issuer = await startIssuer('strand', secret)
  site = await startSite({ issuer: issuer.url })
  anna = visitor(site)
})
afterEach(async () => {
  await site.close()
  await issuer.close()
})

const home = () => `${site.url}/`
const problem = (kind: string) => `${site.url}/problem/${kind}`
const account = async (who: Visitor): Promise<unknown> => (await who.request('/api/account')).json()
/** Goes to the issuer and stops there: the address of the callback, with its code. */
async function callbackOf(who: Visitor): Promise<string> {
  const toIssuer = (await who.request('/login')).headers.get('location') ?? ''
  return (await who.request(toIssuer)).headers.get('location') ?? ''
}

describe('logging in', () => {
  test('gives the customer the account, with the opening balance as the sum of its entries', async () => {
    expect(await account(anna)).toEqual({ state: 'guest' })
    expect(await anna.visit('/login?locale=sv')).toBe(home())
    expect(await account(anna)).toMatchObject({
      state: 'customer',
      name: 'Anna Lind',
      email: 'anna@strand.example',
      balance: 4_825_050,
      entries: [{ kind: 'travel' }, { kind: 'groceries' }, { kind: 'rent' }, { kind: 'salary' }, { kind: 'opening' }],
    })
  })

  test('asks for a code with PKCE, state and nonce, in the language of the page', async () => {
    await anna.visit('/login?locale=sv')
    await visitor(site).visit('/login?locale=tlh')
    const [first, second] = issuer.requests.map((query) => Object.fromEntries(query))
    expect(first).toMatchObject({
      response_type: 'code',
      client_id: 'strand',
      scope: 'openid profile email',
      redirect_uri: `${site.url}/callback`,
      code_challenge_method: 'S256',
      ui_locales: 'sv',
    })
    expect(second).not.toHaveProperty('ui_locales')
    for (const name of ['state', 'nonce', 'code_challenge']) expect(first?.[name]).not.toBe(second?.[name])
  })

  test('again finds the same account, and opens it no second time', async () => {
    await anna.visit('/login')
    const again = visitor(site)
    await again.visit('/login')
    expect(await account(again)).toEqual(await account(anna))
  })

  test('somebody without an opening balance begins with nothing', async () => {
    issuer.person = { sub: 'acc_new', name: 'Nils Ny', email: 'constructor@strand.example' }
    await anna.visit('/login')
    expect(await account(anna)).toMatchObject({ name: 'Nils Ny', balance: 0, entries: [] })
  })

  test('changes the cookie, and the old one is worth nothing', async () => {
    const callback = await callbackOf(anna)
    const before = new Map(anna.cookies)
    await anna.visit(callback)
    expect(anna.cookies.get('strand_session')).not.toBe(before.get('strand_session'))
    const thief = visitor(site)
    for (const [name, value] of before) thief.cookies.set(name, value)
    expect(await account(thief)).toEqual({ state: 'guest' })
    expect(await account(anna)).toMatchObject({ state: 'customer' })
  })

  test('is over eight hours later', async () => {
    await anna.visit('/login')
    site.advance(sessionLength - 60_000)
    expect(await account(anna)).toMatchObject({ state: 'customer' })
    site.advance(60_000)
    expect(await account(anna)).toEqual({ state: 'guest' })
  })

  test('in two tabs at once works in both', async () => {
    const first = await callbackOf(anna)
    const second = await callbackOf(anna)
    expect(await anna.visit(second)).toBe(home())
    expect(await anna.visit(first)).toBe(home())
  })

  test('a cookie is never stored, only its hash', async () => {
    await anna.visit('/login')
    const cookie = anna.cookies.get('strand_session') ?? ''
    const stored = ['strand.db', 'strand.db-wal'].map((name) =>
      readFileSync(join(site.directory, 'data', name), 'latin1'),
    )
    expect(cookie).toHaveLength(43)
    expect(stored.join('')).not.toContain(cookie)
  })
})

describe('a login that comes to nothing', () => {
  test('declined on the phone, or cancelled: says so', async () => {
    issuer.person = { error: 'access_denied' }
    expect(await anna.visit('/login')).toBe(problem('cancelled'))
    expect(await account(anna)).toEqual({ state: 'guest' })
  })

  test('another error of the issuer is a failure', async () => {
    issuer.person = { error: 'server_error' }
    expect(await anna.visit('/login')).toBe(problem('failed'))
  })

  test('another browser cannot finish it: a foreign code logs nobody in', async () => {
    const callback = await callbackOf(anna)
    const erik = visitor(site)
    expect(await erik.visit(callback)).toBe(problem('expired'))
    await callbackOf(erik)
    expect(await erik.visit(callback)).toBe(problem('expired'))
    expect(await account(erik)).toEqual({ state: 'guest' })
    // The browser that began it still can.
    expect(await anna.visit(callback)).toBe(home())
  })

  test('state that was never given out', async () => {
    const callback = new URL(await callbackOf(anna))
    callback.searchParams.set('state', 'made-up')
    expect(await anna.visit(callback.href)).toBe(problem('expired'))
    expect(await anna.visit('/callback')).toBe(problem('expired'))
  })

  test('a callback is good once', async () => {
    const callback = await callbackOf(anna)
    const copy = visitor(site)
    for (const [name, value] of anna.cookies) copy.cookies.set(name, value)
    const arrivals = await Promise.all([anna.visit(callback), copy.visit(callback)])
    expect(arrivals.sort()).toEqual([home(), problem('expired')].sort())
  })

  test('a person who was away too long', async () => {
    const callback = await callbackOf(anna)
    site.advance(loginLength)
    expect(await anna.visit(callback)).toBe(problem('expired'))
  })

  test.each([
    ['nonce', { nonce: 'another' }],
    ['audience', { aud: 'another' }],
    ['issuer', { iss: 'https://another.example' }],
    ['subject', { sub: 'acc_erik' }],
    ['expiry', { exp: 1 }],
  ])('an ID token with a wrong %s', async (_, lie) => {
    issuer.lie = lie
    expect(await anna.visit('/login')).toBe(problem('failed'))
    expect(await account(anna)).toEqual({ state: 'guest' })
  })

  test('an ID token that somebody else signed', async () => {
    issuer.forge = true
    expect(await anna.visit('/login')).toBe(problem('failed'))
  })

  test('an answer of another issuer (mix-up)', async () => {
    const callback = new URL(await callbackOf(anna))
    callback.searchParams.set('iss', 'https://another.example')
    expect(await anna.visit(callback.href)).toBe(problem('failed'))
  })

  test('is logged by a code, without token, code, name or address', async () => {
    issuer.lie = { nonce: 'another' }
    await anna.visit('/login')
    expect(site.lines).toHaveLength(1)
    expect(site.lines.join()).toMatch(/^a login failed: [A-Z_a-z]+$/)
  })
})

describe('an issuer that is not there', () => {
  test('is told, nothing falls over, and logging in works as soon as it is', async () => {
    const port = Number(new URL(issuer.url).port)
    await issuer.close()
    expect(await anna.visit('/login')).toBe(problem('unreachable'))
    expect((await anna.request('/')).status).toBe(200)
    issuer = await startIssuer('strand', secret, port)
    expect(await anna.visit('/login')).toBe(home())
  })

  test('while somebody is on the way back', async () => {
    const callback = await callbackOf(anna)
    await issuer.close()
    expect(await anna.visit(callback)).toBe(problem('unreachable'))
  })
})

describe('logging out', () => {
  const logOut = (who: Visitor, origin: string | null) =>
    who.request('/logout', { method: 'POST', headers: origin === null ? {} : { origin } })

  test('ends the session here, and names the way to end it at the issuer', async () => {
    await anna.visit('/login')
    const before = new Map(anna.cookies)
    const { location } = await (await logOut(anna, site.url)).json()
    expect(anna.cookies.size).toBe(0)
    expect(await anna.visit(location)).toBe(home())
    const [farewell] = issuer.farewells
    expect(farewell?.get('post_logout_redirect_uri')).toBe(home())
    expect(Object.fromEntries(farewell ?? [])).toMatchObject({ client_id: 'strand', logout_hint: 'acc_anna' })
    expect(location).not.toContain('eyJ')
    for (const [name, value] of before) anna.cookies.set(name, value)
    expect(await account(anna)).toEqual({ state: 'guest' })
  })

  test.each([null, 'null', 'https://evil.example', 'http://localhost'])('is refused from origin %s', async (origin) => {
    await anna.visit('/login')
    expect((await logOut(anna, origin)).status).toBe(403)
    expect(await account(anna)).toMatchObject({ state: 'customer' })
  })

  test('works while the issuer is away, as far as Strand goes', async () => {
    const guest = visitor(site)
    expect(await (await logOut(guest, site.url)).json()).toEqual({ location: '/' })
  })
})

describe('every answer', () => {
  test('carries a strict policy, a fresh nonce, and nothing that may be kept', async () => {
    const [first, second] = [await anna.request('/'), await anna.request('/')]
    const policy = first.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    expect(policy).not.toBe(second.headers.get('content-security-policy'))
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? 'none'
    const html = await first.text()
    expect(html).toContain(`nonce="${nonce}"`)
    expect(html).not.toContain('__')
    expect(first.headers.get('cache-control')).toBe('no-store')
  })

  test.each(['/', '/api/account', '/login', '/nothing'])('%s is only for the host that Strand has', async (path) => {
    const host = site.url.replace('localhost', '127.0.0.1')
    const response = await fetch(host + path, { redirect: 'manual' }).catch(() => null)
    // Where localhost is ::1 alone nobody listens at 127.0.0.1.
    expect(response === null ? 421 : response.status).toBe(421)
  })

  test.each([
    ['no JSON', 'application/json', '{"a":', 400],
    ['nothing, as JSON', 'application/json', '', 400],
    ['of no known type', 'text/xml', '<a/>', 415],
    ['too large', 'application/json', `"${'a'.repeat(9_000)}"`, 413],
  ])('to a body that is %s is no fault of ours', async (_name, type, body, status) => {
    const response = await anna.request('/logout', {
      method: 'POST',
      headers: { origin: site.url, 'content-type': type },
      body,
    })
    expect(response.status).toBe(status)
    expect(await response.text()).toBe('This request cannot be understood.')
  })

  test('the cookie is for this site alone, and for no script', async () => {
    const header = (await anna.request('/login')).headers.get('set-cookie')
    expect(header).toMatch(/^strand_session=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Lax$/)
  })

  test.each(['/nothing', '/problem/made-up', '/assets/../index.html', '/assets/%2e%2e/index.html'])(
    '%s is a 404 without a page',
    async (path) => {
      const response = await anna.request(path)
      expect(response.status).toBe(404)
      expect(await response.text()).not.toContain('<')
    },
  )
})
