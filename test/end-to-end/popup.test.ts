/**
 * faq-05, 07, 08, 09: the popup on a plain page of an application, under a strict policy, against the real server; the page
 * is the one of docs/integrate.
 */
import type { IncomingMessage, Server } from 'node:http'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import type { LinkedDevice } from '@countersign/device'
import { freePort, startWorld, TestClock, usualPasscode, type World, type WorldAccount } from '@countersign/testkit'
import { accessibilityFaults, type Language, launchBrowser, openContext } from '@countersign/testkit/browser'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { serveSite, template } from './popup-site.ts'

let world: World
let clock: TestClock
let site: Server
let siteUrl: string
let browser: Browser
let context: BrowserContext
let page: Page
let who: { account: WorldAccount; id: string; phone: LinkedDevice | null }
let locale: Language = 'sv'
let starts = 0
/** What the page's back end has collected. */
const collected: string[] = []

async function call(
  method: string,
  path: string,
  body: object,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(world.config.issuer + path, {
    method,
    headers: { authorization: `Bearer ${world.application.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: answer.status, body: JSON.parse(await answer.text()) }
}

/** The application's back end: ten lines of it. */
async function answer(path: string, request: IncomingMessage): Promise<{ status: number; body: object }> {
  const body = (await json(request)) as Record<string, string>
  if (path === '/paid') {
    const redeemed = await call('POST', `/v1/approvals/${body.approval}/redeem`, { redemption_id: body.approval })
    if (redeemed.status === 200) collected.push(String(redeemed.body.approval))
    return redeemed
  }
  const started = await call('POST', '/v1/approvals', {
    account: { id: who.id },
    action: 'bill.pay',
    data: { amount: `${body.amount} SEK`, payee: body.payee },
    context: { place: null, browser: 'Chromium' },
    session: `browser-${++starts}`,
    locale,
  })
  const { approval, page_token } = started.body
  if (started.status > 201) {
    const help = { phoneUrl: world.config.phoneUrl, supportEmail: 'support@strand.example', locale }
    return { status: started.status, body: { ...started.body, ...help } }
  }
  const { id } = approval as { id: string }
  return { status: 200, body: { server: world.config.issuer, approval: id, page_token } }
}

/** An account with a linked phone, or without one, that the application knows. */
async function person(linked: boolean) {
  const account = await world.addAccount('Anna')
  const phone = linked ? await world.linkPhone(account) : null
  const { db } = world.running.context
  const { id } = await db.read((query) =>
    query.selectFrom('accounts').select('id').where('email', '=', account.email).executeTakeFirstOrThrow(),
  )
  await db.write((transaction) =>
    transaction
      .insertInto('relations')
      .values({ application_id: world.application.id, account_id: id, external_id: null })
      .execute(),
  )
  return { account, id, phone }
}

beforeAll(async () => {
  const port = await freePort()
  siteUrl = `http://localhost:${port}`
  clock = new TestClock(Date.now())
  world = await startWorld({ redirectUri: `${siteUrl}/callback`, adapters: { clock } })
  await call('PUT', '/v1/templates/bill.pay', template)
  site = serveSite(world.config.issuer, answer).listen(port, '127.0.0.1')
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser.close()
  site.closeAllConnections()
  site.close()
  await world[Symbol.asyncDispose]()
})

beforeEach(async () => {
  locale = 'sv'
  who = await person(true)
  context = await openContext(browser, { language: 'sv', size: 'desk' }, { reducedMotion: 'reduce' })
  context.setDefaultTimeout(15_000)
  page = await context.newPage()
  const broken: string[] = []
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) broken.push(message.text())
  })
  page.on('pageerror', (error) => broken.push(error.message))
  await page.goto(siteUrl)
  return async () => {
    await context.close()
    expect(broken).toEqual([])
  }
})

const pay = () => page.getByRole('button', { name: 'Betala' }).click()
const dialog = () => page.getByRole('dialog')
const heading = (name: string | RegExp) => dialog().getByRole('heading', { name })
const press = (name: string) => dialog().getByRole('button', { name }).click()
const outcome = () => page.locator('#outcome')

/** What Anna's phone shows. */
async function shownOnPhone() {
  const waiting = (await who.phone?.pendingApprovals())?.approvals ?? []
  const shown = waiting.find(({ numbers }) => numbers !== null) ?? waiting[0]
  if (who.phone === null || shown === undefined) throw new Error('The phone shows nothing.')
  return { phone: who.phone, shown }
}

/** What a page sees of the element. */
type Popup = HTMLElement & {
  open(waiting: object): Promise<{ readonly kind: string }>
  close(): void
}

/** Pictures for people to look at, where a folder is named for them. */
async function picture(name: string): Promise<void> {
  expect(await accessibilityFaults(page)).toEqual([])
  const folder = process.env.PICTURES
  if (folder === undefined) return
  for (const [size, viewport] of [
    ['desk', { width: 1280, height: 800 }],
    ['phone', { width: 390, height: 844 }],
    ['narrow', { width: 320, height: 568 }],
  ] as const) {
    await page.setViewportSize(viewport)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.screenshot({ path: join(folder, `${name}-${locale}-${size}-${colorScheme}.png`) })
    }
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1280, height: 800 })
}

test('faq-07 the popup points to the phone, and once approved there the action is carried out, once', async () => {
  await pay()
  await heading('Öppna appen på').or(heading('Godkänn på')).waitFor()
  await expect
    .poll(() => dialog().textContent())
    .toContain(
      'Betala 1 250,00 SEK till Skogens El AB'.replaceAll(' 2', ' 2').replace('1 250,00 SEK', '1\u00a0250,00\u00a0SEK'),
    )
  await dialog().getByRole('timer').waitFor()
  await dialog().getByRole('link', { name: 'support@strand.example' }).waitFor()
  await picture('waiting')
  const { phone, shown } = await shownOnPhone()
  await world.approve(phone, shown)
  await expect.poll(() => outcome().textContent()).toBe('Betald.')
  expect(collected).toContain(shown.approval)
  expect(await page.getByRole('dialog').count()).toBe(0)
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Betala')
})

test('faq-05 without a push, the code on the page and the response code from the phone do the same', async () => {
  await pay()
  await press('Jag fick ingen pushnotis')
  await heading('Godkänn med en kod').waitFor()
  const code = async () => (await dialog().locator('[data-code]').getAttribute('data-code')) ?? ''
  const { phone } = await shownOnPhone()
  const field = dialog().getByLabel('Svarskod')
  await picture('offline')
  await field.fill('12')
  await press('Bekräfta')
  await dialog().getByText('Svarskoden har 8 siffror.').waitFor()
  await field.fill('00000000')
  await press('Bekräfta')
  await dialog().getByText('4 försök kvar').waitFor()
  await dialog()
    .getByText(/klocka/)
    .waitFor()
  await picture('offline-refused')

  const first = await code()
  await field.fill('1234')
  await clock.advance(90_000)
  await expect.poll(code).not.toBe(first)
  // What was typed stays, and so does the focus.
  expect(await field.inputValue()).toBe('1234')
  const { response } = await phone.responseFor(await code(), usualPasscode)
  await field.fill(` ${response.slice(0, 4)} ${response.slice(4)} `)
  await field.press('Enter')
  await expect.poll(() => outcome().textContent()).toBe('Betald.')
})

test('faq-08 unanswered it ends: nothing was done, the form is kept, and trying again starts anew', async () => {
  await page.getByLabel('Mottagare').fill('Havets Hyra')
  await pay()
  await dialog().getByRole('timer').waitFor()
  await clock.advance(91_000)
  await heading('Tiden gick ut').waitFor()
  await picture('expired')
  expect(await page.getByLabel('Mottagare').inputValue()).toBe('Havets Hyra')
  await press('Försök igen')
  await dialog().getByRole('timer').waitFor()
  const { phone, shown } = await shownOnPhone()
  expect(shown.document.headline).toContain('Havets Hyra')
  await world.approve(phone, shown)
  await expect.poll(() => outcome().textContent()).toBe('Betald.')
})

describe('the popup says plainly', () => {
  test.each([
    ['not-me', 'Du svarade att det inte var du'],
    ['wrong-details', 'Du svarade att uppgifterna var fel'],
    ['changed-mind', 'Du ångrade dig'],
  ] as const)('that the phone declined: %s', async (reason, title) => {
    await pay()
    await dialog().getByRole('timer').waitFor()
    const { phone, shown } = await shownOnPhone()
    await phone.decline(shown, reason)
    await heading(title).waitFor()
    await dialog()
      .getByText(/^Inget har genomförts/)
      .waitFor()
    expect(await dialog().getByRole('button', { name: 'Försök igen' }).count()).toBe(reason === 'not-me' ? 0 : 1)
    if (reason === 'not-me') await picture('declined')
    await press('Stäng')
    await expect.poll(() => outcome().textContent()).toBe('Inget har betalats.')
  })

  test('that no phone is linked, and where to link one', async () => {
    who = await person(false)
    await pay()
    await heading('Ingen telefon är kopplad').waitFor()
    await dialog().getByRole('link', { name: world.config.phoneUrl }).waitFor()
    await picture('no-device')
    await press('Stäng')
    await expect.poll(() => outcome().textContent()).toBe('Inget har betalats.')
  })

  test('that the line broke, and that it is back, and then goes on', async () => {
    await pay()
    await dialog().getByRole('timer').waitFor()
    await context.setOffline(true)
    site.closeAllConnections()
    await dialog().getByText('Ansluter igen … Inget är förlorat.').waitFor()
    await picture('reconnecting')
    await context.setOffline(false)
    await dialog().getByText('Ansluten igen.').waitFor()
    const { phone, shown } = await shownOnPhone()
    await world.approve(phone, shown)
    await expect.poll(() => outcome().textContent()).toBe('Betald.')
  })

  test('the number, where two wait at once, and that another one was picked', async () => {
    await pay()
    await dialog().getByRole('timer').waitFor()
    await page.reload()
    await pay()
    await dialog().getByText('Välj det här numret i appen').waitFor()
    await picture('number')
    const { phone, shown } = await shownOnPhone()
    const shownNumber = (await dialog().locator('.number strong').textContent()) ?? ''
    const other = shown.numbers?.find((number) => number !== shownNumber)
    expect(await phone.approve(shown, usualPasscode, other)).toMatchObject({ state: 'declined' })
    await heading('Ett annat nummer valdes').waitFor()
    await picture('wrong-number')
  })
})

test('Escape withdraws what was asked, and gives the focus back', async () => {
  await pay()
  await dialog().getByRole('timer').waitFor()
  await page.keyboard.press('Escape')
  await expect.poll(() => outcome().textContent()).toBe('Inget har betalats.')
  expect((await who.phone?.pendingApprovals())?.approvals).toEqual([])
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Betala')
})

test('Escape withdraws what was asked also while something else is being asked of the server', async () => {
  await pay()
  await dialog().getByRole('timer').waitFor()
  await page.route('**/offline', () => {
    // Never answered.
  })
  await press('Jag fick ingen pushnotis')
  await page.keyboard.press('Escape')
  await expect.poll(() => outcome().textContent()).toBe('Inget har betalats.')
  expect((await who.phone?.pendingApprovals())?.approvals).toEqual([])
})

test('a page that opens the popup again, at once or instead, waits for what it opened last', async () => {
  const endings = await page.evaluate(async (server) => {
    const popup: Popup = Object(document.querySelector('countersign-approval'))
    const told: string[] = []
    popup.addEventListener('countersign-ended', (event) => told.push(Reflect.get(event, 'detail').kind))
    const waiting = { server, approval: 'apr_AAAAAAAAAAAAAAAAAAAAAA', pageToken: 'none' }
    const [first, second] = [popup.open(waiting), popup.open(waiting)]
    const ended = [(await first).kind]
    popup.close()
    const third = popup.open(waiting)
    ended.push((await second).kind)
    // Long enough for the browser to tell of the dialog that was closed.
    await new Promise((resolve) => setTimeout(resolve, 0))
    const isOpen = popup.shadowRoot?.querySelector('dialog')?.open
    popup.close()
    ended.push((await third).kind)
    return { ended, told, isOpen }
  }, world.config.issuer)
  expect(endings.isOpen).toBe(true)
  expect(endings.ended).toHaveLength(3)
  expect(endings.told).toHaveLength(3)
})

test('in English, by the keyboard alone, on the narrowest screen', async () => {
  locale = 'en'
  await page.setViewportSize({ width: 320, height: 568 })
  await page.getByRole('button', { name: 'Betala' }).focus()
  await page.keyboard.press('Enter')
  await heading(/^(Approve on|Open the app on)/).waitFor()
  await picture('waiting')
  await page.setViewportSize({ width: 320, height: 568 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= 320)).toBe(true)
  await dialog().getByRole('button', { name: "I didn't get a push notification" }).focus()
  await page.keyboard.press('Enter')
  await heading('Approve with a code').waitFor()
  await picture('offline')
  await page.keyboard.press('Escape')
  await expect.poll(() => outcome().textContent()).toBe('Inget har betalats.')
})

test('abuse-53 what is asked is text, whatever is written in it: on the page and on the phone', async () => {
  const payloads = [
    '<img src=x onerror=alert(1)>',
    '"><script>alert(1)</script>',
    '<svg/onload=alert(1)>',
    '{{constructor.constructor("alert(1)")()}}',
    'javascript:alert(1)',
  ]
  for (const payload of payloads) {
    await page.getByLabel('Mottagare').fill(payload)
    await pay()
    await dialog().getByText(payload, { exact: true }).waitFor()
    const { shown } = await shownOnPhone()
    expect(shown.document.lines).toContainEqual({ label: 'Mottagare', value: payload })
    expect(await dialog().locator('img, script, iframe').count()).toBe(0)
    await press('Avbryt')
    await dialog().waitFor({ state: 'detached' })
  }
})
