/** Wherever somebody ends up, the screen says what is so and leads on. */
import { dirname } from 'node:path'
import { accessibilityFaults, buildPages, chromiumPath, launchBrowser, openView } from '@countersign/testkit/browser'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ScriptedServer, startScriptedServer } from './server-for-tests.ts'
import { linkApp, linkToOffer } from './steps-for-tests.ts'
import { words } from './words.ts'

const { sv } = words
const timeout = 60_000

describe.skipIf(chromiumPath === undefined)('the way on', () => {
  let app: ReturnType<typeof buildPages>
  let browser: Browser
  let server: ScriptedServer
  let context: BrowserContext
  let page: Page
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

  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const heading = (name: string) => page.getByRole('heading', { name, exact: true }).waitFor()
  const decline = async () => {
    await expect.poll(() => button(sv.request.decline).getAttribute('aria-disabled')).not.toBe('true')
    await button(sv.request.decline).click()
    await button(sv.reason.none).click()
    await heading(sv.result.declined)
  }

  test(
    'where notifications do not get on while linking, the reason is said, and then that all is done',
    async () => {
      await context.grantPermissions(['notifications'])
      await page.addInitScript(() => {
        // As Chromium answers where it cannot reach its service.
        PushManager.prototype.subscribe = () => Promise.reject(new DOMException('push service error', 'AbortError'))
      })
      await page.reload()
      await linkToOffer(page)
      await button('Aktivera pushnotiser').click()
      await heading('Notiserna är inte på')
      await page.getByText(/nådde inte sin pushtjänst/).waitFor()
      expect(await accessibilityFaults(page)).toEqual([])
      await button('Fortsätt').click()
      await heading('Klart!')
      await button('Öppna appen').click()
      await heading(sv.home.none)
    },
    timeout,
  )

  test(
    'a phone is called what it is until the person says so',
    async () => {
      await button(sv.welcome.start).click()
      expect(await page.getByLabel('Telefonens namn').inputValue()).toMatch(/^(Chrome på \w+|iPhone)$/)
    },
    timeout,
  )

  test(
    'after an answer the one request that came meanwhile is shown at once',
    async () => {
      await linkApp(page)
      await server.ask()
      await decline()
      await server.ask({ headline: 'Betala 10,00 SEK till Skogens El AB' })
      await button(sv.result.next).click()
      await heading('Betala 10,00 SEK till Skogens El AB')
    },
    timeout,
  )

  test(
    'a request that cannot be answered for want of network leads to the code',
    async () => {
      await linkApp(page)
      await server.ask()
      await heading('Logga in på Strand')
      expect(await button(sv.authenticate).count()).toBe(0)
      await context.setOffline(true)
      await page.getByText(sv.request.unreached).waitFor()
      expect(await accessibilityFaults(page)).toEqual([])
      await button(sv.authenticate).click()
      await heading(sv.offline.codeTitle)
    },
    timeout,
  )

  test.each([
    [390, 844],
    [320, 568],
  ])(
    'the screen that says it is done is whole at %i by %i',
    async (width, height) => {
      await page.setViewportSize({ width, height })
      await linkToOffer(page)
      await button('Inte nu').click()
      await heading('Klart!')
      const cut = () => page.locator('main').evaluate((main) => main.scrollHeight - main.clientHeight)
      await expect.poll(cut).toBe(0)
    },
    timeout,
  )
})
