/** The installed app: opened without network, and brought up to date without taking away what somebody is doing. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type AppBuilds, nextVersion, openAppBuilds, thisVersion } from './app-builds.ts'
import { challengeOn, confirmResponse, isLoggedIn, pageLabels, startLogin, waitsForPhone } from './page-steps.ts'
import {
  generateResponse,
  linkFromCode,
  linkPhone,
  linkUntilCode,
  openApp,
  phoneLabels,
  respondTo,
} from './phone-steps.ts'
import { type Account, openStage, type PhoneWindow, type Stage } from './stage.ts'

const language = 'sv'
const labels = phoneLabels[language]

let builds: AppBuilds
let stage: Stage
let anna: Account
let app: PhoneWindow

beforeAll(async () => {
  builds = await openAppBuilds()
  stage = await openStage({ phonePages: builds.directory })
})
afterAll(async () => {
  await stage[Symbol.asyncDispose]()
  builds[Symbol.dispose]()
})
beforeEach(async () => {
  builds.serveThis()
  anna = await stage.world.addAccount('Anna')
  app = await stage.openPhone(language)
  await isInstalled(app.page)
})
afterEach(() => app.context.close())

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

/** The app is on the phone, with all its files. */
const isInstalled = (page: Page) => page.waitForFunction(() => navigator.serviceWorker.controller !== null)

/** The app comes to the front again, or leaves it. */
const setInFront = (page: Page, inFront: boolean) =>
  page.evaluate(
    (state) => {
      Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    },
    inFront ? 'visible' : 'hidden',
  )

/** Nothing of this version is on the server from now on, nor by chance in the browser's own cache. */
async function serveNextVersion(page: Page): Promise<void> {
  builds.serveNext()
  await (await page.context().newCDPSession(page)).send('Network.clearBrowserCache')
}

/** A new version was put on the server; the app is taken up again and finds it. */
async function meetNextVersion(page: Page): Promise<void> {
  await serveNextVersion(page)
  await setInFront(page, true)
  await page.waitForFunction(async () => (await navigator.serviceWorker.getRegistration())?.waiting != null)
}

/** The window runs the next version. */
const isLoadedAnew = (page: Page) =>
  page.waitForFunction((version) => Reflect.get(globalThis, 'version') === version, nextVersion)

/** Opens the app in another window, and lets the new version in there. */
async function updateElsewhere(): Promise<void> {
  const other = await app.context.newPage()
  await other.goto(stage.world.config.phoneUrl)
  await press(other, labels.update)
  await isLoadedAnew(other)
  await other.close()
}

/** What "Annat" says, from the first screen and back to it. */
async function versionOf(page: Page): Promise<string | null> {
  await press(page, labels.more)
  const version = await page.getByText(/^\d+\.\d+\.\d+$/).textContent()
  await press(page, labels.back)
  return version
}

/** A login that asks for a response code. */
async function beginLoginByCode() {
  const web = await stage.openPage(language)
  await startLogin(stage, web, anna, language)
  await waitsForPhone(web, language)
  await web.getByRole('button', { name: pageLabels[language].noPush }).click()
  return web
}

test('a code half typed stays while a new version comes; opened without network, the app is the new one', async () => {
  const { page, context } = app
  await linkPhone(page, stage.world, anna, language)
  await openApp(page, language)
  expect(await versionOf(page)).toBe(thisVersion)
  await press(page, labels.authenticate)
  const code = page.getByLabel(labels.codeFromPage)
  await code.fill('4915')

  await meetNextVersion(page)
  await setInFront(page, false)
  await setInFront(page, true)
  await updateElsewhere()
  expect(await code.inputValue()).toBe('4915')

  // The files of this window are not on the server any more, and the passcode's worker was not loaded yet.
  const first = await beginLoginByCode()
  await confirmResponse(first, language, await respondTo(page, language, await challengeOn(first)))
  await isLoggedIn(stage, first, 'Anna')
  await press(page, labels.done)
  await isLoadedAnew(page)
  expect(await versionOf(page)).toBe(nextVersion)

  await context.setOffline(true)
  await page.close()
  const opened = await context.newPage()
  await opened.goto(stage.world.config.phoneUrl)
  await opened.getByRole('heading', { name: labels.noNetwork }).waitFor()
  expect(await versionOf(opened)).toBe(nextVersion)
  const second = await beginLoginByCode()
  await confirmResponse(second, language, await generateResponse(opened, language, await challengeOn(second)))
  await isLoggedIn(stage, second, 'Anna')
})

test('who is linking when a new version comes goes on where they are', async () => {
  const { page } = app
  await linkUntilCode(page, anna, language)
  const code = page.getByLabel(labels.smsCode, { exact: true })
  await code.fill('493')

  await meetNextVersion(page)
  await setInFront(page, false)
  await setInFront(page, true)
  await updateElsewhere()
  expect(await code.inputValue()).toBe('493')

  await linkFromCode(page, stage.world, anna, language)
  await press(page, labels.open)
  await isLoadedAnew(page)
  await page.getByRole('heading', { name: labels.nothingWaits }).waitFor()
  expect(await versionOf(page)).toBe(nextVersion)
})

test('in sight, a new version waits for the person; put away with nothing in hand, the app takes it in', async () => {
  const { page } = app
  await meetNextVersion(page)
  await page.getByRole('button', { name: labels.update, exact: true }).waitFor()
  expect(await page.evaluate(() => 'version' in globalThis)).toBe(false)
  await setInFront(page, false)
  await isLoadedAnew(page)
})

test('a part that an update has taken off the server is said to be missing, and a tap loads the new app', async () => {
  const { page } = app
  await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'serviceWorker'))
  await page.evaluate(async () => void (await (await navigator.serviceWorker.getRegistration())?.unregister()))
  await page.reload()
  await serveNextVersion(page)
  await press(page, labels.start)
  await page.getByRole('heading', { name: labels.notLoaded }).waitFor()
  await press(page, labels.retry)
  await press(page, labels.start)
  await page.getByLabel(labels.email, { exact: true }).waitFor()
})

test('two versions are never mixed: what is not of one build is not taken in', async () => {
  const { page, context } = app
  builds.serveMixed()
  const refused = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready
    await registration.update()
    const { installing } = registration
    await new Promise((resolve) => installing?.addEventListener('statechange', resolve))
    return installing?.state
  })
  expect(refused).toBe('redundant')
  await context.setOffline(true)
  await page.reload()
  await page.getByRole('button', { name: labels.start, exact: true }).waitFor()
})

test('the browser is asked to keep the keys while linking, and again by an app that was installed since', async () => {
  const { page } = app
  await page.addInitScript(() => {
    StorageManager.prototype.persist = async () => {
      document.documentElement.dataset.asked = 'to keep'
      return false
    }
  })
  const asked = () => page.evaluate(() => document.documentElement.dataset.asked)
  const openAnew = async () => {
    await page.reload()
    await page.getByRole('heading', { name: labels.nothingWaits }).waitFor()
  }
  await page.reload()
  await linkPhone(page, stage.world, anna, language)
  expect(await asked()).toBe('to keep')
  await openAnew()
  expect(await asked()).toBe(undefined)
  await page.addInitScript(() => {
    const look = window.matchMedia.bind(window)
    window.matchMedia = (query) => look(query === '(display-mode: standalone)' ? 'all' : query)
  })
  await openAnew()
  await expect.poll(asked).toBe('to keep')
})
