/** Strand in a real browser: the way in and out, and every screen in both languages, light and dark. */
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  accessibilityFaults,
  buildPages,
  chromiumPath,
  launchBrowser,
  openView,
  type View,
  watchFaults,
} from '@countersign/testkit/browser'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type IssuerForTests, startIssuer } from '../src/issuer-for-tests.ts'
import { type Site, startSite } from '../src/site-for-tests.ts'

const pictures = join(import.meta.dirname, '../../../test-results/strand')

describe.skipIf(chromiumPath === undefined)('Strand', () => {
  let browser: Browser
  let pages: ReturnType<typeof buildPages>
  let issuer: IssuerForTests
  let site: Site
  let context: BrowserContext
  let page: Page
  let faults: readonly string[]

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true })
    pages = buildPages(dirname(import.meta.dirname))
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser.close()
    pages.remove()
  })
  beforeEach(async () => {
    issuer = await startIssuer('strand', 'secret')
    site = await startSite({ issuer: issuer.url, clientSecret: 'secret' }, pages.directory)
  })
  afterEach(async () => {
    await context.close()
    await site.close()
    await issuer.close()
  })

  const open = async (view: View, path = '/') => {
    context = await openView(browser, view)
    page = await context.newPage()
    faults = await watchFaults(page)
    await page.goto(site.url + path)
  }
  const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor()

  const look = async (name: string) => {
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
    expect(await page.getByRole('link', { name: 'support@strand.example' }).count()).toBe(1)
    await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
    expect(await accessibilityFaults(page)).toEqual([])
    expect(faults).toEqual([])
  }

  test('in Swedish: log in, see the account, log out', async () => {
    await open('phone-sv-light')
    await page.getByRole('link', { name: 'Logga in', exact: true }).click()
    await heading('Hej Anna')
    expect(issuer.requests[0]?.get('ui_locales')).toBe('sv')
    await page.getByText('48 250,50 kr').waitFor()
    expect(await page.title()).toBe('Vardagskonto – Strand')
    await page.getByText('anna@strand.example').waitFor()
    await page.getByRole('button', { name: 'Logga ut' }).click()
    await heading('Dina pengar, lugna som havet')
    expect(issuer.farewells).toHaveLength(1)
    expect(await context.cookies()).toEqual([])
  })

  test('going back after logging out shows nothing of the account', async () => {
    await open('phone-sv-light')
    await page.getByRole('link', { name: 'Logga in', exact: true }).click()
    await heading('Hej Anna')
    await page.getByRole('button', { name: 'Logga ut' }).click()
    await heading('Dina pengar, lugna som havet')
    await page.goBack()
    await heading('Dina pengar, lugna som havet')
    expect(await page.getByText('48 250,50').count()).toBe(0)
  })

  test('a cancelled login says so, and "Försök igen" begins another', async () => {
    issuer.person = { error: 'access_denied' }
    await open('phone-sv-light')
    await page.getByRole('link', { name: 'Logga in', exact: true }).click()
    await heading('Du loggades inte in')
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1')
    issuer.person = { sub: 'acc_anna', name: 'Anna Lind', email: 'anna@strand.example' }
    await page.getByRole('link', { name: 'Försök igen' }).click()
    await heading('Hej Anna')
  })

  test('the language can be chosen, and is remembered', async () => {
    await open('phone-sv-light')
    await page.getByRole('button', { name: 'English' }).click()
    await heading('Your money, as calm as the sea')
    await page.reload()
    await heading('Your money, as calm as the sea')
    expect(await page.locator('html').getAttribute('lang')).toBe('en')
  })

  test('when Strand itself is gone, logging out says that it did not happen', async () => {
    await open('phone-sv-light')
    await page.getByRole('link', { name: 'Logga in', exact: true }).click()
    await heading('Hej Anna')
    await page.route('**/logout', (route) => route.abort())
    await page.getByRole('button', { name: 'Logga ut' }).click()
    await page.getByRole('alert').getByText('du kan fortfarande vara inloggad').waitFor()
  })

  test.each(['phone-sv-light', 'narrow-en-dark', 'desk-sv-dark', 'desk-en-light'] as const)(
    'every screen, %s',
    async (view) => {
      await open(view)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await look(`welcome-${view}`)
      await page.goto(`${site.url}/problem/unreachable`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await look(`problem-${view}`)
      await page.goto(`${site.url}/login`)
      await page.getByRole('heading', { name: /Hej|Hello/ }).waitFor()
      await look(`account-${view}`)
      await page.getByRole('button', { name: /^(Ny betalning|New payment)$/ }).click()
      await look(`payment-${view}`)
      await page.getByRole('button', { name: /^(Betala|Pay)$/ }).click()
      await page
        .getByText(/^(Fyll i det här|Fill this in)\.$/)
        .first()
        .waitFor()
      await look(`payment-faults-${view}`)
    },
  )
})
