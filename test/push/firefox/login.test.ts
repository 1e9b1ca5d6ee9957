/**
 * faq-01 (login), faq-04 and faq-10 with real pushes: the page in Chromium, the phone app in a real Firefox that is
 * subscribed to the push service of the tests, closed while it is woken.
 */
import { rotatePushKey } from '@countersign/server'
import {
  type Desktop,
  type PushService,
  type ShownNotification,
  startDesktop,
  startPushService,
  type WorldAccount,
} from '@countersign/testkit'
import { type Firefox, openFirefox } from '@countersign/testkit/firefox'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isLoggedIn, numberOn, pageLabels, startLogin, waitsForPhone } from '../../end-to-end/page-steps.ts'
import { approve, choosePasscode, linkUntilCode, phoneLabels, seesRequest } from '../../end-to-end/phone-steps.ts'
import { openStage, type Stage } from '../../end-to-end/stage.ts'

const bodies = {
  sv: 'Något väntar på ditt svar. Tryck för att se vad det är.',
  en: 'Something waits for your answer. Tap to see what it is.',
} as const

describe.each(['sv', 'en'] as const)('in %s', (language) => {
  const everything = new AsyncDisposableStack()
  const phone = phoneLabels[language]
  const page = pageLabels[language]
  let service: PushService
  let desktop: Desktop
  let stage: Stage
  let firefox: Firefox
  let anna: WorldAccount

  const press = (window: Page, name: string) => window.getByRole('button', { name, exact: true }).click()

  beforeAll(async () => {
    service = everything.use(await startPushService())
    desktop = everything.use(await startDesktop())
    stage = everything.use(await openStage({}, [service.host]))
    firefox = everything.use(await openFirefox({ pushService: service, desktop, language }))
    anna = await stage.world.addAccount('Anna')

    const app = await openApp()
    await linkUntilCode(app, anna, language)
    await choosePasscode(app, stage.world, anna, language)
    await app.getByRole('heading', { name: phone.pushOffer }).waitFor()
    await press(app, phone.enablePush)
    await app.getByRole('heading', { name: phone.linked }).waitFor()
    await press(app, phone.open)
    await app.getByRole('heading', { name: phone.nothingWaits }).waitFor()
    await app.close()
  })
  afterAll(() => everything.disposeAsync())

  async function openApp(): Promise<Page> {
    const app = await firefox.context.newPage()
    await app.goto(stage.world.config.phoneUrl)
    return app
  }

  /** A page that waits for the phone, which was pushed to. */
  async function login(): Promise<Page> {
    const web = await stage.openPage(language)
    await startLogin(stage, web, anna, language)
    return web
  }
  const isNew = (before: number) => {
    const known = desktop.shown.all.slice(0, before)
    return (shown: ShownNotification) => !known.includes(shown)
  }

  /** Clicks on a notification; Firefox opens the app. */
  async function tap(shown: ShownNotification): Promise<Page> {
    const opened = firefox.context.waitForEvent('page')
    desktop.click(shown)
    return opened
  }

  async function approveInApp(app: Page, web: Page): Promise<void> {
    await seesRequest(app, language)
    await approve(app, language, await numberOn(web))
    await isLoggedIn(stage, web, 'Anna')
    await app.close()
    await web.context().close()
  }

  /** Every case in Swedish; faq-01, 02 and 05 in English too. */
  const inSwedish = (name: string, body: () => Promise<void>) => {
    if (language === 'sv') test(name, body)
  }

  test('faq-01 faq-04 the app is closed: a push wakes the phone, which says so, and the person approves', async () => {
    const before = desktop.shown.all.length
    const web = await login()
    await web.getByRole('heading', { name: page.approveOn }).waitFor()
    const shown = await desktop.shown.nth(1, isNew(before))
    expect(shown).toMatchObject({ summary: 'Countersign', body: bodies[language] })
    expect(shown.actions.map(({ label }) => label)).not.toContain(phone.approve)
    await web.getByText(page.pushReceived).waitFor()
    await approveInApp(await tap(shown), web)
    expect(desktop.onScreen()).toEqual([])
  })

  test('a request is declined from its notification, and never approved there', async () => {
    const before = desktop.shown.all.length
    const web = await login()
    desktop.click(await desktop.shown.nth(1, isNew(before)), phone.decline)
    await web.getByRole('heading', { name: page.declined }).waitFor()
    await web.context().close()
  })

  inSwedish('what was pushed while the browser was closed is shown when it is back', async () => {
    let web: Page | undefined
    const before = desktop.shown.all.length
    await firefox.restart(async () => {
      web = await login()
      await web.getByText(page.pushed).waitFor()
    })
    if (web === undefined) throw new Error('Nobody logged in.')
    await approveInApp(await tap(await desktop.shown.nth(1, isNew(before))), web)
  })

  inSwedish('abuse-25 a push that comes twice, and one that is asked for again, are one notification', async () => {
    service.order('repeat')
    const before = desktop.shown.all.length
    const web = await login()
    const shown = await desktop.shown.nth(2, isNew(before))
    await web.getByRole('button', { name: /igen|again/ }).click()
    await desktop.shown.nth(3, isNew(before))
    expect(desktop.onScreen()).toHaveLength(1)
    const [onScreen = shown] = desktop.onScreen()
    await approveInApp(await tap(onScreen), web)
  })

  inSwedish('faq-10 pushes are switched off in the app, and on again', async () => {
    const app = await openApp()
    await press(app, phone.more)
    await press(app, phone.notifications)
    await press(app, phone.settings)
    const enable = app.getByRole('switch', { name: phone.enablePush })
    await enable.and(app.locator('[aria-checked=true]')).click()
    await enable.and(app.locator('[aria-checked=false]:not([aria-disabled=true])')).waitFor()
    await app.close()

    const sent = service.requests.all.length
    const unpushed = await login()
    await waitsForPhone(unpushed, language)
    expect(service.requests.all).toHaveLength(sent)
    await unpushed.context().close()

    const again = await openApp()
    await seesRequest(again, language)
    await press(again, phone.decline)
    await press(again, phone.declineWithout)
    await press(again, phone.done)
    await press(again, phone.more)
    await press(again, phone.notifications)
    await press(again, phone.settings)
    const off = again.getByRole('switch', { name: phone.enablePush })
    await off.and(again.locator('[aria-checked=false]:not([aria-disabled=true])')).click()
    await off.and(again.locator('[aria-checked=true]:not([aria-disabled=true])')).waitFor()
    await again.close()

    const before = desktop.shown.all.length
    const web = await login()
    await approveInApp(await tap(await desktop.shown.nth(1, isNew(before))), web)
  })

  /** How often phones have told the server where they are reached. */
  const subscriptions = async () => {
    const rows = await stage.world.running.context.db.read((query) =>
      query.selectFrom('audit').select('kind').where('kind', '=', 'push.subscribed').execute(),
    )
    return rows.length
  }

  /** The phone is closed, is pushed to and reached. */
  async function isReached(): Promise<void> {
    const before = desktop.shown.all.length
    const web = await login()
    await approveInApp(await tap(await desktop.shown.nth(1, isNew(before))), web)
  }

  inSwedish(
    'abuse-25 a push service that restarts instead of answering loses nothing, and the phone shows one request',
    async () => {
      service.order('restart')
      const before = desktop.shown.all.length
      const web = await login()
      await desktop.shown.nth(1, isNew(before))
      await web.getByText(page.pushReceived).waitFor()
      const [shown] = desktop.onScreen()
      if (shown === undefined) throw new Error('Nothing is on the screen.')
      expect(desktop.onScreen()).toHaveLength(1)
      await approveInApp(await tap(shown), web)
    },
  )

  inSwedish('abuse-40 what the push service has forgotten the closed app subscribes for anew, by itself', async () => {
    const told = await subscriptions()
    service.forget()
    await expect.poll(subscriptions, { timeout: 30_000 }).toBe(told + 1)
    await isReached()
  })

  inSwedish(
    'another key of the server reaches the phone by the one before, until its app is opened and has changed over',
    async () => {
      const told = await subscriptions()
      const keyOf = (at: number) => /k=([\w-]+)/.exec(service.requests.all.at(at)?.headers.authorization ?? '')?.[1]
      expect(await rotatePushKey(stage.world.running.context)).toEqual({ kind: 'rotated', phones: 1 })
      await isReached()
      const before = keyOf(-1)
      await expect.poll(subscriptions, { timeout: 30_000 }).toBe(told + 1)
      await isReached()
      expect(keyOf(-1)).not.toBe(before)
      expect(service.requests.all.at(-1)?.status).toBe(201)
    },
  )

  inSwedish(
    'a subscription that the push service takes no more is told to the page at once, which points at the code',
    async () => {
      service.order({ status: 410 })
      const web = await login()
      await web.getByRole('alert').getByText(page.pushFailed).waitFor()
      await press(web, page.noPush)
      await web.getByLabel(page.response, { exact: true }).waitFor()
      await web.context().close()
      // Opened once, the app subscribes anew by itself.
      const app = await openApp()
      await seesRequest(app, language)
      await press(app, phone.decline)
      await press(app, phone.declineWithout)
      await app.getByRole('heading', { name: phone.declined }).waitFor()
      await app.close()
      const before = desktop.shown.all.length
      const next = await login()
      await approveInApp(await tap(await desktop.shown.nth(1, isNew(before))), next)
    },
  )
})
