/** abuse-7: a transfer with many lines. All of it is read before it can be approved, on the smallest phone too. */
import { dirname } from 'node:path'
import { accessibilityFaults, buildPages, chromiumPath, launchBrowser, openView } from '@countersign/testkit/browser'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type ScriptedServer, startScriptedServer } from './server-for-tests.ts'
import { linkApp } from './steps-for-tests.ts'
import { words } from './words.ts'

const { sv } = words
const timeout = 60_000
const headline = 'Betala 1\u00a0250,00\u00a0SEK till Skogens El AB'
const message =
  'Faktura 2026-1123 för el i oktober och november enligt avtal 88-1234, avläst den 20:e av oss båda. Tack för att ni betalar i god tid! Anna L'
const lines = [
  { label: 'Belopp', value: '1\u00a0250,00\u00a0SEK' },
  { label: 'Mottagare', value: 'Skogens El AB' },
  { label: 'Kontonummer', value: 'SE45 5000 0000 0583 9825 7466' },
  { label: 'Meddelande', value: message },
  { label: 'Från konto', value: 'Lönekonto •• 4471' },
]

describe.skipIf(chromiumPath === undefined)('a transfer', () => {
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
  afterEach(async () => {
    await context.close()
    await server.close()
  })

  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const isWaiting = (name: string) => button(name).getAttribute('aria-disabled')
  /** How far the lower edge of a line is from where the buttons' part begins, in pixels: what is above can be read. */
  const roomUnder = (value: string) =>
    page
      .getByText(value, { exact: true })
      .last()
      .evaluate((line) => {
        const [footer] = document.getElementsByTagName('footer')
        if (footer === undefined) throw new Error('There are no buttons.')
        return footer.getBoundingClientRect().top - line.getBoundingClientRect().bottom
      })

  test.each([
    ['phone-sv-light', 390, 844],
    ['phone-sv-light', 320, 568],
    ['desk-sv-dark', 320, 540],
  ] as const)(
    'in %s, %i by %i: whole, with amount and payee first, and read to its end before it is approved',
    async (view, width, height) => {
      server = await startScriptedServer(app.directory)
      context = await openView(browser, view)
      page = await context.newPage()
      await page.setViewportSize({ width, height })
      await page.goto(server.phoneUrl)
      await linkApp(page)
      await server.ask({ action: 'transfer.create', headline, lines })
      await page.getByRole('heading', { name: headline }).waitFor()
      expect(message).toHaveLength(140)
      expect(await page.getByRole('definition').allTextContents()).toEqual(lines.map(({ value }) => value))
      const wide = await page.evaluate(() => document.documentElement.scrollWidth)
      expect(wide).toBeLessThanOrEqual(width)
      const labels = await page.locator('footer').getByRole('button').allTextContents()
      expect(labels).toEqual([sv.request.decline, sv.request.approve])
      await expect.poll(() => isWaiting(sv.request.decline)).toBe('false')
      const last = lines.at(-1)?.value ?? ''
      if (height < 800) {
        expect(await isWaiting(sv.request.approve)).toBe('true')
        await page.getByText(sv.request.readAll).waitFor()
        await page.getByText(last, { exact: true }).evaluate((line) => line.scrollIntoView({ block: 'end' }))
      }
      await page.locator('dl + div').scrollIntoViewIfNeeded()
      await expect.poll(() => isWaiting(sv.request.approve)).toBe('false')
      expect(await roomUnder(last)).toBeGreaterThan(16)
      expect(await accessibilityFaults(page)).toEqual([])
    },
    timeout,
  )
})
