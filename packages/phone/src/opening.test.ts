/** What the app shows first, in a real browser. */
import { dirname } from 'node:path'
import { buildPages, chromiumPath, launchBrowser, openView } from '@countersign/testkit/browser'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ScriptedServer, startScriptedServer } from './server-for-tests.ts'
import { linkApp } from './steps-for-tests.ts'
import { words } from './words.ts'

const { sv } = words
const timeout = 60_000

declare global {
  /** Every heading that was on the page since it was opened, in order. */
  var headingsSeen: string[]
}

/** Runs in the page, before anything of it. */
function noteHeadings(): void {
  globalThis.headingsSeen = []
  const note = () => {
    const text = document.querySelector('h1')?.textContent ?? null
    if (text !== null && text !== globalThis.headingsSeen.at(-1)) globalThis.headingsSeen.push(text)
  }
  new MutationObserver(note).observe(document, { childList: true, subtree: true, characterData: true })
}

let app: ReturnType<typeof buildPages>
let browser: Browser
let server: ScriptedServer
let context: BrowserContext
let page: Page

const request = 'Logga in på Strand'
const seen = async () => {
  await page.getByRole('heading', { name: request }).waitFor()
  return page.evaluate(() => globalThis.headingsSeen)
}

describe.skipIf(chromiumPath === undefined)('the app is opened while a request waits', () => {
  beforeAll(async () => {
    app = buildPages(dirname(import.meta.dirname))
    browser = await launchBrowser()
    server = await startScriptedServer(app.directory)
    context = await openView(browser, 'phone-sv-light')
    page = await context.newPage()
    await page.goto(server.phoneUrl)
    await linkApp(page)
    await page.addInitScript(noteHeadings)
    await server.ask()
    await page.getByRole('heading', { name: request }).waitFor()
  }, timeout)
  afterAll(async () => {
    await browser.close()
    await server.close()
    app.remove()
  })

  test(
    'nothing is on the screen before it',
    async () => {
      // However slow this machine is: the list comes in time, by the page's clock.
      await page.clock.install()
      await page.clock.pauseAt(Date.now() + 60_000)
      await page.reload()
      expect(await seen()).toEqual([request])
      await page.clock.resume()
    },
    timeout,
  )

  test(
    'a list that does not come keeps nobody before an empty screen',
    async () => {
      await page.route('**/v1/device/approvals', () => {})
      await page.reload()
      expect(await seen()).toEqual([sv.home.checking, request])
    },
    timeout,
  )

  test(
    'a list that cannot be had is asked for again',
    async () => {
      await page.unroute('**/v1/device/approvals')
      server.on('GET /v1/device/approvals', 'broken')
      await page.reload()
      expect(await seen()).toEqual([sv.home.checking, request])
    },
    timeout,
  )
})
