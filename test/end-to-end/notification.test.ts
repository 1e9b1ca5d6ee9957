/** What the app's worker does with a push in a real Chromium: what is shown, what a tap does, what is never shown. */

import { type ApprovalId, createNonce, type Transport } from '@countersign/protocol'
import { cancelApproval } from '@countersign/server/use-cases'
import {
  type Desktop,
  type ShownNotification,
  startDesktop,
  startWorld,
  type World,
  type WorldAccount,
} from '@countersign/testkit'
import { type Chromium, openChromium } from '@countersign/testkit/chromium'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { pushMessageOf } from '../../packages/server/src/delivery/push-message.ts'
import { ask as askPhone } from './ask.ts'
import { linkPhone, phoneLabels, seesRequest } from './phone-steps.ts'
import type { Language } from './stage.ts'

const everything = new AsyncDisposableStack()
const bodies = {
  sv: 'Något väntar på ditt svar. Tryck för att se vad det är.',
  en: 'Something waits for your answer. Tap to see what it is.',
} as const
const asked: ApprovalId[] = []
let desktop: Desktop
let world: World
let chromium: Chromium
let anna: WorldAccount

const context = () => world.running.context
const origin = () => world.config.phoneUrl
const device = () =>
  context().db.read((query) => query.selectFrom('devices').select('key_thumbprint').executeTakeFirstOrThrow())

beforeAll(async () => {
  desktop = everything.use(await startDesktop())
  world = everything.use(await startWorld())
  chromium = everything.use(await openChromium({ desktop, origin: origin() }))
  anna = await world.addAccount('Anna')
  const app = await openApp()
  await linkPhone(app, world, anna, 'sv')
  await app.getByRole('button', { name: phoneLabels.sv.open, exact: true }).click()
  await app.getByRole('heading', { name: phoneLabels.sv.nothingWaits }).waitFor()
  await app.evaluate(async () => void (await navigator.serviceWorker.ready))
  await app.close()
})
afterAll(() => everything.disposeAsync())

afterEach(async () => {
  for (const approval of asked.splice(0)) await cancelApproval(context(), approval, 'test')
  for (const shown of desktop.onScreen()) desktop.dismiss(shown)
  await closeApp()
})

/** Closes the app's windows. The worker knows of it a moment later: a push that arrives before would show nothing. */
async function closeApp(): Promise<void> {
  for (const page of chromium.context.pages().slice(1)) await page.close()
  const worker = await chromium.worker(origin())
  const windows = () =>
    worker.evaluate(async () => {
      const clients: { matchAll(wanted: { type: 'window' }): Promise<readonly unknown[]> } = Reflect.get(
        globalThis,
        'clients',
      )
      return (await clients.matchAll({ type: 'window' })).length
    })
  await eventually(windows).toBe(0)
}

async function openApp(): Promise<Page> {
  const app = await chromium.context.newPage()
  await app.goto(origin())
  return app
}

/** Asks Anna to sign in. */
async function ask(): Promise<ApprovalId> {
  const { approval } = await askPhone(world, anna, 'sv')
  asked.push(approval)
  return approval
}

/** What the server sends about an approval, as the browser hands it to the worker. */
async function push(approval: ApprovalId, locale: Language = 'sv'): Promise<void> {
  const { key_thumbprint } = await device()
  const { brand, phoneUrl } = world.config
  const seconds = Math.floor(Date.now() / 1_000)
  const nonce = createNonce(context().keys.nonceKey, key_thumbprint, seconds, context().random.bytes(8))
  const message = pushMessageOf({ approval, locale, name: brand.name, phoneUrl, nonce })
  await chromium.deliverPush(origin(), JSON.stringify(message))
}

/** The next notification, while `work` brings it about. */
async function shownBy(work: Promise<unknown>): Promise<ShownNotification> {
  const shown = desktop.shown.next()
  await work
  return shown
}

/** What the browser shows for the worker. Asked before the desktop has answered it, it forgets: only once the phone was reached. */
const kept = async () =>
  (await chromium.worker(origin())).evaluate(async () => {
    const registration: ServiceWorkerRegistration = Reflect.get(globalThis, 'registration')
    return (await registration.getNotifications()).map((shown) => {
      const actions: readonly { action: string; title: string }[] = Reflect.get(shown, 'actions')
      const { title, body, lang, tag, data } = shown
      return { title, body, lang, tag, data, actions: actions.map((one) => [one.action, one.title]) }
    })
  })

/** Waits for what browser, worker and server do together. */
const eventually = <Value>(look: () => Value) => expect.poll(look, { timeout: 15_000 })

const isReceived = (approval: ApprovalId, transport: Transport = 'web-push') =>
  eventually(() =>
    context().db.read((query) =>
      query.selectFrom('delivery_receipts').select('transport').where('approval_id', '=', approval).execute(),
    ),
  ).toEqual([{ transport }])

test.each(['sv', 'en'] as const)(
  'abuse-2: a notification (%s) says nothing of what is asked, may be declined with, and never approved',
  async (language) => {
    const approval = await ask()
    const shown = await shownBy(push(approval, language))
    await isReceived(approval)
    const { decline, approve } = phoneLabels[language]
    expect(shown.summary).toBe('Countersign')
    expect(shown.body).toContain(bodies[language])
    const labels = shown.actions.map(({ label }) => label)
    expect(labels).toContain(decline)
    expect(labels).not.toContain(approve)
    expect(await kept()).toEqual([
      {
        title: 'Countersign',
        body: bodies[language],
        lang: language,
        tag: approval,
        data: { approval, nonce: expect.any(String) },
        actions: [['decline', decline]],
      },
    ])
    for (const told of ['Strand', 'Logga in', anna.email, 'Anna', 'Stockholm', 'Firefox']) {
      expect(JSON.stringify([shown, await kept()])).not.toContain(told)
    }
  },
)

test('the badge counts what waits with every push, and what was declined no more', async () => {
  const worker = await chromium.worker(origin())
  await worker.evaluate(() => {
    const told: number[] = []
    Reflect.set(globalThis, 'badges', told)
    Reflect.set(navigator, 'setAppBadge', async (count: number) => void told.push(count))
  })
  const badges = () => worker.evaluate((): unknown => Reflect.get(globalThis, 'badges'))
  const [first, second] = [await ask(), await ask()]
  const shown = await shownBy(push(first))
  await eventually(badges).toEqual([2])
  await shownBy(push(second))
  await eventually(badges).toEqual([2, 2])
  desktop.click(shown, phoneLabels.sv.decline)
  await eventually(badges).toEqual([2, 2, 1])
})

test('abuse-25 the same request again takes the place of its notification; another request has its own', async () => {
  const [approval, other] = [await ask(), await ask()]
  const first = await shownBy(push(approval))
  const again = await shownBy(push(approval))
  expect(again.replaces).toBe(first.id)
  expect(desktop.onScreen()).toHaveLength(1)
  await shownBy(push(other))
  await isReceived(other)
  expect(desktop.onScreen()).toHaveLength(2)
  expect((await kept()).map(({ tag }) => tag).sort()).toEqual([approval, other].sort())
})

test.each([
  ['nothing', ''],
  ['no message', 'Godkänn på en gång'],
  ['a message of another version', JSON.stringify({ web_push: 8030, notification: { title: 'Godkänn', amount: 5 } })],
])('a push with %s in it shows that the app is to be opened, and nothing of its own', async (_name, payload) => {
  const shown = await shownBy(chromium.deliverPush(origin(), payload))
  expect(shown).toMatchObject({ summary: 'Countersign', body: expect.stringContaining('Öppna appen. · Open the app.') })
  expect(shown.actions.map(({ label }) => label)).not.toContain(phoneLabels.sv.decline)
  const opened = chromium.context.waitForEvent('page')
  desktop.click(shown)
  await (await opened).getByRole('heading', { name: phoneLabels.sv.nothingWaits }).waitFor()
})

test('a tap opens the closed app on the request', async () => {
  const shown = await shownBy(push(await ask()))
  const opened = chromium.context.waitForEvent('page')
  desktop.click(shown)
  const app = await opened
  expect(new URL(app.url()).origin).toBe(origin())
  await seesRequest(app, 'sv')
  expect(await kept()).toEqual([])
})

test('a tap takes up the app that is open, and opens no second one', async () => {
  const shown = await shownBy(push(await ask()))
  const app = await openApp()
  await seesRequest(app, 'sv')
  const worker = await chromium.worker(origin())
  // A driven page counts as focused all the time: whether the worker takes it up is seen there.
  await worker.evaluate(() => {
    const { prototype }: { prototype: { url: string; focus(): unknown } } = Reflect.get(globalThis, 'WindowClient')
    const { focus } = prototype
    prototype.focus = function () {
      Reflect.set(globalThis, 'takenUp', this.url)
      return focus.call(this)
    }
  })
  desktop.click(shown)
  await eventually(() => worker.evaluate((): unknown => Reflect.get(globalThis, 'takenUp'))).toBe(app.url())
  expect(chromium.context.pages()).toHaveLength(2)
})

/** Requests of phones that changed something. */
const writes = async () =>
  (await context().db.read((query) => query.selectFrom('nonces').select('nonce').execute())).length

test('a request that is shown by the open app makes no notification, and the phone says once that it was reached', async () => {
  const app = await openApp()
  await app.getByRole('heading', { name: phoneLabels.sv.nothingWaits }).waitFor()
  const before = desktop.shown.all.length
  const approval = await ask()
  await seesRequest(app, 'sv')
  await isReceived(approval, 'stream')
  const told = await writes()
  await push(approval)
  expect([await kept(), desktop.shown.all.length]).toEqual([[], before])
  await closeApp()
  // When the next one was told, nothing more is to come about the one before.
  const next = await ask()
  await shownBy(push(next))
  await isReceived(next)
  expect(await writes()).toBe(told + 1)
})

test('a push that comes too late does not stay on the screen', async () => {
  const approval = await ask()
  await cancelApproval(context(), approval, 'test')
  const shown = await shownBy(push(approval))
  await eventually(() => desktop.onScreen()).not.toContain(shown)
  expect(await kept()).toEqual([])
})

test('the button declines, and no window is opened', async () => {
  const approval = await ask()
  const shown = await shownBy(push(approval))
  desktop.click(shown, phoneLabels.sv.decline)
  const state = () =>
    context().db.read((query) =>
      query.selectFrom('approvals').select('state').where('id', '=', approval).executeTakeFirst(),
    )
  await eventually(state).toEqual({ state: 'declined' })
  expect(chromium.context.pages()).toHaveLength(1)
})
