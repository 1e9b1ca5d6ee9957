/** faq-06: signing in to an account that has no device, over HTTP, on both databases. */
import type { LinkedDevice } from '@countersign/device'
import { createDatabase, startWorld, TestClock, type World, type WorldAccount } from '@countersign/testkit'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { findAccount, lockAccount } from '../accounts/index.ts'
import { liveApprovals } from '../approvals/index.ts'
import { inParallel } from '../context-for-tests.ts'
import { authorizationRequest, Browser, codeIn, redeemCode, redirectUri, refusalIn } from './browser-for-tests.ts'

const kinds = [
  { name: 'SQLite', newUrl: async () => 'sqlite::memory:' },
  { name: 'PostgreSQL', newUrl: () => createDatabase(inject('postgres') ?? '') },
]

const minute = 60_000

let clock: TestClock
let world: World
let erik: WorldAccount
let browser: Browser
let id: string

/** A code that is not this one. */
const otherThan = (code: string, by = 1): string => String((Number(code) + by) % 1_000_000).padStart(6, '0')

const texts = () => world.running.inbox?.messages() ?? []
const sent = async (): Promise<string> => {
  await world.running.jobs.settled()
  return world.smsCode(erik.phoneNumber)
}
const submit = (code: string, by = browser, signIn = id) => by.post(signIn, 'code', { code })
const problem = (answer: { text: string }): unknown => JSON.parse(answer.text)

/** As far as the code that was sent. */
async function toCode(): Promise<string> {
  expect((await browser.password(id, erik)).step).toBe('sms-code')
  return sent()
}

/** As far as the page that leads to linking. */
async function toLinking(): Promise<void> {
  const state = await browser.command(id, 'code', { code: await toCode() })
  expect(state).toMatchObject({ step: 'link-phone', device: null })
}

async function block(phone: LinkedDevice): Promise<void> {
  const asking = new Browser(world)
  await asking.password((await asking.begin()).id, erik)
  const [shown] = (await phone.pendingApprovals()).approvals
  if (shown === undefined) throw new Error('Nothing waits for the phone.')
  for (const _try of [1, 2, 3, 4, 5]) await world.approve(phone, shown, '999999')
}

async function lock(): Promise<void> {
  const { context } = world.running
  const account = await context.db.read((query) => findAccount(query, erik.email))
  if (account === null) throw new Error('There is no such account.')
  await lockAccount(context, account.id, liveApprovals)
}

const auditOf = (kind: string) =>
  world.running.context.db.read((query) =>
    query.selectFrom('audit').select(['kind', 'detail']).where('kind', '=', kind).orderBy('seq').execute(),
  )

describe.each(kinds)('on $name', ({ name, newUrl }) => {
  beforeEach(async ({ skip }) => {
    if (name === 'PostgreSQL' && inject('postgres') === null) skip('PostgreSQL is not installed here')
    clock = new TestClock()
    world = await startWorld({ databaseUrl: await newUrl(), redirectUri, adapters: { clock } })
    erik = await world.addAccount('Erik')
    browser = new Browser(world)
    id = (await browser.begin()).id
  })
  afterEach(() => world[Symbol.asyncDispose]())

  describe('the way', () => {
    test('faq-06 password, SMS code, linking, and the ID token says that it was by SMS', async () => {
      const begun = await browser.begin()
      id = begun.id
      expect(await browser.password(id, erik)).toMatchObject({
        step: 'sms-code',
        phone_number: expect.stringMatching(/^\+[• ]+\d\d$/),
        expires: clock.now() + 5 * minute,
        tries_left: 5,
      })
      const code = await sent()
      expect(await browser.command(id, 'code', { code })).toMatchObject({
        step: 'link-phone',
        phone_url: world.config.phoneUrl,
        device: null,
      })
      const { location } = await browser.go(await browser.finish(id))
      const { body } = await redeemCode(world, codeIn(location) ?? '', begun.request.verifier)
      const claims = JSON.parse(Buffer.from(String(body.id_token).split('.')[1] ?? '', 'base64url').toString())
      expect(claims).toMatchObject({
        amr: ['pwd', 'sms'],
        acr: 'urn:countersign:acr:sms',
        auth_time: Math.floor(clock.now() / 1000),
      })
      const again = await browser.go(authorizationRequest(world).url)
      expect(codeIn(again.location)).not.toBeNull()
    })

    test('the SMS says what for, in the language of the page, and is bound to the host of the server', async () => {
      const code = await toCode()
      expect(texts()[0]?.text).toBe(
        `Kod för att logga in på Strand. Berätta den aldrig för någon.\n\n${code}\n\n@localhost #${code}`,
      )
      const english = new Browser(world)
      const { email, password } = erik
      await english.post((await english.begin()).id, 'password', { email, password, locale: 'en' })
      await sent()
      expect(texts()[0]?.text).toMatch(/^Code to log in to Strand\. Never tell it to anyone\./)
    })

    test('the page is told when a phone was linked meanwhile, and goes on by SMS all the same', async () => {
      await toLinking()
      const { version } = await browser.state(id)
      const told = browser.state(id, `?wait=25&after=${version}`)
      await world.linkPhone(erik)
      await clock.advance(1_000)
      expect(await told).toMatchObject({ step: 'link-phone', device: 'Annas telefon' })
      const { location } = await browser.go(await browser.finish(id))
      expect(codeIn(location)).not.toBeNull()
      expect(await auditOf('sign-in.done')).toMatchObject([{ detail: '{"by":"sms"}' }])
    })

    test('abuse-46 a phone that was linked and blocked meanwhile is not gone around', async () => {
      await toLinking()
      await block(await world.linkPhone(erik))
      expect(refusalIn(await browser.post(id, 'finish'))).toBe('sign_in_failed')
    })

    test('finishing again after a lost answer gives the same', async () => {
      await toLinking()
      const [one, two] = await Promise.all([browser.finish(id), browser.finish(id)])
      expect(two).toBe(one)
      expect(await browser.finish(id)).toBe(one)
      expect((await browser.state(id)).step).toBe('approved')
      expect(await auditOf('sign-in.done')).toHaveLength(1)
    })

    test('and finishing and cancelling exclude each other', async () => {
      await toLinking()
      const answers = await Promise.all([browser.post(id, 'finish'), browser.post(id, 'cancel')])
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    })
  })

  describe('abuse-28 wrong codes', () => {
    test('are refused with the tries that remain; the fifth ends it', async () => {
      const code = await toCode()
      for (const tries_left of [4, 3, 2, 1]) {
        expect(problem(await submit(otherThan(code)))).toMatchObject({ code: 'code_refused', tries_left })
        expect(await browser.state(id)).toMatchObject({ step: 'sms-code', tries_left })
      }
      expect((await browser.command(id, 'code', { code: otherThan(code) })).step).toBe('sms-spent')
      expect(refusalIn(await submit(code))).toBe('wrong_step')
      expect(refusalIn(await browser.post(id, 'resend'))).toBe('wrong_step')
      expect(refusalIn(await browser.post(id, 'finish'))).toBe('wrong_step')
      const { email, password } = erik
      const before = texts().length
      const again = await browser.post(id, 'password', { email, password, locale: 'sv' })
      expect(problem(again)).toMatchObject({ code: 'rate_limited', retry_after: 3_600 })
      await world.running.jobs.settled()
      expect(texts()).toHaveLength(before)
    })

    test('of 50 at once 5 are judged', async () => {
      const code = await toCode()
      const answers = await inParallel(50, (index) => submit(otherThan(code, index + 1)))
      const codes = answers.map((answer) => (answer.status === 200 ? 'spent' : refusalIn(answer)))
      expect(codes.filter((outcome) => outcome === 'code_refused' || outcome === 'spent')).toHaveLength(5)
      expect((await auditOf('sign-in.code-wrong')).map(({ detail }) => detail)).toEqual(
        [4, 3, 2, 1, 0].map((tries_left) => JSON.stringify({ tries_left })),
      )
      expect(refusalIn(await submit(code))).toBe('wrong_step')
    })

    test('of 50 at once over five sign-ins 5 are judged, and linking gives no more', async () => {
      const others = await inParallel(4, async () => {
        const by = new Browser(world)
        const signIn = (await by.begin()).id
        await by.password(signIn, erik)
        return { by, id: signIn }
      })
      await browser.password(id, erik)
      const all = [{ by: browser, id }, ...others]
      const answers = await inParallel(50, (index) => {
        const one = all[index % 5] ?? { by: browser, id }
        return submit('000000', one.by, one.id)
      })
      const judged = answers.filter((answer) => answer.status === 200 || refusalIn(answer) === 'code_refused')
      expect(judged).toHaveLength(5)
      expect(await auditOf('sign-in.code-wrong')).toHaveLength(5)
      await expect(world.linkPhone(erik)).rejects.toThrow()
    })

    test('stay counted when a new code is sent, which replaces the old one', async () => {
      const code = await toCode()
      await submit(otherThan(code))
      await clock.advance(minute)
      const state = await browser.command(id, 'resend')
      expect(state).toMatchObject({ step: 'sms-code', tries_left: 4, expires: clock.now() + 5 * minute })
      const next = await sent()
      expect(texts()).toHaveLength(2)
      expect(problem(await submit(next === code ? otherThan(code) : code))).toMatchObject({ tries_left: 3 })
      expect((await browser.command(id, 'code', { code: next })).step).toBe('link-phone')
      expect(await auditOf('sign-in.code-resent')).toHaveLength(1)
    })

    test('a right code is no wrong one, and is used once', async () => {
      const code = await toCode()
      for (const _try of [1, 2, 3, 4]) await submit(otherThan(code))
      const answers = await inParallel(20, () => submit(code))
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
      for (const answer of answers) if (answer.status !== 200) expect(refusalIn(answer)).toBe('wrong_step')
      expect(await auditOf('sign-in.code-right')).toHaveLength(1)
      expect((await browser.state(id)).step).toBe('link-phone')
      const elsewhere = new Browser(world)
      const other = (await elsewhere.begin()).id
      await elsewhere.password(other, erik)
      expect(problem(await submit(otherThan(await sent()), elsewhere, other))).toMatchObject({ code: 'code_refused' })
      expect(refusalIn(await submit('000000', elsewhere, other))).toBe('rate_limited')
    })
  })

  describe('a code', () => {
    test('is good for five minutes, and costs no try afterwards', async () => {
      const code = await toCode()
      await clock.advance(5 * minute)
      expect(refusalIn(await submit(code))).toBe('wrong_step')
      expect(await browser.state(id)).toMatchObject({ step: 'sms-code', tries_left: 5 })
      expect(await browser.command(id, 'resend')).toMatchObject({ tries_left: 5 })
      expect((await browser.command(id, 'code', { code: await sent() })).step).toBe('link-phone')
    })

    test('is good for its own sign-in alone', async () => {
      const code = await toCode()
      const elsewhere = new Browser(world)
      const other = (await elsewhere.begin()).id
      await elsewhere.password(other, erik)
      expect(refusalIn(await submit(code, elsewhere, other))).toBe('code_refused')
    })

    test('is nowhere in the database', async () => {
      const code = await toCode()
      const rows = await world.running.context.db.read(async (query) => [
        await query.selectFrom('sign_ins').selectAll().execute(),
        await query.selectFrom('outbox').selectAll().execute(),
        await query.selectFrom('audit').selectAll().execute(),
      ])
      const values = rows.flat().flatMap((row) => Object.values(row))
      const text = values.map((value) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value),
      )
      expect(text.filter((value) => value.includes(code))).toEqual([])
    })

    test('is not sent again once the password is ten minutes old', async () => {
      await toCode()
      await clock.advance(10 * minute)
      expect((await browser.command(id, 'resend')).step).toBe('password')
    })

    test('is sent five times an hour at most, however often it is asked for at once', async () => {
      await toCode()
      const answers = await inParallel(20, () => browser.post(id, 'resend'))
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(4)
      for (const answer of answers) if (answer.status !== 200) expect(refusalIn(answer)).toBe('rate_limited')
      await world.running.jobs.settled()
      expect(texts()).toHaveLength(5)
      const elsewhere = new Browser(world)
      const { email, password } = erik
      const next = await elsewhere.post((await elsewhere.begin()).id, 'password', { email, password, locale: 'sv' })
      expect(problem(next)).toMatchObject({ code: 'rate_limited', retry_after: 3_600 })
    })

    test('of a password sent twice at once is one', async () => {
      const { email, password } = erik
      await inParallel(8, () => browser.post(id, 'password', { email, password, locale: 'sv' }))
      await world.running.jobs.settled()
      expect(texts()).toHaveLength(1)
      expect((await browser.command(id, 'code', { code: await sent() })).step).toBe('link-phone')
    })
  })

  describe('abuse-46 where there is a device', () => {
    test('linked between password and code, it is asked, and the code is not judged', async () => {
      const code = await toCode()
      const phone = await world.linkPhone(erik)
      expect((await browser.command(id, 'code', { code })).step).toBe('waiting')
      expect((await phone.pendingApprovals()).approvals).toHaveLength(1)
      expect(await auditOf('sign-in.code-right')).toEqual([])
      expect(refusalIn(await submit(code))).toBe('wrong_step')
      expect(refusalIn(await browser.post(id, 'finish'))).toBe('wrong_step')
    })

    test('linked between password and another code, it is asked, and no SMS is sent', async () => {
      await toCode()
      await world.linkPhone(erik)
      const before = texts().length
      expect((await browser.command(id, 'resend')).step).toBe('waiting')
      await world.running.jobs.settled()
      expect(texts()).toHaveLength(before)
    })

    test('and the code at once, one of the two goes on', async () => {
      const code = await toCode()
      const [answer] = await Promise.all([submit(code), world.linkPhone(erik)])
      const { step } = await browser.state(id)
      expect(answer.status).toBe(200)
      expect(['link-phone', 'waiting']).toContain(step)
    })

    test('that is blocked, no SMS goes around it, also when it was linked in between', async () => {
      const code = await toCode()
      const phone = await world.linkPhone(erik)
      await block(phone)
      const before = texts().length
      expect(await browser.command(id, 'code', { code })).toMatchObject({ step: 'blocked', device: 'Annas telefon' })
      const elsewhere = new Browser(world)
      expect((await elsewhere.password((await elsewhere.begin()).id, erik)).step).toBe('blocked')
      await world.running.jobs.settled()
      expect(texts()).toHaveLength(before)
      for (const [command, body] of [
        ['code', { code }],
        ['resend', {}],
        ['finish', {}],
      ] as const)
        expect(refusalIn(await browser.post(id, command, body))).toBe('wrong_step')
      expect(await auditOf('sign-in.phone-blocked')).toHaveLength(2)
    })
  })

  describe('abuse-22 nothing is given out once the account is locked', () => {
    test('between password and code', async () => {
      const code = await toCode()
      await lock()
      expect(refusalIn(await submit(code))).toBe('sign_in_failed')
      expect((await browser.state(id)).step).toBe('password')
    })

    test('between password and another code', async () => {
      await toCode()
      const before = texts().length
      await lock()
      expect(refusalIn(await browser.post(id, 'resend'))).toBe('sign_in_failed')
      await world.running.jobs.settled()
      expect(texts()).toHaveLength(before)
    })

    test('between code and finish', async () => {
      await toLinking()
      await lock()
      expect(refusalIn(await browser.post(id, 'finish'))).toBe('sign_in_failed')
      expect((await browser.state(id)).step).toBe('password')
      const sessions = await world.running.context.db.read((query) =>
        query.selectFrom('oidc_records').select('payload').where('model', 'in', ['Session', 'Grant']).execute(),
      )
      expect(sessions.filter(({ payload }) => payload.includes('accountId'))).toEqual([])
    })

    test('between finish and the application', async () => {
      const begun = await browser.begin()
      id = begun.id
      await toLinking()
      const location = await browser.finish(id)
      await lock()
      expect(codeIn((await browser.go(location)).location)).toBeNull()
    })

    test('and the finish at once: either way there is no session afterwards', async () => {
      const begun = await browser.begin()
      id = begun.id
      await toLinking()
      const [finished] = await Promise.all([browser.post(id, 'finish'), lock()])
      if (finished.status === 200) {
        const { location } = await browser.go(JSON.parse(finished.text).location)
        expect(codeIn(location)).toBeNull()
      }
      expect(codeIn((await browser.go(authorizationRequest(world).url)).location)).toBeNull()
    })
  })

  test('every step leaves a row in the audit', async () => {
    await toLinking()
    await browser.finish(id)
    const rows = await world.running.context.db.read((query) =>
      query.selectFrom('audit').select('kind').where('kind', 'like', 'sign-in%').orderBy('seq').execute(),
    )
    expect(rows.map(({ kind }) => kind)).toEqual([
      'sign-in.begun',
      'sign-in.code-sent',
      'sign-in.code-right',
      'sign-in.done',
    ])
  })
})
