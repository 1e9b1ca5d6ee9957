/** A push on its whole way: encrypted by our server's code, kept by a push service, decrypted and shown by Firefox. */
import { type Desktop, type PushService, startDesktop, startPushService } from '@countersign/testkit'
import { type Firefox, openFirefox } from '@countersign/testkit/firefox'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createSender, encryptFor, type Recipient } from '../sender.ts'
import { type Site, serveSite } from './site.ts'

const everything = new AsyncDisposableStack()
const sender = createSender()
let service: PushService
let desktop: Desktop
let firefox: Firefox
let site: Site
let phone: Recipient

beforeAll(async () => {
  service = everything.use(await startPushService())
  desktop = everything.use(await startDesktop())
  site = everything.use(await serveSite())
  firefox = everything.use(await openFirefox({ pushService: service, desktop, language: 'sv' }))
})
afterAll(() => everything.disposeAsync())

/** What whoever opens the site does; the page is closed afterwards. */
beforeEach(async () => {
  const page = await firefox.context.newPage()
  await page.goto(site.url)
  phone = await page.evaluate(async (applicationServerKey) => {
    await navigator.serviceWorker.register('/worker.js')
    const { pushManager } = await navigator.serviceWorker.ready
    const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey })
    const { keys: { p256dh = '', auth = '' } = {} } = subscription.toJSON()
    return { endpoint: subscription.endpoint, p256dh, auth }
  }, sender.publicKey)
  await page.close()
})

const isOf = (text: string) => (shown: { readonly summary: string }) => shown.summary === text

test('a push is shown where no page is open, and a click on it opens the site', async () => {
  const acknowledged = service.acknowledgements.next()
  expect((await sender.send(phone, 'Hej på dig')).status).toBe(201)
  const shown = await desktop.shown.nth(1, isOf('Hej på dig'))
  expect(shown).toMatchObject({ body: 'Body', replaces: 0 })
  expect(await acknowledged).toMatchObject({ code: 100 })

  const opened = firefox.context.waitForEvent('page')
  desktop.click(shown)
  expect(await site.said.next((word) => word.startsWith('click'))).toBe('click notification trusted')
  const page = await opened
  await page.waitForURL('**/opened?*')
  expect(new URL(page.url()).search).toBe('?Hej%20p%C3%A5%20dig')
  await page.close()
})

test('a button on a notification is told apart, and what was clicked is gone', async () => {
  await sender.send(phone, 'with a button')
  const shown = await desktop.shown.nth(1, isOf('with a button'))
  expect(() => desktop.click(shown, 'Godkänn')).toThrow('Godkänn')
  const said = site.said.next((word) => word.startsWith('click'))
  desktop.click(shown, 'Avböj')
  expect(await said).toBe('click no trusted')
  expect(desktop.onScreen()).not.toContain(shown)
})

test('a notification that is waved away is not clicked on, and the worker is told', async () => {
  await sender.send(phone, 'not now')
  const shown = await desktop.shown.nth(1, isOf('not now'))
  const [said, before] = [site.said.next((word) => word.startsWith('closed')), site.said.all.length]
  desktop.dismiss(shown)
  expect(await said).toBe('closed not now')
  expect(site.said.all.slice(before).filter((word) => word.startsWith('click'))).toEqual([])
  expect(() => desktop.click(shown)).toThrow()
})

test('a second push of the same tag takes the place of the first', async () => {
  await sender.send(phone, 'twice')
  await sender.send(phone, 'twice')
  await desktop.shown.nth(2, isOf('twice'))
  expect(desktop.onScreen().filter(isOf('twice'))).toHaveLength(1)
})

test('a payload that the browser cannot decrypt does not reach the worker', async () => {
  const [acknowledged, before] = [service.acknowledgements.next(), site.said.all.length]
  const stranger = service.subscribe(sender.publicKey)
  await sender.send(phone, '', { body: encryptFor(stranger, 'for somebody else') })
  expect(await acknowledged).toMatchObject({ code: 101 })
  expect(site.said.all).toHaveLength(before)
})

test('a push arrives also after the push service was away', async () => {
  const back = service.arrivals.next()
  await service.restart()
  await back
  await sender.send(phone, 'after the restart')
  await desktop.shown.nth(1, isOf('after the restart'))
})

test('what came while the browser was closed is shown when it is opened, without the site', async () => {
  await firefox.restart(async () => {
    await sender.send(phone, 'while closed')
    await service.restart()
    expect(service.waitingFor(phone.endpoint)).toBe(1)
  })
  await desktop.shown.nth(1, isOf('while closed'))
  expect(firefox.context.pages().map((page) => page.url())).toEqual(['about:blank'])
})

test('a push service that has forgotten the subscription says so to both: 410, and an event', async () => {
  const lost = site.said.next((word) => word.startsWith('lost'))
  service.forget()
  expect(await lost).toBe(`lost ${phone.endpoint}`)
  expect((await sender.send(phone, 'Hej')).status).toBe(410)
})
