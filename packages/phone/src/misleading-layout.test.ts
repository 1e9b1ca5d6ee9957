/**
 * abuse-7: the longest and strangest texts that a document may hold, on the smallest screens, in a real browser. Who asks
 * is always on the screen and looks the same, nothing lies over anything, and nothing is approved unread.
 */
import { dirname } from 'node:path'
import { buildPages, chromiumPath, launchBrowser, openContext } from '@countersign/testkit/browser'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
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
/** Who asks, as it looks beside an ordinary request. */
let plain: Buffer

const button = (name: string) => page.getByRole('button', { name, exact: true })

const headline = 'Logga in på Strand'
const usual = {
  application: { id: 'strand', name: 'Strand' },
  headline,
  lines: [{ label: 'Konto', value: 'anna@strand.example' }],
}
const line = (value: string) => ({ label: 'Konto', value })

/** Everything as long as a document may have it. */
const longest = {
  application: { id: 'strand', name: 'W'.repeat(60) },
  headline: 'M'.repeat(120),
  lines: Array.from({ length: 12 }, () => ({ label: 'W'.repeat(60), value: 'W'.repeat(254) })),
}

const hostile: Record<string, Record<string, unknown>> = {
  'no room to break a line': longest,
  'words of every length': {
    headline: 'Logga in '.repeat(13).trim(),
    lines: Array.from({ length: 12 }, () => line('en två tre '.repeat(23).trim())),
  },
  'heaps of marks': {
    lines: [line('Ż̴̶̷'.normalize('NFC').repeat(50)), line('a\u0300\u0301\u0302\u0303'.normalize('NFC').repeat(50))],
  },
  'letters from right to left': {
    headline: 'בנק החוף אשר ענה',
    lines: [line('שלום 123 (abc) עולם'), line('مرحبا بالعالم')],
  },
  'spaces that do not break': { lines: [line(`a${'\u00a0'.repeat(250)}b`), line(`a${'\u3000'.repeat(200)}b`)] },
  markup: {
    headline: '<img src=x onerror=alert(1)>',
    lines: [line('</dd></dl><h1>Betala 0 kr</h1>'), line('&lt;b&gt;')],
  },
  'letters that are very wide': { lines: [line('﷽'.repeat(60)), line('𒐫'.repeat(60)), line('꧅'.repeat(60))] },
  'another name of who asks': { lines: [{ label: sv.request.from, value: 'Din bank' }, line('anna@strand.example')] },
}

/** Asks, and gives the parts of the request's screen as they are before anybody has touched it. */
async function ask(changes: Record<string, unknown>) {
  await server.ask({ ...usual, ...changes })
  await button(sv.request.decline).waitFor()
  const asker = page.getByText(sv.request.from, { exact: true }).first().locator('xpath=../..')
  return { asker, name: asker.locator('p').nth(1) }
}

/** What lies on top at some points of a part: always the part itself. */
const isOnTop = (part: Locator) =>
  part.evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect()
    const shares = [0.02, 0.25, 0.5, 0.75, 0.98]
    return shares.every((across) =>
      shares.every((down) => {
        const hit = document.elementFromPoint(left + width * across, top + height * down)
        return hit !== null && element.contains(hit)
      }),
    )
  })

/** It is between the upper edge and the buttons, and nothing lies over it. */
async function expectInSight(part: Locator): Promise<void> {
  const [box, buttons] = [await part.boundingBox(), await button(sv.request.approve).boundingBox()]
  expect(box?.y).toBeGreaterThan(0)
  expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThan(buttons?.y ?? 0)
  expect(await isOnTop(part)).toBe(true)
}

const linesOn = (on: Page) =>
  on.locator('dl > div').evaluateAll((lines) =>
    lines.map((each) => ({
      label: each.querySelector('dt')?.textContent,
      value: each.querySelector('dd')?.textContent,
    })),
  )

/** Texts that begin above the end of the one before them. */
async function overlaps(on: Page): Promise<unknown[]> {
  const places = await on
    .locator('main h1, main dt, main dd')
    .evaluateAll((parts) =>
      parts.map((part) => part.getBoundingClientRect()).map(({ top, bottom }) => ({ top, bottom })),
    )
  return places.filter(({ top }, at) => at > 0 && top < (places[at - 1]?.bottom ?? 0) - 1)
}

/** Nothing is wider than the screen, and no text is cut or hidden. */
const cutOff = () =>
  page.evaluate(() => {
    const wide = document.documentElement.scrollWidth > document.documentElement.clientWidth ? ['the page'] : []
    const parts = [
      ...document.querySelectorAll<HTMLElement>('main, main p, main h1, main dt, main dd, main li span[class]'),
    ]
    const cut = parts.filter((part) => {
      const style = getComputedStyle(part)
      return (
        part.scrollWidth > part.clientWidth + 1 ||
        style.textOverflow === 'ellipsis' ||
        style.visibility !== 'visible' ||
        Number(style.opacity) < 1 ||
        Number.parseFloat(style.fontSize) < 12
      )
    })
    return [...wide, ...cut.map((part) => `${part.tagName}: ${part.textContent?.slice(0, 40)}`)]
  })

describe.skipIf(chromiumPath === undefined).each(['narrow', 'phone'] as const)('abuse-7 on a %s screen', (size) => {
  beforeAll(async () => {
    app = buildPages(dirname(import.meta.dirname))
    browser = await launchBrowser()
    server = await startScriptedServer(app.directory)
    context = await openContext(browser, { language: 'sv', size }, { reducedMotion: 'reduce', isMobile: true })
    page = await context.newPage()
    await page.goto(server.phoneUrl)
    await linkApp(page)
    const { asker } = await ask({})
    plain = await asker.screenshot()
    await forget()
  }, timeout)
  afterAll(async () => {
    await browser.close()
    await server.close()
    app.remove()
  })

  afterEach(forget)

  const declineCounts = () =>
    expect.poll(() => button(sv.request.decline).getAttribute('aria-disabled'), { timeout: 10_000 }).toBe('false')

  /** Back on the first screen, with nothing that waits. */
  async function forget(): Promise<void> {
    server.withdrawAll()
    await page.reload()
    await page.getByRole('heading', { name: sv.home.none }).waitFor()
  }

  test(
    'the longest name of who asks is there from the beginning',
    async () => {
      const { name } = await ask(longest)
      await expectInSight(name)
      expect(await name.textContent()).toBe(longest.application.name)
      expect(await cutOff()).toEqual([])
    },
    timeout,
  )

  test.each(Object.entries(hostile))(
    'who asks looks the same to the last dot, and each line is in its place: %s',
    async (_, changes) => {
      const asked = { ...usual, ...changes, application: usual.application }
      const { asker, name } = await ask(asked)
      await expectInSight(name)
      expect(plain.equals(await asker.screenshot())).toBe(true)
      expect(await linesOn(page)).toEqual(asked.lines)
      expect(await page.locator('h1').textContent()).toBe(asked.headline)
      expect(await overlaps(page)).toEqual([])
      expect(await cutOff()).toEqual([])
    },
    timeout,
  )

  test(
    'several of them stand in the list with all their words',
    async () => {
      for (const name of ['W'.repeat(60), 'w'.repeat(59)]) {
        await server.ask({ ...longest, application: { id: 'strand', name } })
      }
      await page.reload()
      await page.getByRole('heading', { name: sv.home.waiting(2) }).waitFor()
      expect(await page.locator('main li').allTextContents()).toHaveLength(2)
      expect(await cutOff()).toEqual([])
    },
    timeout,
  )

  test(
    'what is longer than the screen is approved once its end was on the screen, and declined at any time',
    async () => {
      await ask(longest)
      await declineCounts()
      const approve = button(sv.request.approve)
      const main = page.locator('main')
      for (const share of [0.25, 0.5, 0.9]) {
        await main.evaluate(
          (element, part) => element.scrollTo(0, (element.scrollHeight - element.clientHeight) * part),
          share,
        )
        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
        expect({ share, waiting: await approve.getAttribute('aria-disabled') }).toEqual({ share, waiting: 'true' })
        expect(await button(sv.request.decline).getAttribute('aria-disabled')).toBe('false')
      }
      await main.evaluate((element) => element.scrollTo(0, element.scrollHeight))
      await expect.poll(() => approve.getAttribute('aria-disabled')).toBe('false')
      // What replaces it is to be read anew.
      await forget()
      const approval = await server.ask(longest)
      await declineCounts()
      await main.evaluate((element) => element.scrollTo(0, element.scrollHeight))
      await expect.poll(() => approve.getAttribute('aria-disabled')).toBe('false')
      await server.change(approval, { ...longest, round: 2, headline: 'N'.repeat(120) })
      await page.getByText(sv.request.changed).waitFor()
      await declineCounts()
      expect(await approve.getAttribute('aria-disabled')).toBe('true')
    },
    timeout,
  )
})
