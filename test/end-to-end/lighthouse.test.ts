/** Lighthouse gives the screens that people meet first, and wait at, 100 for accessibility. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@countersign/testkit'
import { chromiumPath } from '@countersign/testkit/browser'
import { navigation } from 'lighthouse'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { challengeOn, isLoggedIn, numberOn, pageLabels, startLogin, waitsForPhone } from './page-steps.ts'
import { approve, linkPhone, offeredNumbers, openApp, phoneLabels, seesRequest } from './phone-steps.ts'
import { type Account, openStage, type Stage } from './stage.ts'
import { pay, popupOn, typeBill } from './transfer-steps.ts'

const language = 'sv'
const labels = pageLabels[language]
const phone = phoneLabels[language]

let stage: Stage
let anna: Account
let profile: string
let port: number
let browser: BrowserContext
/** The page that logs in, beside the tabs that Lighthouse opens: all of them share cookies and storage. */
let web: Page

// Lighthouse comes over the debugging port, and works in the browser's own profile only.
beforeAll(async () => {
  stage = await openStage()
  anna = await stage.world.addAccount('Anna')
  profile = mkdtempSync(join(tmpdir(), 'countersign-profile-'))
  port = await freePort()
  browser = await chromium.launchPersistentContext(profile, {
    ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
    locale: 'sv-SE',
    viewport: null,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--remote-debugging-port=${port}`,
    ],
  })
})
afterAll(async () => {
  await browser.close()
  await stage[Symbol.asyncDispose]()
  rmSync(profile, { recursive: true, force: true })
})

/** What keeps the score under 100; with none of it, the score itself. @param open leads Lighthouse's tab to the screen */
async function score(formFactor: 'mobile' | 'desktop', open: (page: Page) => Promise<void>) {
  const tab = browser.waitForEvent('page')
  const result = await navigation(undefined, async () => open(await tab), {
    flags: {
      port,
      formFactor,
      screenEmulation: { mobile: formFactor === 'mobile' },
      onlyCategories: ['accessibility'],
      disableStorageReset: true,
      disableFullPageScreenshot: true,
      throttlingMethod: 'provided',
      // These pages keep a line to the server open, so that the network never falls silent; `open` has waited for them.
      maxWaitForLoad: 500,
    },
  })
  if (result === undefined) throw new Error('Lighthouse gave no result.')
  const failing = Object.values(result.lhr.audits).filter((audit) => audit.score !== null && audit.score < 1)
  return failing.length > 0
    ? failing.map(({ id, title }) => `${id}: ${title}`)
    : result.lhr.categories.accessibility?.score
}

async function openPhone(page: Page): Promise<void> {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(stage.world.config.phoneUrl)
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

test('the phone app', async () => {
  const welcome = async (page: Page) => {
    await openPhone(page)
    await page.getByRole('button', { name: phone.start, exact: true }).waitFor()
  }
  expect(await score('mobile', welcome)).toBe(1)
  const app = await browser.newPage()
  await openPhone(app)
  await linkPhone(app, stage.world, anna, language)
  await openApp(app, language)
  await app.close()
  const home = async (page: Page) => {
    await openPhone(page)
    await page.getByRole('heading', { name: phone.nothingWaits }).waitFor()
  }
  expect(await score('mobile', home)).toBe(1)
  const settings = async (page: Page) => {
    await home(page)
    await press(page, phone.more)
    await page.getByRole('heading', { name: phone.more }).waitFor()
  }
  expect(await score('mobile', settings)).toBe(1)
  const code = async (page: Page) => {
    await home(page)
    await press(page, phone.authenticate)
    await page.getByLabel(phone.codeFromPage).waitFor()
  }
  expect(await score('mobile', code)).toBe(1)
})

test('Strand, and signing in', async () => {
  const strand = async (page: Page) => {
    await page.goto(stage.strandUrl)
    await page.getByRole('link', { name: labels.logIn }).first().waitFor()
  }
  expect(await score('desktop', strand)).toBe(1)
  const password = async (page: Page) => {
    await strand(page)
    await page.getByRole('link', { name: labels.logIn }).first().click()
    await page.getByLabel(labels.email, { exact: true }).fill(anna.email)
    await press(page, labels.next)
    await page.getByLabel(labels.password, { exact: true }).waitFor()
  }
  expect(await score('desktop', password)).toBe(1)
})

test('a request, where it waits and where it is asked', async () => {
  web = await browser.newPage()
  await startLogin(stage, web, anna, language)
  await waitsForPhone(web, language)
  const address = web.url()
  const waiting = async (page: Page) => {
    await page.goto(address)
    await waitsForPhone(page, language)
  }
  expect(await score('desktop', waiting)).toBe(1)
  const request = async (page: Page) => {
    await openPhone(page)
    await seesRequest(page, language)
  }
  expect(await score('mobile', request)).toBe(1)
  const numbers = async (page: Page) => {
    await request(page)
    await offeredNumbers(page, language)
  }
  expect(await score('mobile', numbers)).toBe(1)
  await press(web, labels.noPush)
  const offline = async (page: Page) => {
    await page.goto(address)
    await challengeOn(page)
  }
  expect(await score('desktop', offline)).toBe(1)
})

test('Strand’s account, and paying from it', async () => {
  await startLogin(stage, web, anna, language)
  await waitsForPhone(web, language)
  const number = await numberOn(web)
  const app = await browser.newPage()
  await openPhone(app)
  await seesRequest(app, language)
  await approve(app, language, number)
  await isLoggedIn(stage, web, 'Anna')
  await app.close()
  const account = async (page: Page) => {
    await page.goto(stage.strandUrl)
    await page.getByRole('heading', { name: /Anna/ }).waitFor()
  }
  expect(await score('desktop', account)).toBe(1)
  const form = async (page: Page) => {
    await account(page)
    await typeBill(page, language)
  }
  expect(await score('mobile', form)).toBe(1)
  const popup = async (page: Page) => {
    await form(page)
    await pay(page, language)
    await popupOn(page, language).waitFor()
  }
  expect(await score('mobile', popup)).toBe(1)
})
