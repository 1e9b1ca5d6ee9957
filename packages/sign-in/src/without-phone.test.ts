/** The way through the pages of an account without a phone, or with a blocked one, against an API that does what each test says. */
import { dirname } from 'node:path'
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
const phone_url = 'http://localhost:4001/'
const password: ScriptedState = { ...here, step: 'password' }
const codeExpires = Date.now() + 290_000
const smsCode = (tries_left = 5, expires = codeExpires): ScriptedState => ({
  ...here,
  step: 'sms-code',
  phone_number: '+•• •• ••• •• 05',
  expires,
  tries_left,
})
const linkPhone = (linked: string | null = null): ScriptedState => ({
  ...here,
  step: 'link-phone',
  phone_url,
  device: linked,
})

describe.skipIf(chromiumPath === undefined)('without a phone', () => {
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
  const code = () => page.getByLabel('Kod från sms:et')
  const finishAt = () => server.on('finish', { kind: 'location', location: new URL('/arrived', server.url).href })
  const arrived = () => page.waitForURL('**/arrived')

  test('faq-06 by keyboard: the code from the SMS, the way to linking, and on to the application', async () => {
    await open(password)
    server.on('password', { kind: 'state' }, () => server.show(smsCode()))
    await page.keyboard.type('anna@strand.example')
    await page.keyboard.press('Enter')
    await page.keyboard.type('morgonbris')
    await page.keyboard.press('Enter')
    await heading('Skriv koden från sms:et')
    await page.getByRole('status').getByText('till +••\u00a0••\u00a0•••\u00a0••\u00a005').waitFor()
    server.on('code', { kind: 'state' }, () => server.show(linkPhone()))
    await page.keyboard.type('123 456')
    await page.keyboard.press('Enter')
    await heading('Ingen telefon är kopplad')
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1')
    expect(await page.getByRole('link', { name: phone_url }).getAttribute('target')).toBe('_blank')
    finishAt()
    await button('Fortsätt till Strand').click()
    await arrived()
    expect(server.posts.slice(1)).toEqual([
      { name: 'code', body: { code: '123456' } },
      { name: 'finish', body: {} },
    ])
  })

  test('a phone that is linked meanwhile is noticed, and the way goes on', async () => {
    await open(linkPhone())
    server.show(linkPhone(device))
    await heading('Telefonen är kopplad')
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1')
    await page.getByText(`godkänner du på ${device}`).waitFor()
    finishAt()
    await button('Fortsätt till Strand').click()
    await arrived()
  })

  test('nothing is finished before the person asks for it', async () => {
    await open(linkPhone())
    server.show(linkPhone(device))
    await heading('Telefonen är kopplad')
    expect(server.posts).toEqual([])
  })

  test('an answer that is lost on the way out is asked for again', async () => {
    await open(linkPhone(device))
    server.on('finish', { kind: 'broken' }, () => {
      finishAt()
      server.show({ ...here, step: 'approved' })
    })
    await button('Fortsätt till Strand').click()
    await arrived()
    expect(server.posts.filter(({ name }) => name === 'finish')).toHaveLength(2)
  })

  test('an account that was locked meanwhile leads back to the password, with the reason', async () => {
    await open(linkPhone())
    server.on('finish', { kind: 'refused', code: 'sign_in_failed' }, () => server.show(password))
    await button('Fortsätt till Strand').click()
    await page.getByRole('alert').getByText('Det gick inte att logga in').waitFor()
    await page.getByLabel('E-post').waitFor()
  })

  test('a wrong code keeps what was typed, and says how many tries are left', async () => {
    await open(smsCode())
    const refusal = { kind: 'refused', code: 'code_refused', more: { tries_left: 4 } } as const
    server.on('code', refusal, () => server.show(smsCode(4)))
    await code().fill('123456')
    await button('Nästa').click()
    await page.getByRole('alert').getByText('inte rätt kod').waitFor()
    expect(await page.getByRole('alert').textContent()).not.toContain('appkod')
    await page.getByText('4 försök kvar').waitFor()
    expect(await page.getByText('En ny kod är på väg').count()).toBe(0)
    expect(await code().inputValue()).toBe('123456')
  })

  test('the last wrong code ends it, and beginning again asks for the password', async () => {
    await open(smsCode(1))
    server.on('code', { kind: 'state' }, () => server.show({ ...here, step: 'sms-spent' }))
    await code().fill('123456')
    await button('Nästa').click()
    await heading('För många felaktiga koder')
    await button('Försök igen').click()
    await page.getByLabel('E-post').waitFor()
  })

  test('what is no code is not sent, and costs no try', async () => {
    await open(smsCode())
    await code().fill('12345')
    await button('Nästa').click()
    await page.getByText('Koden har 6 siffror.').waitFor()
    expect(server.posts).toEqual([])
  })

  test('another code is said aloud, and what was typed of the one before is gone', async () => {
    await open(smsCode())
    await code().fill('123')
    server.on('resend', { kind: 'state' }, () => server.show(smsCode(5, Date.now() + 300_000)))
    await button('Skicka en ny kod').click()
    await page.getByRole('status').getByText('En ny kod är på väg').waitFor()
    expect(await code().inputValue()).toBe('')
    expect(await code().evaluate((field) => field === document.activeElement)).toBe(true)
  })

  test('no more SMS for now: the wait is named', async () => {
    await open(smsCode())
    server.on('resend', { kind: 'refused', code: 'rate_limited', more: { retry_after: 1_500 } })
    await button('Skicka en ny kod').click()
    await page.getByRole('alert').getByText('25 minuter').waitFor()
  })

  test('a code that runs out says so by itself, however wrong this computer’s clock is', async () => {
    await page.clock.install()
    server = await startScriptedServer(pages.directory, password)
    const serverNow = Date.now() - 5 * 3_600_000
    server.show(smsCode(5, serverNow + 300_000), serverNow)
    await page.goto(server.url)
    await heading('Skriv koden från sms:et')
    expect(await page.getByRole('timer').textContent()).toMatch(/^(5:00|4:59)$/)
    await page.clock.runFor(290_000)
    expect(await page.getByText('Koden har gått ut').count()).toBe(0)
    await page.clock.runFor(11_000)
    await page.getByText('Koden har gått ut. Skicka en ny.').waitFor()
  })

  test('a blocked phone: what happened, what to do, and "Försök igen" once it is linked anew', async () => {
    await open({ ...here, step: 'blocked', device })
    await heading('Telefonen är spärrad')
    await page.getByText('”Annat” och sedan på ”Logga ut”').waitFor()
    server.on('restart', { kind: 'state' }, () =>
      server.show({
        ...here,
        step: 'waiting',
        push: 'none',
        device,
        browser: 'Firefox, Linux',
        number: '47',
        expires: Date.now() + 80_000,
      }),
    )
    await button('Försök igen').click()
    await heading(`Öppna Countersign på ${device}`)
  })
})
