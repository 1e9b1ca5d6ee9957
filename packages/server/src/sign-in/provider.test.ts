/** The OpenID Connect side: what an application and a browser get, and what they do not. */
import type { LinkedDevice } from '@countersign/device'
import { createBiometrics, startWorld, usualPasscode, type World, type WorldAccount } from '@countersign/testkit'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addApplication } from '../applications/index.ts'
import { readApproval } from '../approvals/index.ts'
import { createApp } from '../http/index.ts'
import { type Answer, authorizationRequest, Browser, codeIn, redeemCode, redirectUri } from './browser-for-tests.ts'
import { createProvider } from './provider.ts'
import { registerProvider } from './provider-routes.ts'

let world: World
let anna: WorldAccount
let phone: LinkedDevice
let browser: Browser

beforeAll(async () => {
  world = await startWorld({ redirectUri })
  anna = await world.addAccount('Anna')
  phone = await world.linkPhone(anna)
})
afterAll(() => world[Symbol.asyncDispose]())
beforeEach(() => {
  browser = new Browser(world)
})

async function approve(by = phone): Promise<void> {
  const { approvals } = await by.pendingApprovals()
  for (const shown of approvals) await world.approve(by, shown)
}

/** The whole way from the application to the code. */
async function signIn(request = authorizationRequest(world), account = anna, by = phone): Promise<string> {
  const { id } = await browser.begin(request)
  await browser.password(id, account)
  await approve(by)
  const { location } = await browser.go(await browser.finish(id))
  return codeIn(location) ?? ''
}

async function signInForTokens(): Promise<Record<string, unknown>> {
  const request = authorizationRequest(world)
  const { status, body } = await redeemCode(world, await signIn(request), request.verifier)
  expect(status).toBe(200)
  return body
}

const sessionCookie = () => browser.cookies.get('countersign_session /')?.value
const paramOf = ({ location }: Answer, name: string) => new URL(location ?? '').searchParams.get(name)
const asks = ({ location }: Answer) => location?.startsWith('/sign-in/') ?? false

describe('tokens', () => {
  test('the ID token says who, how and when, signed with ES256 by a published key', async () => {
    const tokens = await signInForTokens()
    const keys = createRemoteJWKSet(new URL('/oidc/jwks', world.config.issuer))
    const { payload, protectedHeader } = await jwtVerify(String(tokens.id_token), keys, {
      issuer: world.config.issuer,
      audience: 'strand',
    })
    expect(protectedHeader.alg).toBe('ES256')
    expect(payload).toMatchObject({
      email: anna.email,
      name: 'Anna',
      locale: 'sv',
      acr: 'urn:countersign:acr:approved',
    })
    expect(payload).toMatchObject({ amr: ['pwd', 'swk', 'pin', 'mfa'], sub: expect.stringMatching(/^acc_/) })
    expect(payload.auth_time).toBeTypeOf('number')
    expect(tokens.refresh_token).toBeUndefined()
  })

  test.each(['fpt', 'face'] as const)('the ID token says %s where that opened the approval', async (kind) => {
    const account = await world.addAccount(`Erik-${kind}`)
    const eriks = await world.linkPhone(account, usualPasscode, createBiometrics(world.config.phoneUrl, kind))
    const request = authorizationRequest(world)
    const { id } = await browser.begin(request)
    await browser.password(id, account)
    const [shown] = (await eriks.pendingApprovals()).approvals
    if (shown === undefined) throw new Error('The phone is asked nothing.')
    const number = (await readApproval(world.running.context, shown.approval))?.number
    await eriks.approveUnlocked(await eriks.unlockApproval(shown, number ?? undefined))
    const { location } = await browser.go(await browser.finish(id))
    const { body } = await redeemCode(world, codeIn(location) ?? '', request.verifier)
    expect(decodeJwt(String(body.id_token))).toMatchObject({ amr: ['pwd', 'swk', kind, 'mfa'] })
  })

  test('userinfo says the same', async () => {
    const { access_token } = await signInForTokens()
    const authorization = `Bearer ${access_token}`
    const response = await fetch(new URL('/oidc/userinfo', world.config.issuer), { headers: { authorization } })
    expect(await response.json()).toMatchObject({ email: anna.email, name: 'Anna', locale: 'sv' })
  })

  test('no page of another origin reads an answer, not even a refusal', async () => {
    const paths = ['/oidc/userinfo', '/oidc/jwks', '/.well-known/openid-configuration', '/oidc/token']
    for (const origin of ['https://evil.example', 'null', 'http://localhost:4999']) {
      for (const path of paths) {
        const method = path === '/oidc/token' ? 'POST' : 'GET'
        const { headers } = await browser.go(path, { method, headers: { origin, authorization: 'Bearer none' } })
        expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
      }
    }
  })

  test('the secret of the application is needed, and is judged by its hash', async () => {
    const request = authorizationRequest(world)
    const code = await signIn(request)
    for (const secret of ['wrong', 'kept-as-a-hash']) {
      expect(await redeemCode(world, code, request.verifier, secret)).toMatchObject({ status: 401 })
    }
    expect((await redeemCode(world, code, request.verifier)).status).toBe(200)
  })

  test('the verifier of PKCE is needed', async () => {
    const code = await signIn()
    expect(await redeemCode(world, code, 'x'.repeat(43))).toMatchObject({ body: { error: 'invalid_grant' } })
  })

  test('a request without PKCE, with plain PKCE or for an implicit answer is refused', async () => {
    const url = new URL(authorizationRequest(world).url, world.config.issuer)
    const without = new URL(url)
    without.searchParams.delete('code_challenge')
    without.searchParams.delete('code_challenge_method')
    const plain = new URL(url)
    plain.searchParams.set('code_challenge_method', 'plain')
    const implicit = new URL(url)
    implicit.searchParams.set('response_type', 'id_token')
    for (const { href } of [without, plain, implicit]) {
      const answer = await browser.go(href)
      expect(asks(answer)).toBe(false)
      expect(answer.location).toMatch(/[?#&]error=(invalid_request|unsupported_response_type)/)
    }
  })
})

describe('session', () => {
  test('abuse-12 the id of the session is another one after every login', async () => {
    await signIn()
    const first = sessionCookie()
    await signIn(authorizationRequest(world, { prompt: 'login' }))
    expect(first).toBeDefined()
    expect(sessionCookie()).not.toBe(first)
  })

  test('comes back without asking, for the same application', async () => {
    await signIn()
    const request = authorizationRequest(world)
    const { location } = await browser.go(request.url)
    expect((await redeemCode(world, codeIn(location) ?? '', request.verifier)).status).toBe(200)
  })

  test('prompt=login and max_age=0 ask the phone again', async () => {
    await signIn()
    expect(asks(await browser.go(authorizationRequest(world, { prompt: 'login' }).url))).toBe(true)
    expect(asks(await browser.go(authorizationRequest(world, { max_age: '0' }).url))).toBe(true)
  })

  test('prompt=none tells the application that nobody is there', async () => {
    const answer = await browser.go(authorizationRequest(world, { prompt: 'none' }).url)
    expect(paramOf(answer, 'error')).toBe('login_required')
  })

  test('a login for one application is none for another: the phone showed the first one', async () => {
    const other = 'http://localhost:4998/callback'
    await addApplication(world.running.context, {
      id: 'other',
      name: 'Other',
      redirectUris: [other],
      postLogoutRedirectUris: [],
    })
    await signIn()
    const request = authorizationRequest(world, { client_id: 'other', redirect_uri: other })
    expect(asks(await browser.go(request.url))).toBe(true)
    expect(asks(await browser.go(authorizationRequest(world).url))).toBe(false)
  })

  test('ends when the device that approved is removed', async () => {
    const erik = await world.addAccount('Erik')
    const eriksPhone = await world.linkPhone(erik)
    await signIn(authorizationRequest(world), erik, eriksPhone)
    expect(asks(await browser.go(authorizationRequest(world).url))).toBe(false)
    await eriksPhone.removeDevice()
    expect(asks(await browser.go(authorizationRequest(world).url))).toBe(true)
  })

  test('another person who signs in takes the place of the first', async () => {
    const erik = await world.addAccount('Erik')
    const eriksPhone = await world.linkPhone(erik)
    await signIn()
    const before = sessionCookie()
    const request = authorizationRequest(world, { prompt: 'login' })
    const { id } = await browser.begin(request)
    await browser.password(id, erik)
    await approve(eriksPhone)
    const resumed = await browser.finish(id)
    // oidc-provider signs the first one out by a form that sends itself, then goes on.
    const form = await browser.go(resumed)
    // Browsers hold the redirects after it against the policy, up to the application.
    expect(form.headers.get('content-security-policy')).toMatch(/form-action 'self'.* http:\/\/localhost:4999(;|$)/)
    const confirmed = await submitForm(form)
    const { location } = await browser.go(confirmed.location ?? '')
    const { body } = await redeemCode(world, codeIn(location) ?? '', request.verifier)
    const claims = JSON.parse(Buffer.from(String(body.id_token).split('.')[1] ?? '', 'base64url').toString())
    expect(claims.email).toBe(erik.email)
    expect(sessionCookie()).not.toBe(before)
  })
})

function submitForm({ text }: Answer): Promise<Answer> {
  const action = /action="([^"]+)"/.exec(text)?.[1] ?? ''
  const inputs = [...text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)]
  return browser.go(action, {
    method: 'POST',
    headers: { origin: world.config.issuer },
    body: new URLSearchParams(inputs.map(([, name = '', value = '']) => [name, value])),
  })
}

describe('signing out', () => {
  const home = 'http://localhost:4999/'
  const logout = (params: Record<string, string>) => browser.go(`/oidc/logout?${new URLSearchParams(params)}`)

  test('with the ID token is one step, and ends the session', async () => {
    const { id_token } = await signInForTokens()
    const page = await logout({ id_token_hint: String(id_token), post_logout_redirect_uri: home, state: 's' })
    const policy = page.headers.get('content-security-policy') ?? ''
    const nonce = /script-src 'self' 'nonce-([^']+)'/.exec(policy)?.[1]
    expect(page.text).toContain(`<script nonce="${nonce}">document.forms[0].submit()</script>`)
    expect(policy).toContain("form-action 'self' http://localhost:4999")
    expect(page.text).toContain('<button type="submit">Log out</button>')
    expect((await submitForm(page)).location).toBe(`${home}?state=s`)
    expect(sessionCookie()).toBeUndefined()
    expect(asks(await browser.go(authorizationRequest(world).url))).toBe(true)
  })

  test('by the subject is one step too, so that no ID token stands in an address', async () => {
    const { id_token } = await signInForTokens()
    const { sub = '' } = decodeJwt(String(id_token))
    const named = { client_id: world.application.id, logout_hint: sub, post_logout_redirect_uri: home }
    const page = await logout(named)
    expect(page.text).toContain('document.forms[0].submit()')
    for (const other of [
      { ...named, logout_hint: 'acc_AAAAAAAAAAAAAAAAAAAAAA' },
      { ...named, logout_hint: '' },
      { client_id: named.client_id },
      { logout_hint: sub },
    ]) {
      expect((await logout(other)).text).not.toContain('<script')
    }
    expect((await submitForm(await logout(named))).location).toBe(home)
    expect(sessionCookie()).toBeUndefined()
    expect((await submitForm(await logout(named))).location).toBe(home)
  })

  test('without it the person is asked, in Swedish too', async () => {
    await signIn()
    const page = await logout({})
    expect(page.text).not.toContain('<script')
    expect(page.text).toContain('Do you want to log out of Countersign in this browser?')
    const swedish = await browser.go('/oidc/logout', { headers: { 'accept-language': 'sv-SE,sv;q=0.9' } })
    expect(swedish.text).toContain('<html lang="sv">')
    expect(swedish.text).toContain('Vill du logga ut från Countersign i den här webbläsaren?')
    const { location } = await submitForm(swedish)
    expect((await browser.go(location ?? '')).text).toContain('You are logged out')
    expect(asks(await browser.go(authorizationRequest(world).url))).toBe(true)
  })

  test("somebody else's ID token does not sign out without asking", async () => {
    const { id_token } = await signInForTokens()
    browser = new Browser(world)
    const erik = await world.addAccount('Erik')
    await signIn(authorizationRequest(world), erik, await world.linkPhone(erik))
    const page = await logout({ id_token_hint: String(id_token), post_logout_redirect_uri: home })
    expect(page.text).not.toContain('<script')
  })

  test('when nobody is signed in goes on by itself', async () => {
    const { id_token } = await signInForTokens()
    browser = new Browser(world)
    const page = await logout({ id_token_hint: String(id_token), post_logout_redirect_uri: home })
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self' http://localhost:4999")
    expect((await submitForm(page)).location).toBe(home)
  })

  test('never goes to an address that is not registered', async () => {
    const { id_token } = await signInForTokens()
    const page = await logout({ id_token_hint: String(id_token), post_logout_redirect_uri: 'https://evil.example/' })
    expect(page.status).toBe(400)
    expect(page.text).not.toContain('evil')
    const without = await logout({ post_logout_redirect_uri: 'https://evil.example/' })
    expect((await submitForm(without)).location).not.toContain('evil')
  })
})

describe('errors', () => {
  test.each([
    ['en', 'The login could not continue', 'Support'],
    ['sv', 'Inloggningen kunde inte fortsätta', 'kontakta supporten'],
  ])(
    'an unknown application or address is told to the person (%s), with nothing of what was sent',
    async (locale, title, help) => {
      const requests = [
        authorizationRequest(world, { client_id: 'stranger<b>' }),
        authorizationRequest(world, { redirect_uri: 'https://evil.example/<b>' }),
      ]
      for (const { url } of requests) {
        const page = await browser.go(url, { headers: { 'accept-language': locale } })
        expect(page.status).toBe(400)
        expect(page.text).toContain(title)
        expect(page.text).toContain(help)
        expect(page.text).toContain('mailto:support@strand.example')
        expect(page.text).not.toMatch(/evil|stranger|<b>/)
        expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/)
      }
    },
  )

  test('a sign-in that is over says so', async () => {
    const { id } = await browser.begin()
    const page = await new Browser(world).go(`/oidc/authorize/${id}`)
    expect(page.text).toContain('This login is over, or it was begun in another browser.')
  })

  test('what the provider has, but is not used here, is not there', async () => {
    for (const path of ['/oidc/nothing', '/oidc/token', '/reg', '/request', '/oidc/AUTHORIZE', '/session/end']) {
      const { status, text } = await browser.go(path)
      expect({ status, code: JSON.parse(text).code }).toEqual({ status: 404, code: 'not_found' })
    }
  })

  test('a body that is too large is refused', async () => {
    const { status } = await browser.go('/oidc/token', { method: 'POST', body: 'x'.repeat(40_000) })
    expect(status).toBe(413)
  })
})

describe('address', () => {
  const discovery = '/.well-known/openid-configuration'
  const spoofed = {
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    'x-forwarded-for': '203.0.113.7',
    forwarded: 'host=evil.example;proto=https',
  }

  test('abuse-51 every URL is of the configured address, whatever the request says', async () => {
    const plain = await browser.go(discovery)
    const answer = await browser.go(discovery, { headers: spoofed })
    expect(answer.text).toBe(plain.text)
    const metadata = JSON.parse(answer.text)
    expect(metadata).toMatchObject({
      issuer: world.config.issuer,
      authorization_endpoint: `${world.config.issuer}/oidc/authorize`,
      token_endpoint: `${world.config.issuer}/oidc/token`,
      end_session_endpoint: `${world.config.issuer}/oidc/logout`,
      code_challenge_methods_supported: ['S256'],
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code'],
      id_token_signing_alg_values_supported: ['ES256'],
      token_endpoint_auth_methods_supported: ['client_secret_basic'],
      scopes_supported: ['openid', 'profile', 'email'],
    })
    expect(answer.text).not.toContain('evil')
  })

  test('behind https cookies are for this host alone and for https alone', async () => {
    const issuer = 'https://id.example'
    const context = { ...world.running.context, config: { ...world.config, issuer } }
    const app = createApp(context)
    const provider = createProvider(context)
    await registerProvider(app, provider)
    expect(provider.cookieName('session')).toBe('__Host-countersign_session')
    const { url } = authorizationRequest(world)
    const answer = await app.inject({ method: 'GET', url, headers: { host: 'evil.example', ...spoofed } })
    const cookies = [answer.headers['set-cookie']].flat().map(String)
    expect(cookies.length).toBeGreaterThan(0)
    for (const cookie of cookies) {
      expect(cookie).toMatch(/^__(Host|Secure)-countersign_/)
      expect(cookie).toMatch(/; secure/)
      expect(cookie).toMatch(/; httponly/)
      expect(cookie).toMatch(/; samesite=lax/)
    }
    const found = await app.inject({ method: 'GET', url: discovery })
    await app.close()
    expect(found.json()).toMatchObject({ issuer, token_endpoint: `${issuer}/oidc/token` })
  })
})
