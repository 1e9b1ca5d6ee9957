/** What the screens of the shipped app tell a person, and that nothing moves or hides what is to be pressed. */
import { dirname } from 'node:path'
import { accessibilityFaults, buildPages, chromiumPath, launchBrowser, openView } from '@countersign/testkit/browser'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ScriptedServer, startScriptedServer } from './server-for-tests.ts'
import { linkApp } from './steps-for-tests.ts'
import { words } from './words.ts'

const { sv } = words
const timeout = 60_000

let app: ReturnType<typeof buildPages>
let browser: Browser
let server: ScriptedServer
let context: BrowserContext
let page: Page

const button = (name: string) => page.getByRole('button', { name, exact: true })
const heading = (name: string) => page.getByRole('heading', { name }).waitFor()

/** The part of the screen that can be scrolled, and that part of it which this is. */
async function isWhollySeen(selector: string): Promise<boolean> {
  const [seen, box] = await Promise.all([page.locator('main').boundingBox(), page.locator(selector).boundingBox()])
  return seen !== null && box !== null && box.y >= seen.y && box.y + box.height <= seen.y + seen.height
}

describe.skipIf(chromiumPath === undefined)('the screens of the app', () => {
  beforeAll(async () => {
    app = buildPages(dirname(import.meta.dirname))
    browser = await launchBrowser()
  }, timeout)
  afterAll(async () => {
    await browser.close()
    app.remove()
  })
  beforeEach(async () => {
    server = await startScriptedServer(app.directory)
    context = await openView(browser, 'phone-sv-light')
    page = await context.newPage()
    await page.goto(server.phoneUrl)
  }, timeout)
  afterEach(async () => {
    await context.close()
    await server.close()
  })

  test(
    'a blocked phone is logged out where it says that it is blocked, and leads on to linking',
    async () => {
      await linkApp(page)
      server.on('GET /v1/device/events', 'device_blocked')
      await page.reload()
      await heading(sv.stopped.blockedTitle)
      await page.getByText('support@strand.example').waitFor()
      expect(await accessibilityFaults(page)).toEqual([])
      await button(sv.stopped.logOut).click()
      await page.getByRole('dialog').getByRole('button', { name: sv.settings.logOut }).click()
      await button(sv.welcome.start).waitFor()
      expect(server.calls.map(({ route }) => route)).toContain('DELETE /v1/device')
    },
    timeout,
  )

  test(
    'a request that comes while something else is on the screen is told of, moves nothing, and is one tap away',
    async () => {
      await linkApp(page)
      await button(sv.authenticate).click()
      const field = page.getByLabel(sv.offline.codeLabel)
      await field.fill('4915')
      const before = await button(sv.offline.next).boundingBox()
      await server.ask()
      await button(sv.home.waiting(1)).waitFor()
      expect(await button(sv.offline.next).boundingBox()).toEqual(before)
      expect(await field.inputValue()).toBe('4915')
      expect(await field.evaluate((element) => element === document.activeElement)).toBe(true)
      expect(await accessibilityFaults(page)).toEqual([])
      await button(sv.back).click()
      await button(sv.more).click()
      await server.ask()
      await button(sv.home.waiting(2)).click()
      await heading(sv.home.waiting(2))
    },
    timeout,
  )

  test(
    'a single request is opened from there at once',
    async () => {
      await linkApp(page)
      await button(sv.more).click()
      await server.ask({ headline: 'Logga in på Strand' })
      await button(sv.home.waiting(1)).click()
      await heading('Logga in på Strand')
    },
    timeout,
  )

  test(
    'abuse-14: requests with the same headline differ by what their documents say of time, browser and place',
    async () => {
      await linkApp(page)
      await button(sv.more).click()
      const context = { browser: 'Firefox på Windows', place: 'Göteborg, Sverige' }
      const issued = new Date(Date.now() - 5_000)
      await server.ask({ context, issued: issued.toISOString() })
      await server.ask()
      await button(sv.back).click()
      const time = issued.toLocaleTimeString('sv-SE')
      const told = page.getByRole('listitem').filter({ hasText: sv.home.asked(time) })
      await told.getByText('Firefox på Windows').waitFor()
      await told.getByText('Göteborg, Sverige').waitFor()
      expect(await page.getByRole('listitem').count()).toBe(2)
      expect(await accessibilityFaults(page)).toEqual([])
    },
    timeout,
  )

  test(
    'the languages are wholly on the first screen of "Annat"',
    async () => {
      await linkApp(page)
      await button(sv.more).click()
      await heading(sv.more)
      expect(await isWhollySeen('fieldset')).toBe(true)
    },
    timeout,
  )
})
