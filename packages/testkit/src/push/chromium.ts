/**
 * A real Chromium without a screen whose notifications are shown on a desktop of ours. Its own push service is out of
 * reach on a closed network, so what a push holds is handed to the worker; everything after that is the browser's own.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, type CDPSession, chromium, type Worker } from 'playwright-core'
import { chromiumArguments, chromiumPath } from '../browser.ts'
import type { Desktop } from './desktop.ts'

export interface Chromium extends AsyncDisposable {
  readonly context: BrowserContext
  /** Hands the payload of a push to the worker of an origin that the browser knows. @throws Error where it knows none */
  deliverPush(origin: string, payload: string): Promise<void>
  /** The worker of an origin, once it runs. */
  worker(origin: string): Promise<Worker>
}

/** The id by which the browser knows what is registered for an origin. */
function registrationOf(session: CDPSession, origin: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
    const found = registrations.find(({ scopeURL, isDeleted }) => new URL(scopeURL).origin === origin && !isDeleted)
    if (found !== undefined) resolve(found.registrationId)
  })
  return promise
}

/**
 * Opens Chromium with a profile of its own, which is gone when it is disposed of: without one, clicks on notifications do
 * not arrive. `origin` may show notifications. @throws Error where there is no Chromium
 */
export async function openChromium({ desktop, origin }: { desktop: Desktop; origin: string }): Promise<Chromium> {
  if (chromiumPath === undefined) throw new Error('There is no Chromium on the PATH.')
  const profile = mkdtempSync(join(tmpdir(), 'countersign-chromium-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath,
    args: chromiumArguments,
    locale: 'sv-SE',
    env: { ...process.env, DBUS_SESSION_BUS_ADDRESS: desktop.address },
  })
  await context.grantPermissions(['notifications'], { origin })
  // No window of an app: the one that the browser opens with, and that stays open.
  const [first] = context.pages()
  const session = await context.newCDPSession(first ?? (await context.newPage()))
  const isOf = (worker: Worker, of: string) => new URL(worker.url()).origin === of
  return {
    context,
    async deliverPush(to, payload) {
      const registration = registrationOf(session, to)
      await session.send('ServiceWorker.disable')
      await session.send('ServiceWorker.enable')
      const registrationId = await registration
      await session.send('ServiceWorker.deliverPushMessage', { origin: to, registrationId, data: payload })
    },
    async worker(of) {
      const running = context.serviceWorkers().find((worker) => isOf(worker, of))
      return running ?? context.waitForEvent('serviceworker', (worker) => isOf(worker, of))
    },
    async [Symbol.asyncDispose]() {
      await context.close()
      rmSync(profile, { recursive: true, force: true })
    },
  }
}
