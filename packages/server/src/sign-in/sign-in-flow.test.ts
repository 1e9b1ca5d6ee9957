/** The steps of a sign-in, as the page meets them. */
import type { LinkedDevice } from '@countersign/device'
import type { SignInState } from '@countersign/protocol'
import { startWorld, TestClock, usualPasscode, type World, type WorldAccount } from '@countersign/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Browser, redirectUri, refusalIn } from './browser-for-tests.ts'

let clock: TestClock
let world: World
let anna: WorldAccount
let phone: LinkedDevice
let browser: Browser
let id: string

beforeAll(async () => {
  clock = new TestClock()
  world = await startWorld({ adapters: { clock } })
})
afterAll(() => world[Symbol.asyncDispose]())

// An account of its own for every test: locks and budgets are an account's.
beforeEach(async () => {
  anna = await world.addAccount('Anna')
  phone = await world.linkPhone(anna)
  browser = new Browser(world, {
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0',
  })
  id = (await browser.begin()).id
})

async function shown() {
  const { approvals } = await phone.pendingApprovals()
  const [first, ...more] = approvals
  expect(more).toEqual([])
  if (first === undefined) throw new Error('Nothing waits for the phone.')
  return first
}

const approve = async () => world.approve(phone, await shown())
const refusal = async (name: string, body: unknown = {}) => refusalIn(await browser.post(id, name, body))

/** Waits for the first told state that is wanted. */
async function told(states: AsyncIterator<SignInState>, wanted: (state: SignInState) => boolean): Promise<SignInState> {
  for (;;) {
    const next = await states.next()
    if (next.done) throw new Error('The stream ended.')
    if (wanted(next.value)) return next.value
  }
}

async function listening(work: (states: AsyncGenerator<SignInState, void>) => Promise<void>): Promise<void> {
  const controller = new AbortController()
  await work(browser.events(id, controller.signal)).finally(() => controller.abort())
}

describe('password', () => {
  test('comes first, and the phone is asked after it', async () => {
    expect((await phone.pendingApprovals()).approvals).toEqual([])
    expect((await browser.state(id)).step).toBe('password')
    const state = await browser.password(id, anna)
    expect(state).toMatchObject({
      step: 'waiting',
      device: 'Annas telefon',
      browser: 'Firefox, Linux',
      application: 'Strand',
      application_url: new URL('/', redirectUri).href,
    })
    expect(state).toMatchObject({ expires: clock.now() + 90_000, now: clock.now() })
    const { document } = await shown()
    expect(document).toMatchObject({
      action: 'login',
      binding: 'number',
      locale: 'sv',
      application: { id: 'strand', name: 'Strand' },
      context: { place: 'Datorn som kör demonstrationen', browser: 'Firefox, Linux' },
    })
  })

  test('begun anew in the same browser, it takes what was asked before off the phone', async () => {
    await browser.password(id, anna)
    const again = (await browser.begin()).id
    await browser.password(again, anna)
    expect((await shown()).document.approval).not.toBeUndefined()
    expect((await browser.state(again)).step).toBe('waiting')
    expect(await refusal('finish')).toBe('wrong_step')
  })

  test('begun in another browser, it takes nothing off the phone: a stranger must not end what somebody asked for', async () => {
    await browser.password(id, anna)
    const elsewhere = new Browser(world)
    await elsewhere.password((await elsewhere.begin()).id, anna)
    expect((await phone.pendingApprovals()).approvals).toHaveLength(2)
    expect((await browser.state(id)).step).toBe('waiting')
  })

  test('abuse-34 unknown account, wrong password and locked account are one answer', async () => {
    const erik = await world.addAccount('Erik')
    await world.running.context.db.write((transaction) =>
      transaction.updateTable('accounts').set({ state: 'locked' }).where('email', '=', erik.email).execute(),
    )
    const tries = [
      { email: 'nobody@strand.example', password: anna.password },
      { email: anna.email, password: 'wrong' },
      { email: erik.email, password: erik.password },
    ]
    const answers = await Promise.all(tries.map((body) => browser.post(id, 'password', { ...body, locale: 'sv' })))
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect(answers.map(refusalIn)).toEqual(['sign_in_failed', 'sign_in_failed', 'sign_in_failed'])
    expect((await browser.state(id)).step).toBe('password')
  })

  test('sent twice at once starts one approval', async () => {
    const states = await Promise.all([browser.password(id, anna), browser.password(id, anna)])
    expect(states.map(({ step }) => step)).toEqual(['waiting', 'waiting'])
    await shown()
  })

  test('of two accounts at once asks one of them', async () => {
    const erik = await world.addAccount('Erik')
    const eriksPhone = await world.linkPhone(erik)
    const body = ({ email, password }: WorldAccount) => ({ email, password, locale: 'sv' })
    const answers = await Promise.all([anna, erik].map((account) => browser.post(id, 'password', body(account))))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    const waiting = await Promise.all([phone, eriksPhone].map((one) => one.pendingApprovals()))
    expect(waiting.map(({ approvals }) => approvals.length).sort()).toEqual([0, 1])
  })

  test('is not taken while the phone is asked', async () => {
    await browser.password(id, anna)
    expect(await refusal('password', { email: anna.email, password: anna.password, locale: 'sv' })).toBe('wrong_step')
  })

  test('is taken again after a decline', async () => {
    await browser.password(id, anna)
    await phone.decline(await shown(), 'not-me')
    expect(await browser.state(id)).toMatchObject({ step: 'declined', reason: 'not-me' })
    expect((await browser.password(id, anna)).step).toBe('waiting')
  })
})

describe('waiting', () => {
  test('faq-04 the page is told by the stream that the phone approved', () =>
    listening(async (states) => {
      await browser.password(id, anna)
      await told(states, ({ step }) => step === 'waiting')
      await approve()
      await told(states, ({ step }) => step === 'approved')
    }))

  test('faq-04 a decline is told at once', () =>
    listening(async (states) => {
      await browser.password(id, anna)
      await told(states, ({ step }) => step === 'waiting')
      await phone.decline(await shown(), 'changed-mind')
      expect(await told(states, ({ step }) => step !== 'waiting')).toMatchObject({ reason: 'changed-mind' })
    }))

  test('a long poll answers when the phone has', async () => {
    const { version } = await browser.password(id, anna)
    const poll = browser.state(id, `?wait=25&after=${version}`)
    await approve()
    expect((await poll).step).toBe('approved')
  })

  test('faq-08 ends after 90 seconds, on the page and in the audit', () =>
    listening(async (states) => {
      await browser.password(id, anna)
      await told(states, ({ step }) => step === 'waiting')
      await clock.advance(90_000)
      await told(states, ({ step }) => step === 'expired')
      expect((await phone.pendingApprovals()).approvals).toEqual([])
    }))

  test('an account that is locked meanwhile ends it', async () => {
    await browser.password(id, anna)
    await phone.removeDevice()
    expect((await browser.state(id)).step).toBe('cancelled')
    expect(await browser.password(id, anna)).toMatchObject({ step: 'sms-code' })
  })
})

describe('restart', () => {
  const expire = () => clock.advance(90_000)

  test('asks the phone three times for one password, then the password again', async () => {
    await browser.password(id, anna)
    for (const _again of [2, 3]) {
      await expire()
      expect((await browser.command(id, 'restart')).step).toBe('waiting')
      await shown()
    }
    await expire()
    expect((await browser.command(id, 'restart')).step).toBe('password')
    expect((await phone.pendingApprovals()).approvals).toEqual([])
    expect((await browser.password(id, anna)).step).toBe('waiting')
  })

  test('wants the password again after ten minutes', async () => {
    await browser.password(id, anna)
    await clock.advance(600_000)
    expect((await browser.command(id, 'restart')).step).toBe('password')
  })

  test('sent twice at once starts one approval', async () => {
    await browser.password(id, anna)
    await expire()
    await Promise.all([browser.post(id, 'restart'), browser.post(id, 'restart')])
    expect((await browser.state(id)).step).toBe('waiting')
    await shown()
  })

  test('is refused while the phone is asked, and before the password', async () => {
    expect(await refusal('restart')).toBe('wrong_step')
    await browser.password(id, anna)
    expect(await refusal('restart')).toBe('wrong_step')
  })
})

describe('offline', () => {
  const offline = async () => {
    const state = await browser.command(id, 'offline')
    if (state.step !== 'offline') throw new Error(`No code is on the page: ${state.step}`)
    return state
  }
  const responseTo = async (challenge: string) => (await phone.responseFor(challenge, usualPasscode)).response

  test('faq-05 a code on the page, a response from the phone', async () => {
    await browser.password(id, anna)
    const { challenge, expires, tries_left } = await offline()
    expect({ expires, tries_left }).toEqual({ expires: clock.now() + 90_000, tries_left: 5 })
    const state = await browser.command(id, 'response', { response: await responseTo(challenge) })
    expect(state.step).toBe('approved')
    expect(await browser.finish(id)).toMatch(/\/oidc\/authorize\//)
  })

  test('chosen twice shows the same code', async () => {
    await browser.password(id, anna)
    const first = await offline()
    expect(await offline()).toMatchObject({ challenge: first.challenge, round: first.round })
  })

  test('faq-08 when the code runs out the next one appears by itself, until the rounds are spent', () =>
    listening(async (states) => {
      await browser.password(id, anna)
      let { challenge, round } = await offline()
      await told(states, (state) => state.step === 'offline' && state.round === round)
      while (round < 6) {
        await clock.advance(90_000)
        const next = await told(states, (state) => state.step === 'offline' && state.round === round + 1)
        if (next.step !== 'offline') throw new Error('No code is on the page.')
        expect(next.challenge).not.toBe(challenge)
        ;({ challenge, round } = next)
      }
      await clock.advance(100_000)
      await told(states, ({ step }) => step === 'expired')
    }))

  test('faq-08 a page that comes back a moment late finds the next code', async () => {
    await browser.password(id, anna)
    const { challenge, round } = await offline()
    await clock.advance(91_000)
    const state = await browser.state(id)
    expect(state).toMatchObject({ step: 'offline', round: round + 1, expires: clock.now() + 90_000 })
    expect(state).not.toMatchObject({ challenge })
  })

  test('nobody watches: no new code, and the old one ends', async () => {
    await browser.password(id, anna)
    await offline()
    await clock.advance(100_000)
    expect((await browser.state(id)).step).toBe('expired')
  })

  test('a wrong response is refused with the tries that remain, the fifth ends it', async () => {
    await browser.password(id, anna)
    const { challenge } = await offline()
    const wrong = (await responseTo(challenge)) === '00000000' ? '11111111' : '00000000'
    for (const left of [4, 3, 2, 1]) {
      const answer = await browser.post(id, 'response', { response: wrong })
      expect(JSON.parse(answer.text)).toMatchObject({ code: 'code_refused', tries_left: left })
    }
    expect((await browser.command(id, 'response', { response: wrong })).step).toBe('codes-spent')
    expect((await browser.password(id, anna)).step).toBe('waiting')
    const locked = JSON.parse((await browser.post(id, 'offline')).text)
    expect(locked).toMatchObject({ code: 'offline_locked', retry_after: 900 })
    await approve()
    expect((await browser.state(id)).step).toBe('approved')
  })

  test('the phone can still answer over its network', async () => {
    await browser.password(id, anna)
    await offline()
    await approve()
    expect((await browser.state(id)).step).toBe('approved')
  })

  test('a response without a code on the page is refused', async () => {
    await browser.password(id, anna)
    expect(await refusal('response', { response: '12345678' })).toBe('wrong_step')
  })
})

describe('cancel', () => {
  test('ends what the phone is asked, and tells the application', async () => {
    await browser.password(id, anna)
    const { location } = JSON.parse((await browser.post(id, 'cancel')).text)
    expect((await phone.pendingApprovals()).approvals).toEqual([])
    const back = await browser.go(location)
    expect(new URL(back.location ?? '').searchParams.get('error')).toBe('access_denied')
    expect(await refusal('state')).toBe('not_found')
  })

  test('twice is the same as once, and nothing goes on after it', async () => {
    await browser.password(id, anna)
    const answers = [await browser.post(id, 'cancel'), await browser.post(id, 'cancel')]
    expect(answers[0]?.text).toBe(answers[1]?.text)
    for (const name of ['offline', 'restart', 'finish']) expect(await refusal(name)).toBe('wrong_step')
    expect(await refusal('password', { email: anna.email, password: anna.password, locale: 'sv' })).toBe('wrong_step')
  })
})

describe('finish', () => {
  test('needs the approval', async () => {
    expect(await refusal('finish')).toBe('wrong_step')
    await browser.password(id, anna)
    expect(await refusal('finish')).toBe('wrong_step')
  })

  test('abuse-18 again after a lost answer gives the same', async () => {
    await browser.password(id, anna)
    await approve()
    const [one, two] = await Promise.all([browser.finish(id), browser.finish(id)])
    expect(two).toBe(one)
    expect(await browser.finish(id)).toBe(one)
    expect((await browser.state(id)).step).toBe('approved')
  })

  test('and cancel exclude each other', async () => {
    await browser.password(id, anna)
    await approve()
    const answers = await Promise.all([browser.post(id, 'finish'), browser.post(id, 'cancel')])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
  })

  test('abuse-19 later than five minutes after the approval is too late', async () => {
    await browser.password(id, anna)
    await approve()
    await clock.advance(300_000)
    expect(await refusal('finish')).toBe('redeem_too_late')
    expect((await browser.state(id)).step).toBe('password')
  })
})

test('a sign-in that takes too long is over', async () => {
  await clock.advance(30 * 60_000)
  expect(refusalIn(await browser.go(`/sign-in/${id}/state`))).toBe('sign_in_expired')
})

test('every step leaves a row in the audit', async () => {
  await browser.password(id, anna)
  await approve()
  await browser.finish(id)
  const rows = await world.running.context.db.read((query) =>
    query
      .selectFrom('audit')
      .innerJoin('accounts', 'accounts.id', 'audit.account_id')
      .select('audit.kind')
      .where('accounts.email', '=', anna.email)
      .where('audit.kind', 'like', '%sign-in%')
      .orderBy('audit.seq')
      .execute(),
  )
  expect(rows.map(({ kind }) => kind)).toEqual(['sign-in.phone-asked', 'sign-in.done'])
})
