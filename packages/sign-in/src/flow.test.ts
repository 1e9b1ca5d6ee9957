/** The way through the pages, in a real browser, against an API that does what each test says. */
import { dirname } from 'node:path'
import type { DeliveryState } from '@countersign/protocol'
import { buildPages, chromiumPath, launchBrowser, openView } from '@countersign/testkit/browser'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ScriptedServer, type ScriptedState, startScriptedServer } from './server-for-tests.ts'

const here = {
  application: 'Strand',
  application_url: 'https://strand.example/',
  support_email: 'support@strand.example',
}
const device = 'Annas Pixel 9'
const password: ScriptedState = { ...here, step: 'password' }
const waiting = (expires = Date.now() + 80_000, push: DeliveryState = 'none'): ScriptedState => ({
  ...here,
  step: 'waiting',
  push,
  browser: 'Firefox, Linux',
  device,
  number: '47',
  expires,
})
const offline = (challenge: string, tries_left = 5, expires = Date.now() + 80_000, round = 2): ScriptedState => ({
  ...here,
  step: 'offline',
  number: '47',
  device,
  challenge,
  round,
  expires,
  tries_left,
})

describe.skipIf(chromiumPath === undefined)('the way through', () => {
  let browser: Browser
  let pages: ReturnType<typeof buildPages>
  let context: BrowserContext
  let server: ScriptedServer
  let page: Page

  beforeAll(async () => {
    pages = buildPages(dirname(import.meta.dirname))
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser.close()
    pages.remove()
  })
  beforeEach(async () => {
    context = await openView(browser, 'phone-sv-light')
    page = await context.newPage()
  })
  afterEach(async () => {
    await context.close()
    await server.close()
  })

  const open = async (state: ScriptedState) => {
    server = await startScriptedServer(pages.directory, state)
    await page.goto(server.url)
    await page.locator('main:not([data-screen=loading])').waitFor()
  }
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor()
  const response = () => page.getByLabel('Svarskod')
  const arrived = () => page.waitForURL('**/arrived')
  const finishAt = () => server.on('finish', { kind: 'location', location: new URL('/arrived', server.url).href })
  const approve = () => {
    finishAt()
    server.show({ ...here, step: 'approved' })
  }

  test('by keyboard alone: e-mail, password, the phone, and on to the application', async () => {
    await open(password)
    server.on('password', { kind: 'state' }, () => server.show(waiting()))
    await page.keyboard.type(' anna@strand.example ')
    await page.keyboard.press('Enter')
    await page.keyboard.type('morgonbris')
    await page.keyboard.press('Enter')
    await heading(`Öppna Countersign på ${device}`)
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1')
    await page.getByText('Kontrollera att det står Strand och ”Firefox, Linux” i förfrågan').waitFor()
    approve()
    await arrived()
    expect(server.posts).toEqual([
      { name: 'password', body: { email: 'anna@strand.example', password: 'morgonbris', locale: 'sv' } },
      { name: 'finish', body: {} },
    ])
  })

  test('a refused password keeps both fields, and "Tillbaka" leads to the e-mail', async () => {
    await open(password)
    server.on('password', { kind: 'refused', code: 'sign_in_failed' })
    await page.getByLabel('E-post').fill('anna@strand.example')
    await button('Nästa').click()
    await page.getByLabel('Lösenord', { exact: true }).fill('wrong one')
    await button('Nästa').click()
    await page.getByRole('alert').getByText('E-postadressen eller lösenordet är fel').waitFor()
    expect(await page.getByLabel('Lösenord', { exact: true }).inputValue()).toBe('wrong one')
    await button('Tillbaka').click()
    expect(await page.getByLabel('E-post').inputValue()).toBe('anna@strand.example')
  })

  test('a password manager finds both fields on the first page', async () => {
    await open(password)
    const fields = await page
      .locator('form input')
      .evaluateAll((all) => all.map((field) => `${field.getAttribute('name')} ${field.getAttribute('autocomplete')}`))
    expect(fields).toEqual(['username username', 'password current-password'])
  })

  test('the password is shown only while asked for', async () => {
    await open(password)
    await page.getByLabel('E-post').fill('anna@strand.example')
    await button('Nästa').click()
    const field = page.getByLabel('Lösenord', { exact: true })
    expect(await field.getAttribute('type')).toBe('password')
    await button('Visa lösenord').click()
    expect(await field.getAttribute('type')).toBe('text')
  })

  test('nothing typed is kept in the browser, only the language', async () => {
    await open(password)
    await page.getByLabel('E-post').fill('anna@strand.example')
    await button('English').click()
    expect(await page.getByLabel('E-mail').inputValue()).toBe('anna@strand.example')
    expect(await page.evaluate(() => [JSON.stringify({ ...localStorage }), sessionStorage.length])).toEqual([
      '{"countersign.language":"en"}',
      0,
    ])
    await page.reload()
    await heading('Log in')
  })

  test('without push: the code goes by hand, with spaces or without, and the page goes on', async () => {
    await open(waiting())
    server.on('offline', { kind: 'state' }, () => server.show(offline('48291736')))
    await button('Jag fick ingen pushnotis').click()
    await heading('Logga in med en kod')
    expect(await page.locator('[data-code]').getAttribute('data-code')).toBe('48291736')
    await page.getByText('Koden är 4 8 2 9, 1 7 3 6').waitFor()
    finishAt()
    server.on('response', { kind: 'state' }, () => server.show({ ...here, step: 'approved' }))
    await response().fill('1234 - 5678')
    await button('Bekräfta').click()
    await arrived()
    expect(server.posts.map(({ name, body }) => [name, body])).toContainEqual(['response', { response: '12345678' }])
  })

  test('what is no response code is not sent, and costs no try', async () => {
    await open(offline('48291736'))
    await response().fill('1234')
    await button('Bekräfta').click()
    await page.getByText('Svarskoden har 8 siffror.').waitFor()
    expect(server.posts).toEqual([])
  })

  test('a refused response keeps what was typed, and says how many tries are left', async () => {
    await open(offline('48291736'))
    const refusal = { kind: 'refused', code: 'code_refused', more: { tries_left: 1 } } as const
    server.on('response', refusal, () => server.show(offline('48291736', 1)))
    await response().fill('12345678')
    await button('Bekräfta').click()
    await page.getByRole('alert').getByText('klocka').waitFor()
    await page.getByText('1 försök kvar').waitFor()
    expect(await response().inputValue()).toBe('12345678')
  })

  test('a code that ran out is followed by the next, which is announced, and what was typed stays', async () => {
    await open(offline('48291736'))
    await response().fill('1234')
    server.show(offline('55550001'))
    await page.getByRole('status').getByText('En ny kod visas: 5 5 5 5, 0 0 0 1').waitFor()
    expect(await page.locator('[data-code]').textContent()).toBe('55550001')
    expect(await response().inputValue()).toBe('1234')
  })

  test('a code that took the place of another says so for as long as somebody may hold the one before', async () => {
    await page.clock.install()
    await open(offline('48291736', 5, Date.now() + 20_000))
    await page.getByText('kommer en ny kod').waitFor()
    await page.clock.runFor(6_000)
    await page.getByText('Har du inte börjat, vänta på nästa').waitFor()
    server.show(offline('55550001', 5, Date.now() + 6_000 + 90_000, 3))
    await page.getByText('tas emot i 10 sekunder till').waitFor()
    await page.clock.runFor(11_000)
    await page.getByText('tas inte emot längre').waitFor()
    await page.clock.runFor(40_000)
    await page.getByText('kommer en ny kod').waitFor()
  })

  test('a response to a code that was here before is refused with the one to type now', async () => {
    const now = offline('55550001', 4, Date.now() + 70_000, 3)
    await open(now)
    server.on('response', { kind: 'refused', code: 'code_refused', more: { tries_left: 4 } }, () => server.show(now))
    await response().fill('12345678')
    await button('Bekräfta').click()
    await page.getByRole('alert').getByText('koden här är nu 5555 0001').waitFor()
  })

  test('a phone that found a network may still approve while the code is shown', async () => {
    await open(offline('48291736'))
    approve()
    await arrived()
  })

  test('the count is the server’s, however wrong this computer’s clock is', async () => {
    server = await startScriptedServer(pages.directory, password)
    const serverNow = Date.now() - 5 * 3_600_000
    server.show(waiting(serverNow + 40_000), serverNow)
    await page.goto(server.url)
    const label = await page.getByRole('timer').getAttribute('aria-label')
    expect(Number(label?.split(' ')[0])).toBeGreaterThan(30)
    expect(Number(label?.split(' ')[0])).toBeLessThanOrEqual(40)
  })

  test('half a minute before the end it is said aloud', async () => {
    await page.clock.install()
    await open(waiting(Date.now() + 35_000))
    await page.clock.runFor(6_000)
    const said = page.getByRole('status').getByText('sekunder kvar')
    await said.waitFor()
    await page.clock.runFor(6_000)
    await said.waitFor({ state: 'detached' })
  })

  test('a stream that was lost in silence is doubted once the time is up', async () => {
    await page.clock.install()
    await open(waiting(Date.now() + 2_000))
    server.hush({ ...here, step: 'expired' })
    await page.clock.runFor(6_000)
    await heading('Tiden gick ut')
  })

  test('where streams break, a long poll takes their place', async () => {
    server = await startScriptedServer(pages.directory, waiting())
    server.setStreaming(false)
    await page.goto(server.url)
    await expect.poll(() => server.seen.polls).toBeGreaterThan(0)
    approve()
    await arrived()
    expect(server.seen.opened).toBe(3)
  })

  test('a lost line is said, nothing is lost, and the page goes on when it is back', async () => {
    await open(offline('48291736'))
    await response().fill('1234')
    server.setReachable(false)
    await page.getByText('Ansluter igen').waitFor()
    server.setReachable(true)
    await page.getByText('Ansluter igen').waitFor({ state: 'detached' })
    expect(await response().inputValue()).toBe('1234')
    approve()
    await arrived()
  })

  test('a command that does not reach the server can be given again', async () => {
    await open(password)
    await page.getByLabel('E-post').fill('anna@strand.example')
    await button('Nästa').click()
    await page.getByLabel('Lösenord', { exact: true }).fill('morgonbris')
    server.setReachable(false)
    await button('Nästa').click()
    await page.getByRole('alert').getByText('Det gick inte att nå servern').waitFor()
    server.setReachable(true)
    server.on('password', { kind: 'state' }, () => server.show(waiting()))
    await button('Nästa').click()
    await heading(`Öppna Countersign på ${device}`)
  })

  test('faq-04 what became of the push is said, and it is sent again when the person asks', async () => {
    const expires = Date.now() + 80_000
    await open(waiting(expires, 'sending'))
    await heading(`Godkänn på ${device}`)
    server.show(waiting(expires, 'sent'))
    await page.getByRole('status').getByText(`En pushnotis har skickats till ${device}.`).waitFor()
    server.on('wake', { kind: 'state' }, () => server.show(waiting(expires, 'received')))
    await button('Skicka pushnotisen igen').click()
    await page.getByRole('status').getByText(`${device} har fått pushnotisen.`).waitFor()
    server.show(waiting(expires, 'failed'))
    await page.getByRole('alert').getByText(`Vi når inte ${device}`).waitFor()
    await button('Jag fick ingen pushnotis').waitFor()
    expect(server.posts.map(({ name }) => name)).toEqual(['wake'])
  })

  test('faq-04 where the open app has the request, the page says so, and speaks of no push', async () => {
    const expires = Date.now() + 80_000
    await open(waiting(expires, 'none'))
    server.show(waiting(expires, 'in-app'))
    await page.getByRole('status').getByText(`Förfrågan finns på ${device} nu.`).waitFor()
    await heading(`Godkänn på ${device}`)
    await button('Jag fick ingen pushnotis').waitFor()
    expect(await page.getByText(/pushnotis/).allTextContents()).toEqual(['Jag fick ingen pushnotis'])
  })

  test('an approved sign-in is collected even when the first answer is lost', async () => {
    await open(waiting())
    server.on('finish', { kind: 'broken' }, finishAt)
    server.show({ ...here, step: 'approved' })
    await arrived()
    expect(server.posts.filter(({ name }) => name === 'finish')).toHaveLength(2)
  })

  test('an approval that cannot be collected any more leads back to the password, with the reason', async () => {
    await open(waiting())
    server.on('finish', { kind: 'refused', code: 'redeem_too_late' }, () => server.show(password))
    server.show({ ...here, step: 'approved' })
    await page.getByRole('alert').getByText('hämtades inte i tid').waitFor()
    await page.getByLabel('E-post').waitFor()
  })

  test('a decline is said at once; beginning again asks for the password, and remembers the e-mail', async () => {
    await open(password)
    server.on('password', { kind: 'state' }, () => server.show(waiting()))
    await page.getByLabel('E-post').fill('anna@strand.example')
    await button('Nästa').click()
    await page.getByLabel('Lösenord', { exact: true }).fill('morgonbris')
    await button('Nästa').click()
    await heading(`Öppna Countersign på ${device}`)
    server.show({ ...here, step: 'declined', reason: null })
    await heading('Du avböjde inloggningen')
    await button('Försök igen').click()
    expect(await page.getByLabel('E-post').inputValue()).toBe('anna@strand.example')
    await button('Nästa').click()
    expect(await page.getByLabel('Lösenord', { exact: true }).inputValue()).toBe('')
  })

  test('whoever said "not me" is not asked to try again', async () => {
    await open({ ...here, step: 'declined', reason: 'not-me' })
    expect(await button('Försök igen').count()).toBe(0)
  })

  test('an unanswered request is asked again by "Försök igen"', async () => {
    await open({ ...here, step: 'expired' })
    server.on('restart', { kind: 'state' }, () => server.show(waiting()))
    await button('Försök igen').click()
    await heading(`Öppna Countersign på ${device}`)
  })

  test('"Avbryt" goes back to the application, and the browser\'s way back leads past this page', async () => {
    await page.goto('about:blank')
    await open(waiting())
    server.on('cancel', { kind: 'location', location: new URL('/arrived', server.url).href })
    await button('Avbryt').click()
    await arrived()
    await page.goBack()
    expect(page.url()).toBe('about:blank')
  })

  test('a place that is no web address is not gone to', async () => {
    await open(waiting())
    server.on('cancel', { kind: 'location', location: 'javascript:document.title="gone"' })
    await button('Avbryt').click()
    await page.getByRole('alert').waitFor()
    expect(await page.title()).toContain('Öppna Countersign')
  })

  test('a sign-in that is over leads back to the application, in the window that was sent from there', async () => {
    await open(password)
    server.end('sign_in_expired')
    server.on('password', { kind: 'refused', code: 'sign_in_expired' })
    await page.getByLabel('E-post').fill('anna@strand.example')
    await button('Nästa').click()
    await page.getByLabel('Lösenord', { exact: true }).fill('morgonbris')
    await button('Nästa').click()
    await heading('Den här inloggningen är över')
    const back = page.getByRole('link', { name: 'Tillbaka till Strand' })
    expect(await back.getAttribute('href')).toBe('https://strand.example/')
    await page.reload()
    await heading('Den här inloggningen är över')
    expect(await back.getAttribute('href')).toBe('https://strand.example/')
    const elsewhere = await context.newPage()
    await elsewhere.goto(server.url)
    await elsewhere.getByRole('heading', { name: 'Den här inloggningen är över' }).waitFor()
    expect(await elsewhere.getByRole('link', { name: 'Strand' }).count()).toBe(0)
  })

  test('too many tries: the wait is named, and what was typed stays', async () => {
    await open(password)
    server.on('password', { kind: 'refused', code: 'rate_limited', more: { retry_after: 90 } })
    await page.getByLabel('E-post').fill('anna@strand.example')
    await button('Nästa').click()
    await page.getByLabel('Lösenord', { exact: true }).fill('morgonbris')
    await button('Nästa').click()
    await page.getByRole('alert').getByText('2 minuter').waitFor()
    expect(await page.getByLabel('Lösenord', { exact: true }).inputValue()).toBe('morgonbris')
  })
})
