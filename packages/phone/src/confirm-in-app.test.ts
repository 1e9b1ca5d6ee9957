/** The open app tells the server which requests it has (protocol section 5), and nobody waits for that. */
import { dirname } from 'node:path'
import { buildPages, chromiumPath, launchBrowser, openView } from '@countersign/testkit/browser'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ScriptedServer, startScriptedServer } from './server-for-tests.ts'
import { linkApp, passcode } from './steps-for-tests.ts'
import { words } from './words.ts'

const { sv } = words
const timeout = 60_000
const route = 'POST /v1/device/approvals/*/received'

describe.skipIf(chromiumPath === undefined)('a request that the open app has', () => {
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
    await linkApp(page)
  }, timeout)
  afterEach(async () => {
    await context.close()
    await server.close()
  })

  const heading = (name: string) => page.getByRole('heading', { name }).waitFor()
  const told = () => server.calls.filter((call) => call.route === route).map(({ body }) => body)
  const byStream = { transport: 'stream' }

  test(
    'is told of once, however often it is listed and the app is opened',
    async () => {
      const approval = await server.ask()
      await heading('Logga in på Strand')
      await expect.poll(told).toEqual([byStream])
      await server.change(approval, { round: 2, headline: 'Logga in på Strand nu' })
      await heading('Logga in på Strand nu')
      await page.reload()
      await heading('Logga in på Strand nu')
      // What is told of the next one comes after all that might be told of this one.
      await server.ask({ headline: 'En annan' })
      await expect.poll(told).toEqual([byStream, byStream])
    },
    timeout,
  )

  test(
    'that came while the app was opened is told of too',
    async () => {
      await page.goto('about:blank')
      await server.ask()
      await page.goto(server.phoneUrl)
      await heading('Logga in på Strand')
      await expect.poll(told).toEqual([byStream])
    },
    timeout,
  )

  test(
    'is shown and answered all the same where that does not arrive, and is told of when the app is opened next',
    async () => {
      server.on(route, 'unavailable')
      await server.ask()
      await heading('Logga in på Strand')
      await expect.poll(() => told().length).toBe(1)
      server.heal()
      await page.reload()
      await expect.poll(() => told().length).toBe(2)
      const approve = page.getByRole('button', { name: sv.request.approve, exact: true })
      await expect.poll(() => approve.getAttribute('aria-disabled')).toBe('false')
      await approve.click()
      await page.getByLabel(sv.passcode.label, { exact: true }).fill(passcode)
      await approve.click()
      await heading(sv.result.approved)
    },
    timeout,
  )

  test(
    'does not wait for it',
    async () => {
      await page.route('**/received', () => undefined)
      await server.ask()
      await heading('Logga in på Strand')
      const decline = page.getByRole('button', { name: sv.request.decline, exact: true })
      await expect.poll(() => decline.getAttribute('aria-disabled')).not.toBe('true')
      await decline.click()
      await page.getByRole('button', { name: sv.reason.none, exact: true }).click()
      await heading(sv.result.declined)
      expect(told()).toEqual([])
    },
    timeout,
  )
})
