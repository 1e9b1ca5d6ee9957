/**
 * A real Firefox without a screen. Nothing in it is replaced: its push service and its desktop are ours by its own
 * settings.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { type BrowserContext, firefox } from 'playwright-core'
import type { Desktop } from './desktop.ts'
import type { PushService } from './serve-pushes.ts'

/** Where Firefox ESR is; undefined where there is none. */
export const firefoxPath = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'firefox-esr'))
  .find((path) => existsSync(path))

export interface FirefoxOptions {
  readonly pushService: PushService
  readonly desktop: Desktop
  readonly language: 'sv' | 'en'
}

export interface Firefox extends AsyncDisposable {
  /** Its windows, until it is restarted. */
  readonly context: BrowserContext
  /** Ends the browser and opens it again, as whoever left it does: no page is opened. `meanwhile` runs in between. */
  restart(meanwhile?: () => Promise<void>): Promise<void>
}

const languages = { sv: 'sv-SE, sv', en: 'en-GB, en' } as const

const preferences = ({ pushService, language }: FirefoxOptions) => ({
  'dom.push.serverURL': pushService.browserUrl,
  'dom.push.testing.allowInsecureServerURL': true,
  // Whoever drives a browser from outside finds push turned off.
  'dom.push.connection.enabled': true,
  // Milliseconds until it connects again.
  'dom.push.retryBaseInterval': 200,
  // 1: granted, without a question that nobody answers.
  'permissions.default.desktop-notification': 1,
  'intl.accept_languages': languages[language],
})

/** Opens Firefox with a profile of its own, which is gone when it is disposed of. @throws Error where there is none */
export async function openFirefox(options: FirefoxOptions): Promise<Firefox> {
  const executablePath = firefoxPath
  if (executablePath === undefined) throw new Error('There is no firefox-esr on the PATH.')
  const profile = mkdtempSync(join(tmpdir(), 'countersign-firefox-'))
  const launch = () =>
    firefox.launchPersistentContext(profile, {
      channel: 'moz-firefox',
      executablePath,
      firefoxUserPrefs: preferences(options),
      env: { ...process.env, DBUS_SESSION_BUS_ADDRESS: options.desktop.address },
    })
  let context = await launch()
  return {
    get context() {
      return context
    },
    async restart(meanwhile = async () => {}) {
      await context.close()
      try {
        await meanwhile()
      } finally {
        context = await launch()
      }
    },
    async [Symbol.asyncDispose]() {
      await context.close()
      rmSync(profile, { recursive: true, force: true })
    },
  }
}
