/** abuse-7, abuse-8: nothing of what a request says about itself reaches the phone's screen. */
import type { LinkedDevice } from '@countersign/device'
import { startWorld, TestClock, type World, type WorldAccount } from '@countersign/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { authorizationRequest, Browser, redirectUri } from './browser-for-tests.ts'

const evil = 'Evil Bank\u202e'

// OpenID Connect goes by the machine's clock: ours starts there.
const clock = new TestClock(Date.now())
let world: World
let anna: WorldAccount
let phone: LinkedDevice

beforeAll(async () => {
  world = await startWorld({ redirectUri, adapters: { clock } })
  anna = await world.addAccount('Anna')
  phone = await world.linkPhone(anna)
})
afterAll(() => world[Symbol.asyncDispose]())

/** Signs in as far as the phone, and gives what is on its screen; then declines. */
async function shownOnPhone(browser: Browser, parameters: Record<string, string> = {}, email = anna.email) {
  const { id } = await browser.begin(authorizationRequest(world, parameters))
  await browser.password(id, { ...anna, email })
  const { approvals, refused } = await phone.pendingApprovals()
  const [shown, more] = approvals
  if (shown === undefined || more !== undefined) throw new Error('There must be one request.')
  await phone.decline(shown)
  expect(refused).toEqual([])
  const { application, headline, lines, context } = shown.document
  return { application, headline, lines, context }
}

const expected = (browser: string | null) => ({
  application: { id: world.application.id, name: world.application.name },
  headline: 'Logga in på Strand',
  lines: [
    { label: 'Konto', value: anna.email },
    { label: 'Webbläsare', value: browser ?? 'Okänd' },
    { label: 'Plats (ungefärlig)', value: 'Datorn som kör demonstrationen' },
  ],
  context: { place: 'Datorn som kör demonstrationen', browser },
})

describe('abuse-7 who asks', () => {
  test.each([
    ['a name of its own', { client_name: evil, application: evil, name: evil, display_name: evil }],
    ['a state that is read aloud', { state: `${evil} `.repeat(20), nonce: evil }],
    ['hints', { login_hint: evil, id_token_hint: '', ui_locales: `sv ${evil}`, acr_values: evil }],
    [
      'a purpose',
      { purpose: evil, binding_message: evil, user_code: evil, authorization_details: `[{"type":"${evil}"}]` },
    ],
  ])('is the registered application, whatever the request brings: %s', async (_, parameters) => {
    expect(await shownOnPhone(new Browser(world), parameters)).toEqual(expected(null))
  })

  test('is asked for the account as it is registered, however the address was typed', async () => {
    const typed = ` ${anna.email.toUpperCase()} `
    expect(await shownOnPhone(new Browser(world), {}, typed)).toEqual(expected(null))
  })
})

describe('abuse-8 where it comes from', () => {
  test.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0', 'Firefox, Linux'],
    ['Strand Bank (trusted) Firefox/144.0 at home', 'Firefox'],
    ['Din bank. Godkann nu! Chrome/1 Windows', 'Chrome, Windows'],
    ['Evil Bank', null],
  ])('is said in our words alone: %s', async (userAgent, name) => {
    const headers = {
      'user-agent': userAgent,
      'x-forwarded-for': '203.0.113.7',
      'cf-ipcity': 'Stockholm',
      'sec-ch-ua': '"Evil Bank";v="1"',
      'x-appengine-city': 'stockholm',
    }
    expect(await shownOnPhone(new Browser(world, headers))).toEqual(expected(name))
  })

  test('is that of the browser which asks now, when another one begins anew', async () => {
    const first = new Browser(world, { 'user-agent': 'Firefox/144.0 Linux' })
    expect((await shownOnPhone(first)).context.browser).toBe('Firefox, Linux')
    const { id } = await first.begin()
    await first.password(id, anna)
    await clock.advance(90_000)
    // The same sign-in is asked again, by a browser that calls itself otherwise now.
    const answer = await first.post(id, 'restart', {}, { 'user-agent': 'Chrome/141.0 Windows' })
    expect(answer.status).toBe(200)
    const { approvals } = await phone.pendingApprovals()
    expect(approvals.map(({ document }) => document.context.browser)).toEqual(['Chrome, Windows'])
    expect(approvals.map(({ document }) => document.lines[1]?.value)).toEqual(['Chrome, Windows'])
  })
})
