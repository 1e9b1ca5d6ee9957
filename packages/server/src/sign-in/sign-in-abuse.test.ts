/** Abuse cases of the sign-in, on both databases where the database is what decides. */
import type { LinkedDevice } from '@countersign/device'
import { createDatabase, startWorld, type World, type WorldAccount } from '@countersign/testkit'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { findAccount, lockAccount } from '../accounts/index.ts'
import { liveApprovals } from '../approvals/index.ts'
import { authorizationRequest, Browser, codeIn, redeemCode, redirectUri, refusalIn } from './browser-for-tests.ts'

const kinds = [
  { name: 'SQLite', newUrl: async () => 'sqlite::memory:' },
  { name: 'PostgreSQL', newUrl: () => createDatabase(inject('postgres') ?? '') },
]

let world: World
let anna: WorldAccount
let phone: LinkedDevice
let browser: Browser

async function openWorld(databaseUrl: string): Promise<void> {
  world = await startWorld({ databaseUrl, redirectUri })
  anna = await world.addAccount('Anna')
  phone = await world.linkPhone(anna)
  browser = new Browser(world)
}

async function approve(): Promise<void> {
  const { approvals } = await phone.pendingApprovals()
  for (const shown of approvals) await world.approve(phone, shown)
}

const inParallel = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)))

const passwordOf = ({ email, password }: WorldAccount) => ({ email, password, locale: 'sv' })

describe.each(kinds)('on $name', ({ name, newUrl }) => {
  beforeEach(async ({ skip }) => {
    if (name === 'PostgreSQL' && inject('postgres') === null) skip('PostgreSQL is not installed here')
    await openWorld(await newUrl())
  })
  afterEach(() => world[Symbol.asyncDispose]())

  test('abuse-17 one code redeemed sixteen times at once gives one token set', async () => {
    const { id, request } = await browser.begin()
    await browser.password(id, anna)
    await approve()
    const { location } = await browser.go(await browser.finish(id))
    const answers = await inParallel(16, () => redeemCode(world, codeIn(location) ?? '', request.verifier))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const { status, body } of answers) if (status !== 200) expect(body.error).toBe('invalid_grant')
  })

  test('abuse-17 two tabs that finish and go on at once get one code', async () => {
    const { id } = await browser.begin()
    await browser.password(id, anna)
    await approve()
    const finished = await inParallel(8, () => browser.finish(id))
    const cookies = browser.cookieHeader(new URL(finished[0] ?? '').pathname)
    const resumed = await inParallel(8, (index) =>
      new Browser(world).go(finished[index] ?? '', { headers: { cookie: cookies } }),
    )
    expect(resumed.map(({ location }) => codeIn(location)).filter((code) => code !== null)).toHaveLength(1)
    // A tab whose answer comes late does not open it again.
    expect(refusalIn(await browser.post(id, 'finish'))).toBe('sign_in_expired')
    const late = await new Browser(world).go(finished[0] ?? '', { headers: { cookie: cookies } })
    expect(late.location).toBeNull()
  })

  describe('abuse-22 nothing is given out once the account is locked or the device removed', () => {
    const lock = async () => {
      const { context } = world.running
      const account = await context.db.read((query) => findAccount(query, anna.email))
      if (account === null) throw new Error('There is no such account.')
      await lockAccount(context, account.id, liveApprovals)
    }
    const remove = () => phone.removeDevice()
    const points = ['begun', 'asked', 'approved', 'finished', 'resumed', 'redeemed'] as const

    /** Goes the whole way, with `take` at one point of it. @returns what was given out after that point */
    async function goOn(point: (typeof points)[number], take: () => Promise<void>): Promise<string[]> {
      const given: string[] = []
      const at = async (here: (typeof points)[number]) => (here === point ? take() : undefined)
      const { id, request } = await browser.begin()
      await at('begun')
      await browser.post(id, 'password', passwordOf(anna))
      await at('asked')
      await approve().catch(() => {})
      await at('approved')
      const finished = await browser.post(id, 'finish')
      await at('finished')
      if (finished.status !== 200) return given
      const { location } = await browser.go(JSON.parse(finished.text).location)
      const code = codeIn(location)
      await at('resumed')
      if (code === null) return given
      const { status, body } = await redeemCode(world, code, request.verifier)
      if (status !== 200) return given
      if (point !== 'redeemed') given.push('tokens')
      await at('redeemed')
      const authorization = `Bearer ${body.access_token}`
      const userinfo = await fetch(new URL('/oidc/userinfo', browser.issuer), { headers: { authorization } })
      if (userinfo.status === 200) given.push('userinfo')
      const again = await browser.go(authorizationRequest(world).url)
      if (codeIn(again.location) !== null) given.push('another code')
      return given
    }

    test.each(points)('locked once %s', async (point) => {
      expect(await goOn(point, lock)).toEqual([])
    })
    test.each(points)('device removed once %s', async (point) => {
      expect(await goOn(point, remove)).toEqual([])
    })
    test('and everything is, when neither happens', async () => {
      expect(await goOn('begun', async () => {})).toEqual(['tokens', 'userinfo', 'another code'])
    })
  })
})

describe('of another browser', () => {
  beforeEach(() => openWorld('sqlite::memory:'))
  afterEach(() => world[Symbol.asyncDispose]())

  const commands = [
    ['password', () => passwordOf(anna)],
    ['offline', () => ({})],
    ['response', () => ({ response: '12345678' })],
    ['code', () => ({ code: '123456' })],
    ['resend', () => ({})],
    ['restart', () => ({})],
    ['cancel', () => ({})],
    ['finish', () => ({})],
  ] as const

  /** Everything that the API answers to a browser, with the code of each refusal. */
  async function everything(by: Browser, id: string, headers: Record<string, string> = {}): Promise<string[]> {
    const asked = commands.map(([name, body]) => by.post(id, name, body(), headers))
    const watched = ['state', 'state?wait=1&after=x', 'events'].map((path) => by.go(`/sign-in/${id}/${path}`))
    return (await Promise.all([...asked, ...watched])).map((answer) => `${answer.status} ${refusalIn(answer)}`)
  }

  test('abuse-12 a sign-in answers nobody but the browser that began it, and nothing is changed', async () => {
    const { id } = await browser.begin()
    await browser.password(id, anna)
    const before = await browser.state(id)
    const withoutCookie = await everything(new Browser(world), id)
    const stranger = new Browser(world)
    const own = (await stranger.begin()).id
    const cookies = stranger.cookieHeader(`/sign-in/${own}`)
    // The stranger's own cookie, sent to where it does not belong.
    for (const [key, cookie] of stranger.cookies) stranger.cookies.set(key, { ...cookie, path: '/' })
    expect(stranger.cookieHeader(`/sign-in/${id}`)).toContain(cookies.split('; ')[0])
    const withTheirs = await everything(stranger, id)
    expect(new Set([...withoutCookie, ...withTheirs])).toEqual(new Set(['410 sign_in_expired']))
    expect(await browser.state(id)).toEqual({ ...before, now: expect.any(Number) })
  })

  test('a forged cookie is none', async () => {
    const { id } = await browser.begin()
    const forged = `countersign_sign_in=${id}; countersign_sign_in.sig=${'A'.repeat(27)}`
    const answer = await new Browser(world).go(`/sign-in/${id}/state`, { headers: { cookie: forged } })
    expect(refusalIn(answer)).toBe('sign_in_expired')
  })

  test('an approved sign-in cannot be taken over with its address', async () => {
    const { id } = await browser.begin()
    await browser.password(id, anna)
    await approve()
    const thief = new Browser(world)
    expect(refusalIn(await thief.post(id, 'finish'))).toBe('sign_in_expired')
    const { location, status } = await thief.go(await browser.finish(id))
    expect({ location, status }).toEqual({ location: null, status: 400 })
  })

  test.each(['https://evil.example', 'http://localhost:1', 'null', ''])(
    'abuse-52 a post from origin "%s" is refused',
    async (origin) => {
      const { id } = await browser.begin()
      await browser.password(id, anna)
      for (const [name, body] of commands) {
        expect(refusalIn(await browser.post(id, name, body(), { origin }))).toBe('origin_refused')
      }
      expect((await browser.state(id)).step).toBe('waiting')
    },
  )

  test('malformed input is refused, and changes nothing', async () => {
    const { id } = await browser.begin()
    const hostile = [
      ['password', {}],
      ['password', { ...passwordOf(anna), more: 1 }],
      ['password', { ...passwordOf(anna), locale: 'de' }],
      ['password', { ...passwordOf(anna), password: 'x'.repeat(257) }],
      ['password', { ...passwordOf(anna), email: ['a'] }],
      ['response', { response: '1234567' }],
      ['code', { code: '12345' }],
      ['code', { code: 123456 }],
      ['code', { code: '１２３４５６' }],
      ['resend', { more: 1 }],
      ['finish', { more: 1 }],
      ['cancel', []],
      ['restart', null],
      ['offline', 'text'],
    ] as const
    for (const [name, body] of hostile) expect(refusalIn(await browser.post(id, name, body))).toBe('invalid_request')
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    expect(refusalIn(await browser.post(id, 'password', passwordOf(anna), form))).toBe('invalid_request')
    expect(refusalIn(await browser.post(id, 'password', 'x'.repeat(40_000)))).toBe('too_large')
    expect(refusalIn(await browser.go(`/sign-in/${id}/state?wait=-1`))).toBe('invalid_request')
    expect(refusalIn(await browser.go('/sign-in/..%2f/state'))).toBe('sign_in_expired')
    expect((await browser.state(id)).step).toBe('password')
  })
})
