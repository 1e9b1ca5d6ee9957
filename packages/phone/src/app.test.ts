/** The app as it is shipped, in a real browser, within its content security policy. */
import { dirname } from 'node:path'
import { codeKeyOf, typedResponse } from '@countersign/protocol'
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
let faults: string[]

const button = (name: string) => page.getByRole('button', { name, exact: true })
const heading = (name: string) => page.getByRole('heading', { name }).waitFor()
const enter = async (digits: string, action: string) => {
  await page.getByLabel(sv.passcode.label, { exact: true }).fill(digits)
  await button(action).click()
}

const link = () => linkApp(page)

const linkings = () => server.calls.filter(({ route }) => route.includes('/v1/linkings'))

describe.skipIf(chromiumPath === undefined)('the app in a browser', () => {
  beforeAll(async () => {
    app = buildPages(dirname(import.meta.dirname))
    browser = await launchBrowser()
  }, timeout)
  afterAll(async () => {
    await browser.close()
    app.remove()
  })
  beforeEach(async () => {
    faults = []
    server = await startScriptedServer(app.directory)
    context = await openView(browser, 'phone-sv-light')
    page = await context.newPage()
    page.on('pageerror', ({ message }) => faults.push(message))
    page.on('console', (message) => {
      // What the network does wrong is part of these tests; what the policy forbids is not.
      if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) faults.push(message.text())
    })
    await page.goto(server.phoneUrl)
  }, timeout)
  afterEach(async () => {
    await context.close()
    await server.close()
    expect(faults).toEqual([])
  })

  test(
    'abuse-3: no press counts before half a second has passed, nor when the layout has just changed',
    async () => {
      await link()
      await page.evaluate((label) => {
        const find = () => [...document.querySelectorAll('button')].find((each) => each.textContent === label)
        const observer = new MutationObserver(() => {
          const found = find()
          if (found === undefined) return
          observer.disconnect()
          found.click()
          // Looked at once the app has had its chance to go on.
          requestAnimationFrame(() =>
            requestAnimationFrame(() => {
              document.documentElement.dataset.pressed = find()?.isConnected === true ? 'nothing' : 'went on'
            }),
          )
        })
        observer.observe(document.body, { childList: true, subtree: true })
      }, sv.request.approve)
      await server.ask()
      await expect.poll(() => page.evaluate(() => document.documentElement.dataset.pressed)).toBe('nothing')
      await heading('Logga in på Strand')
      const approve = button(sv.request.approve)
      await expect.poll(() => approve.getAttribute('aria-disabled')).toBe('false')
      await page.setViewportSize({ width: 360, height: 700 })
      await expect.poll(() => approve.getAttribute('aria-disabled')).toBe('true')
      await approve.click()
      await heading(sv.passcode.approve)
      expect(server.decided).toEqual([])
    },
    timeout,
  )

  test(
    'abuse-3: declining stands first, is of equal size, and nothing has the focus',
    async () => {
      await link()
      await server.ask()
      const decline = await button(sv.request.decline).boundingBox()
      const approve = await button(sv.request.approve).boundingBox()
      expect(decline?.x).toBeLessThan(approve?.x ?? 0)
      expect([decline?.width, decline?.height, decline?.y]).toEqual([approve?.width, approve?.height, approve?.y])
      expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true)
    },
    timeout,
  )

  test(
    'a request that is open says when its answer could not be sent, and what to do instead',
    async () => {
      await link()
      await server.ask()
      await page.getByText(sv.request.caution).waitFor()
      await context.setOffline(true)
      await page.getByText(sv.request.unreached).waitFor()
      await context.setOffline(false)
      await page.getByText(sv.request.caution).waitFor()
    },
    timeout,
  )

  test(
    'abuse-7: what is longer than the screen is approved only when its end was on the screen',
    async () => {
      await link()
      const lines = Array.from({ length: 12 }, (_, index) => ({ label: `Rad ${index}`, value: 'x'.repeat(80) }))
      await server.ask({ lines })
      const approve = button(sv.request.approve)
      await expect.poll(() => button(sv.request.decline).getAttribute('aria-disabled')).toBe('false')
      expect(await approve.getAttribute('aria-disabled')).toBe('true')
      await page.getByText(sv.request.readAll).waitFor()
      await page.getByText('Rad 11').scrollIntoViewIfNeeded()
      await page.locator('main').evaluate((main) => main.scrollTo(0, main.scrollHeight))
      await expect.poll(() => approve.getAttribute('aria-disabled')).toBe('false')
    },
    timeout,
  )

  test(
    'abuse-14: of several requests the one that was touched is decided',
    async () => {
      await link()
      await page.reload()
      server.setReachable(false)
      await heading(sv.home.offline)
      await server.ask({ headline: 'Den första' })
      const second = await server.ask({ headline: 'Den andra' })
      await server.ask({ headline: 'Den tredje' })
      server.setReachable(true)
      await page.reload()
      await heading(sv.home.waiting(3))
      await page.getByRole('button', { name: /Den andra/ }).click()
      await button(sv.request.decline).click()
      await button(sv.reason.none).click()
      await heading(sv.result.declined)
      expect(server.decided.map(({ approval }) => approval)).toEqual([second])
    },
    timeout,
  )

  test(
    'a wrong passcode is counted, warned of before the last, and then stops the phone',
    async () => {
      await link()
      await server.ask()
      await button(sv.request.approve).click()
      for (const left of [4, 3, 2]) {
        await enter('999111', sv.request.approve)
        await page.getByText(sv.passcode.wrong(left)).waitFor()
      }
      await enter('999111', sv.request.approve)
      await page.getByText(sv.passcode.wrongLast).waitFor()
      await enter('999111', sv.request.approve)
      await heading(sv.stopped.blockedTitle)
      await page.getByText('support@strand.example').waitFor()
    },
    timeout,
  )

  test(
    'a decision whose answer was lost is kept, and sent again with the same bytes',
    async () => {
      await link()
      await server.ask()
      server.on('POST /v1/device/approvals/*/decision', 'broken')
      await button(sv.request.approve).click()
      await enter(passcode, sv.request.approve)
      await heading(sv.unsent.title)
      server.heal()
      await button(sv.retry).click()
      await heading(sv.result.approved)
      const [first, second] = server.calls
        .filter(({ route }) => route.endsWith('/decision'))
        .map(({ body }) => JSON.stringify(body).split('.')[1])
      expect(first).toBe(second)
    },
    timeout,
  )

  test(
    'faq-05: opens from its service worker and makes the response without any network',
    async () => {
      await link()
      await page.evaluate(async () => void (await navigator.serviceWorker.ready))
      server.setReachable(false)
      await context.setOffline(true)
      await page.reload()
      await heading(sv.home.offline)
      await button(sv.authenticate).click()
      await page.getByLabel(sv.offline.codeLabel).fill('4915 8823')
      await button(sv.offline.next).click()
      await enter(passcode, sv.offline.generate)
      await heading(sv.offline.responseTitle)
      const shown = await page.locator('[data-code]').getAttribute('data-code')
      const key = codeKeyOf(server.secret())
      const now = Date.now()
      expect([now, now - 30_000].map((at) => typedResponse(key, '49158823', at))).toContain(shown)
    },
    timeout,
  )

  test(
    'abuse-32: what is kept are keys that cannot be exported, and no passcode',
    async () => {
      await link()
      const kept = await page.evaluate(async () => {
        const opened = indexedDB.open('countersign')
        await new Promise((resolve) => opened.addEventListener('success', resolve))
        const read = opened.result.transaction('kept').objectStore('kept').get('device')
        await new Promise((resolve) => read.addEventListener('success', resolve))
        const keys = [read.result.keyPair.privateKey, read.result.lock.sealKey]
        const local = JSON.stringify({ ...localStorage })
        return { extractable: keys.map((key) => key.extractable), local, members: Object.keys(read.result).sort() }
      })
      expect(kept.extractable).toEqual([false, false])
      expect(kept.local).toBe('{"countersign.linked":"1"}')
      expect(kept.members).toEqual([
        'account',
        'biometricLock',
        'clockOffset',
        'device',
        'documentKeys',
        'issuer',
        'keyPair',
        'linkedAt',
        'lock',
        'name',
        'pending',
        'publicJwk',
        'renewal',
        'thumbprint',
        'unfinished',
      ])
    },
    timeout,
  )

  test(
    'abuse-41: storage that fails is said, and nothing is linked anew',
    async () => {
      await link()
      const before = linkings().length
      await page.addInitScript(() => {
        IDBFactory.prototype.open = () => {
          throw new DOMException('The storage is broken.', 'UnknownError')
        }
      })
      await page.reload()
      await heading(sv.storage.title)
      expect(await button(sv.welcome.start).count()).toBe(0)
      await button(sv.retry).click()
      await heading(sv.storage.title)
      expect(linkings()).toHaveLength(before)
    },
    timeout,
  )

  test(
    'abuse-41: keys that the browser threw away are missed',
    async () => {
      await link()
      const before = linkings().length
      await page.evaluate(
        () =>
          new Promise((resolve) => {
            indexedDB.deleteDatabase('countersign').addEventListener('success', resolve)
          }),
      )
      await page.reload()
      await heading(sv.storage.lostTitle)
      expect(linkings()).toHaveLength(before)
    },
    timeout,
  )

  test(
    'a phone that the server does not know is told so, and keeps its keys until it is linked again',
    async () => {
      await link()
      server.on('GET /v1/device', 'device_unknown')
      server.on('GET /v1/device/events', 'device_unknown')
      await page.reload()
      await heading(sv.stopped.removedTitle)
      server.heal()
      await button(sv.stopped.checkAgain).click()
      await heading(sv.home.none)
    },
    timeout,
  )

  test(
    'logging out removes the device at the server first, and says when it could not',
    async () => {
      await link()
      server.on('DELETE /v1/device', 'broken')
      await button(sv.more).click()
      await button(sv.settings.logOut).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('button', { name: sv.settings.logOut }).click()
      await dialog.getByText(sv.settings.notRemoved).waitFor()
      await page.reload()
      await heading(sv.home.none)
      server.heal()
      await button(sv.more).click()
      await button(sv.settings.logOut).click()
      await dialog.getByRole('button', { name: sv.settings.logOut }).click()
      await page.getByText(sv.welcome.loggedOut).waitFor()
      await page.reload()
      await button(sv.welcome.start).waitFor()
    },
    timeout,
  )

  test.each(['light', 'dark'] as const)(
    'every first screen is accessible, %s',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      const look = async () => expect(await accessibilityFaults(page)).toEqual([])
      await look()
      await link()
      await look()
      await server.ask()
      await button(sv.request.approve).click({ trial: true })
      await look()
      await button(sv.request.approve).click()
      await heading(sv.passcode.approve)
      await look()
      await button(sv.back).click()
      await button(sv.request.decline).click()
      await look()
      await button(sv.reason['not-me']).click()
      await heading(sv.result.declined)
      await look()
      await button(sv.done).click()
      await button(sv.authenticate).click()
      await look()
      await button(sv.back).click()
      await button(sv.more).click()
      await look()
    },
    timeout,
  )
})
