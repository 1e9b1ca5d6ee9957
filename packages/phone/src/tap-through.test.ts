/**
 * abuse-3, abuse-14: a finger that was already on its way, on real screens in a real browser. The page's clock stands
 * still, so that "at once" and "half a second later" are what they say.
 */
import { dirname } from 'node:path'
import { buildPages, chromiumPath, launchBrowser, openView } from '@countersign/testkit/browser'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ScriptedServer, startScriptedServer } from './server-for-tests.ts'
import { linkApp, passcode } from './steps-for-tests.ts'
import { words } from './words.ts'

const { sv } = words
const timeout = 60_000
/** Longer than buttons wait, with room for what the page does in between. */
const longEnough = 700

let app: ReturnType<typeof buildPages>
let browser: Browser
let server: ScriptedServer
let context: BrowserContext
let page: Page
/** How many decisions the server had taken before this test. */
let takenBefore = 0

const decided = () => server.decided.slice(takenBefore)
const button = (name: string) => page.getByRole('button', { name, exact: true })
const heading = (name: string) => page.getByRole('heading', { name })

/** From here on time passes only by `page.clock.runFor`. */
const stopTime = async () => page.clock.pauseAt((await page.evaluate(() => Date.now())) + 1_000)

interface Point {
  readonly x: number
  readonly y: number
}

/** Where something is just now. */
async function middleOf(place: Locator): Promise<Point> {
  const box = await place.boundingBox()
  if (box === null) throw new Error('It is not on the screen.')
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

/** A finger touches that point, whatever is there. */
const tap = ({ x, y }: Point) => page.touchscreen.tap(x, y)

async function tapOn(place: Locator): Promise<void> {
  await tap(await middleOf(place))
}

/** Neither of the two answers was taken: the request is still being asked. */
async function nothingHappened(): Promise<void> {
  await page.clock.runFor(32)
  expect(await button(sv.request.approve).isVisible()).toBe(true)
  expect(await heading(sv.passcode.approve).count()).toBe(0)
  expect(await heading(sv.reason.title).count()).toBe(0)
  expect(decided()).toEqual([])
}

/** Taps both answers, and neither of them counts. */
async function neitherCounts(): Promise<void> {
  await tapOn(button(sv.request.approve))
  await nothingHappened()
  await tapOn(button(sv.request.decline))
  await nothingHappened()
}

/** Time passes until a press counts. Sizes are told by the browser itself, which keeps no time of ours. */
const counts = (place: Locator) =>
  expect
    .poll(
      async () => {
        await page.clock.runFor(100)
        return place.getAttribute('aria-disabled')
      },
      { timeout: 10_000 },
    )
    .toBe('false')

async function approveCounts(): Promise<void> {
  await counts(button(sv.request.approve))
  await tapOn(button(sv.request.approve))
  await page.clock.runFor(32)
  await heading(sv.passcode.approve).waitFor()
}

describe.skipIf(chromiumPath === undefined)('a finger on its way', () => {
  beforeAll(async () => {
    app = buildPages(dirname(import.meta.dirname))
    browser = await launchBrowser()
    server = await startScriptedServer(app.directory)
    context = await openView(browser, 'phone-sv-light')
    page = await context.newPage()
    await page.clock.install()
    await page.goto(server.phoneUrl)
    await linkApp(page)
  }, timeout)
  afterAll(async () => {
    await browser.close()
    await server.close()
    app.remove()
  })
  beforeEach(async () => {
    takenBefore = server.decided.length
    await page.clock.resume()
    await page.setViewportSize({ width: 390, height: 844 })
    await page.reload()
    await heading(sv.home.none).waitFor()
  }, timeout)
  afterEach(() => server.withdrawAll())

  describe('abuse-3', () => {
    test(
      'hits nothing when a request takes the screen, and hits once half a second has passed',
      async () => {
        await stopTime()
        await server.ask()
        await button(sv.request.approve).waitFor()
        await neitherCounts()
        await page.clock.runFor(400)
        await neitherCounts()
        await approveCounts()
      },
      timeout,
    )

    test(
      'that lies on the screen from before the half second hits nothing when it is lifted after it',
      async () => {
        await stopTime()
        await server.ask()
        await button(sv.request.approve).waitFor()
        const { x, y } = await middleOf(button(sv.request.approve))
        const devtools = await context.newCDPSession(page)
        const touch = (type: 'touchStart' | 'touchEnd', points: Point[]) =>
          devtools.send('Input.dispatchTouchEvent', { type, touchPoints: points })
        await touch('touchStart', [{ x, y }])
        await page.clock.runFor(longEnough)
        await touch('touchEnd', [])
        await nothingHappened()
        await approveCounts()
      },
      timeout,
    )

    test(
      'hits nothing when what is asked has just become something else',
      async () => {
        await stopTime()
        const approval = await server.ask()
        await button(sv.request.approve).waitFor()
        await counts(button(sv.request.approve))
        await server.change(approval, { round: 2, headline: 'Betala 900,00 kr' })
        await heading('Betala 900,00 kr').waitFor()
        await neitherCounts()
        await page.getByText(sv.request.changed).waitFor()
        await counts(button(sv.request.approve))
        // Of the same size, so that nothing moves.
        await server.change(approval, { round: 3, headline: 'Betala 100,00 kr' })
        await heading('Betala 100,00 kr').waitFor()
        await neitherCounts()
        await approveCounts()
      },
      timeout,
    )

    test(
      'hits nothing when the screen was turned, or another request pushes into it',
      async () => {
        await stopTime()
        await server.ask()
        await button(sv.request.approve).waitFor()
        const armed = () => counts(button(sv.request.approve))
        const waits = () => expect.poll(() => button(sv.request.approve).getAttribute('aria-disabled')).toBe('true')
        await armed()
        await page.setViewportSize({ width: 844, height: 390 })
        await waits()
        await neitherCounts()
        await page.setViewportSize({ width: 390, height: 844 })
        await waits()
        await armed()
        await server.ask({ headline: 'Den andra' })
        await page.getByText(sv.request.others(1)).waitFor()
        await waits()
        await neitherCounts()
        await approveCounts()
      },
      timeout,
    )

    test(
      'twice on "decline" chooses no reason',
      async () => {
        await stopTime()
        await server.ask()
        await button(sv.request.decline).waitFor()
        await counts(button(sv.request.decline))
        const place = await middleOf(button(sv.request.decline))
        await tap(place)
        await page.clock.runFor(32)
        await heading(sv.reason.title).waitFor()
        for (const reason of ['not-me', 'wrong-details', 'changed-mind', 'none'] as const) {
          await tapOn(button(sv.reason[reason]))
        }
        await page.clock.runFor(32)
        expect(await heading(sv.reason.title).isVisible()).toBe(true)
        expect(decided()).toEqual([])
        await counts(button(sv.reason['not-me']))
        await tapOn(button(sv.reason['not-me']))
        await page.clock.resume()
        await heading(sv.result.declined).waitFor()
        expect(decided()).toMatchObject([{ decision: 'decline', reason: 'not-me' }])
      },
      timeout,
    )
  })

  test(
    'abuse-14: the order of the list changes under it: nothing opens, and what is opened then is what is decided',
    async () => {
      server.setReachable(false)
      await page.reload()
      await heading(sv.home.offline).waitFor()
      const first = await server.ask({ headline: 'Den första' })
      const second = await server.ask({ headline: 'Den andra' })
      const third = await server.ask({ headline: 'Den tredje' })
      server.setReachable(true)
      await page.reload()
      await heading(sv.home.waiting(3)).waitFor()
      await stopTime()
      const item = (name: RegExp) => page.getByRole('button', { name })
      await counts(item(/Den första/))
      const place = await middleOf(item(/Den första/))

      server.withdraw(first)
      await heading(sv.home.waiting(2)).waitFor()
      await tap(place)
      await page.clock.runFor(32)
      expect(await heading(sv.home.waiting(2)).isVisible()).toBe(true)

      await counts(item(/Den andra/))
      // As many as before, so that nothing but their order is another.
      await server.replace(third, { headline: 'Den fjärde' })
      await item(/Den fjärde/).waitFor()
      await tap(place)
      await page.clock.runFor(32)
      expect(await heading(sv.home.waiting(2)).isVisible()).toBe(true)

      await counts(item(/Den andra/))
      expect(await middleOf(item(/Den andra/))).toEqual(place)
      await tap(place)
      await page.clock.runFor(32)
      await heading('Den andra').waitFor()
      await counts(button(sv.request.approve))
      await tapOn(button(sv.request.approve))
      await page.clock.resume()
      await page.getByLabel(sv.passcode.label, { exact: true }).fill(passcode)
      await button(sv.request.approve).click()
      await heading(sv.result.approved).waitFor()
      expect(decided().map(({ approval, decision }) => [approval, decision])).toEqual([[second, 'approve']])
    },
    timeout,
  )
})
