/** Paying, as far as the page and Strand go without a phone: what is typed, what is wrong with it, and what comes to nothing. */
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
import type { EndReason } from '../src/account-view.ts'
import { type IssuerForTests, startIssuer } from '../src/issuer-for-tests.ts'
import { type Site, startSite } from '../src/site-for-tests.ts'
import { words } from './words.ts'

const pictures = join(import.meta.dirname, '../../../test-results/strand')

describe.skipIf(chromiumPath === undefined)('paying', () => {
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

  const { sv } = words
  const good = {
    amount: '250,00',
    payee: 'Elnät Syd AB',
    accountNumber: 'SE45 5000 0000 0583 9825 7466',
    message: 'Tack',
  }

  const open = async (view: View = 'phone-sv-light') => {
    context = await openView(browser, view)
    page = await context.newPage()
    faults = await watchFaults(page)
    await page.goto(`${site.url}/login`)
    await page.getByRole('button', { name: /^(Ny betalning|New payment)$/ }).click()
  }
  const field = (name: keyof typeof good) => page.locator(`input[name="${name}"]`)
  const fill = async (more: Partial<typeof good> = {}) => {
    for (const [name, value] of Object.entries({ ...good, ...more }))
      await page.locator(`input[name="${name}"]`).fill(value)
  }
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  const look = async (name: string) => {
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0)
    await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
    expect(await accessibilityFaults(page)).toEqual([])
    expect(faults).toEqual([])
  }

  test('the form has its labels, and begins at the amount', async () => {
    await open()
    for (const label of [sv.form.amount, sv.form.payee, sv.form.accountNumber, sv.form.message, sv.form.keep]) {
      await page.getByLabel(label, { exact: true }).waitFor()
    }
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('amount')
  })

  test('every field says what is wrong with it, the first of them is gone to, and nothing typed is lost', async () => {
    await open()
    await fill({ amount: '-5', payee: 'El\u202enät', accountNumber: 'SE45 5000' })
    await press(sv.form.pay)
    for (const fault of ['negative', 'hidden', 'malformed'] as const) await page.getByText(sv.faults[fault]).waitFor()
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('amount')
    expect(await field('amount').inputValue()).toBe('-5')
    expect(await field('message').inputValue()).toBe('Tack')
    expect(site.approver.asked).toEqual([])
    await look('payment-faults')
  })

  test('the account number is checked while it is typed', async () => {
    await open()
    await field('accountNumber').fill('SE45 5000 0000 0583 9825 746')
    await page.getByText(sv.form.accountNumberHint).waitFor()
    await field('accountNumber').fill('SE45 5000 0000 0583 9825 7467')
    await page.getByText(sv.faults['check-digits']).waitFor()
    await field('accountNumber').fill(good.accountNumber)
    await page.getByText(sv.form.accountNumberRight).waitFor()
  })

  test('more than there is on the account is said at the amount', async () => {
    await open()
    await fill({ amount: '48250,51' })
    await press(sv.form.pay)
    await page.getByText(sv.faults['more-than-balance']).waitFor()
    expect(await field('amount').getAttribute('aria-invalid')).toBe('true')
  })

  test.each(['no-device', 'device-blocked', 'too-many', 'not-asked'] as const satisfies EndReason[])(
    'where nobody can be asked (%s), that is said, and what was typed stays',
    async (reason) => {
      site.approver.refusal = reason
      await open('narrow-en-dark')
      await fill({ amount: '250.00' })
      await press(words.en.form.pay)
      await page.getByRole('alert').getByText(words.en.notices[reason].title).waitFor()
      expect(await field('payee').inputValue()).toBe(good.payee)
      expect(await page.getByRole('link', { name: words.en.linkPhone }).count()).toBe(reason === 'no-device' ? 1 : 0)
      await look(`payment-${reason}`)
    },
  )

  test('without a phone, the way to linking one is another login in another tab', async () => {
    site.approver.refusal = 'no-device'
    await open()
    await fill()
    await press(sv.form.pay)
    const opened = context.waitForEvent('page')
    await page.getByRole('link', { name: sv.linkPhone }).click()
    await (await opened).getByRole('heading', { name: 'Hej Anna' }).waitFor()
    expect(issuer.requests.at(-1)?.get('prompt')).toBe('login')
    expect(await field('amount').inputValue()).toBe(good.amount)
  })

  test('when nobody answers, trying again sends the same attempt, and after a change another one', async () => {
    await open()
    await fill()
    const attempts: unknown[] = []
    await page.route('**/api/transfers', async (route) => {
      attempts.push(route.request().postDataJSON().attempt)
      await route.abort()
    })
    await press(sv.form.pay)
    await page.getByRole('alert').getByText(sv.notices.offline.title).waitFor()
    await press(sv.tryAgain)
    await expect.poll(() => attempts.length).toBe(2)
    await page.getByRole('button', { name: sv.tryAgain, exact: true }).waitFor()
    await field('amount').fill('251')
    await press(sv.tryAgain)
    await expect.poll(() => attempts.length).toBe(3)
    expect(attempts[1]).toBe(attempts[0])
    expect(attempts[2]).not.toBe(attempts[0])
  })

  test('who is logged out meanwhile is told, and what was typed stays', async () => {
    await open()
    await fill()
    await context.clearCookies()
    await press(sv.form.pay)
    await page.getByRole('alert').getByText(sv.notices.guest.title).waitFor()
    expect(await field('amount').inputValue()).toBe(good.amount)
  })
})
