/** A phone that has spent its tries at the passcode, before and while a page waits for it. */
import type { LinkedDevice } from '@countersign/device'
import { startWorld, TestClock, type World, type WorldAccount } from '@countersign/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Browser, refusalIn } from './browser-for-tests.ts'

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

beforeEach(async () => {
  anna = await world.addAccount('Anna')
  phone = await world.linkPhone(anna)
  browser = new Browser(world)
  id = (await browser.begin()).id
})

async function shown() {
  const [first, ...more] = (await phone.pendingApprovals()).approvals
  expect(more).toEqual([])
  if (first === undefined) throw new Error('Nothing waits for the phone.')
  return first
}

async function guess(times: number): Promise<void> {
  const waiting = await shown()
  for (let each = 0; each < times; each++) await world.approve(phone, waiting, '999999')
}

const refusal = async (name: string, body: unknown = {}) => refusalIn(await browser.post(id, name, body))

describe('a blocked phone', () => {
  test('is no missing phone: no SMS takes its place, and the page says what happened', async () => {
    await browser.password(id, anna)
    await guess(5)
    await clock.advance(90_000)
    const sent = world.running.inbox?.messages().length
    expect(await browser.command(id, 'restart')).toMatchObject({ step: 'blocked', device: 'Annas telefon' })
    await world.running.jobs.settled()
    expect(world.running.inbox?.messages()).toHaveLength(sent ?? 0)
    for (const [name, body] of [
      ['code', { code: '123456' }],
      ['resend', {}],
      ['finish', {}],
    ] as const)
      expect(await refusal(name, body)).toBe('wrong_step')
  })

  test('that was logged out and linked anew is asked', async () => {
    await browser.password(id, anna)
    await guess(5)
    await clock.advance(90_000)
    await browser.command(id, 'restart')
    await phone.removeDevice()
    phone = await world.linkPhone(anna)
    expect((await browser.command(id, 'restart')).step).toBe('waiting')
  })
})

describe('a phone that is blocked while the page waits', () => {
  test('tells the page at the last wrong passcode, and nothing of those before', async () => {
    const { version } = await browser.password(id, anna)
    await guess(4)
    expect((await browser.state(id)).version).toBe(version)
    const poll = browser.state(id, `?wait=25&after=${version}`)
    await guess(1)
    expect(await poll).toMatchObject({ step: 'blocked', device: 'Annas telefon' })
  })

  test('also where a code is on the page, and no code is taken there any more', async () => {
    await browser.password(id, anna)
    await browser.command(id, 'offline')
    await guess(5)
    expect((await browser.state(id)).step).toBe('blocked')
    expect(await refusal('response', { response: '12345678' })).toBe('wrong_step')
  })

  test('linked anew, it is asked from the page that waited', async () => {
    const { version } = await browser.password(id, anna)
    const poll = browser.state(id, `?wait=25&after=${version}`)
    await guess(5)
    await poll
    await phone.removeDevice()
    expect(await browser.state(id)).toMatchObject({ step: 'blocked', device: null })
    phone = await world.linkPhone(anna)
    expect((await browser.command(id, 'restart')).step).toBe('waiting')
    await shown()
  })
})
