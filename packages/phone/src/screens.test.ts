/** What the screens of the shipped app tell a person, and that nothing moves or hides what is to be pressed. */
import { dirname } from 'node:path'
import { accessibilityFaults, buildPages, chromiumPath, launchBrowser, openView } from '@countersign/testkit/browser'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ScriptedServer, startScriptedServer } from './server-for-tests.ts'
import { linkApp, passcode } from './steps-for-tests.ts'
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

/** Where the button is before and after something was said beside a field. */
async function staysInPlace(name: string, act: () => Promise<void>, said: string | RegExp): Promise<void> {
  const before = await button(name).boundingBox()
  await act()
  await page.getByText(said).waitFor()
  expect(await button(name).boundingBox()).toEqual(before)
}

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

  test.each(['light', 'dark'] as const)(
    'a switch of notifications is on where they work, and says so where the push service is out of reach, %s',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme })
      await context.grantPermissions(['notifications'])
      await page.addInitScript(() => {
        // As Chromium answers where it cannot reach its service.
        PushManager.prototype.subscribe = () => Promise.reject(new DOMException('push service error', 'AbortError'))
      })
      await page.reload()
      await linkApp(page)
      await button(sv.more).click()
      await button(sv.settings.notifications).click()
      await button('Inställningar').click()
      const enable = page.getByRole('switch', { name: 'Aktivera pushnotiser' })
      await enable.and(page.locator('[aria-disabled=false]')).click()
      await page.getByText(/nådde inte sin pushtjänst/).waitFor()
      await page.getByText(/privat fönster/).waitFor()
      expect(await enable.getAttribute('aria-checked')).toBe('false')
      expect(await accessibilityFaults(page)).toEqual([])
    },
    timeout,
  )

  test.each([320, 390])(
    'what is said beside a field moves no button, %i wide',
    async (width) => {
      await page.setViewportSize({ width, height: 844 })
      await button(sv.welcome.start).click()
      const next = () => button('Nästa').click()
      await page.getByLabel('Telefonens namn').fill('')
      await staysInPlace('Nästa', next, 'Skriv din e-postadress.')
      await page.getByLabel('E-post').fill('anna@strand.example')
      await page.getByLabel('Telefonens namn').fill('Min telefon')
      await next()
      server.on('POST /v1/linkings', 'link_failed')
      await page.getByLabel('Lösenord').fill('hemligt')
      await staysInPlace('Nästa', next, /Fel e-post eller lösenord/)
      server.on('POST /v1/linkings', 'broken')
      await staysInPlace('Nästa', next, /Inget nät/)
      server.heal()
      await next()
      const code = page.getByLabel('Kod från sms:et')
      await staysInPlace('Nästa', next, 'Koden har 6 siffror.')
      await staysInPlace('Skicka en ny kod', () => button('Skicka en ny kod').click(), /En ny kod är på väg/)
      server.on('POST /v1/linkings/*/code', 'rate_limited')
      await code.fill('493817')
      await staysInPlace('Nästa', next, /För många försök/)
    },
    timeout,
  )

  test(
    'a password is hidden until it is to be seen',
    async () => {
      await button(sv.welcome.start).click()
      await page.getByLabel('E-post').fill('anna@strand.example')
      await button('Nästa').click()
      const password = page.getByLabel('Lösenord')
      await password.fill('hemligt')
      expect(await password.getAttribute('type')).toBe('password')
      await page.getByRole('button', { name: /^Visa/ }).click()
      expect(await password.getAttribute('type')).toBe('text')
      expect(await password.inputValue()).toBe('hemligt')
      expect(await accessibilityFaults(page)).toEqual([])
      await page.getByRole('button', { name: /^Dölj/ }).click()
      expect(await password.getAttribute('type')).toBe('password')
    },
    timeout,
  )

  test(
    'the badge counts what waits, and is gone when it is answered and when the phone is logged out',
    async () => {
      await page.addInitScript(() => {
        const shows = (count: number) => {
          document.documentElement.dataset.badge = String(count)
          return Promise.resolve()
        }
        navigator.setAppBadge = (count) => shows(count ?? 1)
        navigator.clearAppBadge = () => shows(0)
      })
      await page.reload()
      await linkApp(page)
      const isBadge = (count: string) => page.locator(`html[data-badge="${count}"]`).waitFor()
      await server.ask()
      await isBadge('1')
      await button(sv.request.decline).click()
      await button(sv.reason.none).click()
      await isBadge('0')
      await button(sv.done).click()
      await server.ask()
      await isBadge('1')
      await button(sv.back).click()
      await button(sv.more).click()
      await button(sv.settings.logOut).click()
      await page.getByRole('dialog').getByRole('button', { name: sv.settings.logOut }).click()
      await page.getByText(sv.welcome.loggedOut).waitFor()
      await isBadge('0')
    },
    timeout,
  )

  test(
    'a code of a page is there to be compared until the passcode is given, and all times are told in one form',
    async () => {
      await linkApp(page)
      await button(sv.authenticate).click()
      await page.getByText(sv.offline.compare).waitFor()
      await staysInPlace(sv.offline.next, () => button(sv.offline.next).click(), sv.offline.codeShort)
      await page.getByLabel(sv.offline.codeLabel).fill('49158823')
      await button(sv.offline.next).click()
      await page.getByText('4915 8823').waitFor()
      expect(await accessibilityFaults(page)).toEqual([])
      await page.getByLabel(sv.passcode.label, { exact: true }).fill(passcode)
      await button(sv.offline.generate).click()
      await heading(sv.offline.responseTitle)
      await page.getByText(/^1:\d\d$/).waitFor()
      // What is said aloud has words of its own.
      expect(await page.locator('main p:not([data-code])').allInnerTexts()).not.toContainEqual(
        expect.stringMatching(/\d+ sekunder/),
      )
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
