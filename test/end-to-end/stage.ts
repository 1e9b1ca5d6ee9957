/**
 * The stage of the end-to-end tests: a server, Strand, and a real Chromium with a window for the page and another one,
 * in a context of its own, for the phone.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Adapters } from '@countersign/server'
import { freePort, startWorld, type World, type WorldAccount } from '@countersign/testkit'
import { accessibilityFaults, type Language, launchBrowser, openContext } from '@countersign/testkit/browser'
import type { BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'
import { parseConfig } from '../../examples/strand/src/config.ts'
import { startStrand } from '../../examples/strand/src/strand.ts'

/** Milliseconds that a single step may take. */
const longestStep = 15_000

export type { Language }

/** Every Anna of a world can pay a bill, in öre. */
const openingBalances = Object.fromEntries(
  Array.from({ length: 40 }, (_, number) => [`anna-${number}@strand.example`, 1_250_000]),
)

export interface Stage extends AsyncDisposable {
  readonly world: World
  readonly strandUrl: string
  /** Every line that Strand has written. */
  readonly strandLog: readonly string[]
  /** A window on a computer, in a language. */
  openPage(language: Language): Promise<Page>
  /** A window with the phone app, in a language; its clock may be off by so many milliseconds. */
  openPhone(language: Language, clockOff?: number): Promise<PhoneWindow>
  /** Closes the windows that are open: they would go on counting seconds beside the next test. */
  closeWindows(): Promise<void>
}

export interface PhoneWindow {
  readonly page: Page
  readonly context: BrowserContext
}

/**
 * Starts everything; a clock may be brought along, push services on this machine (`127.0.0.1:PORT`), and a database that
 * is not in memory.
 */
export async function openStage(
  adapters: Adapters = {},
  pushHosts: readonly string[] = [],
  databaseUrl = 'sqlite::memory:',
): Promise<Stage> {
  const strandPort = await freePort()
  const strandUrl = `http://localhost:${strandPort}`
  const directory = mkdtempSync(join(tmpdir(), 'countersign-stage-'))
  const world = await startWorld({ redirectUri: `${strandUrl}/callback`, adapters, pushHosts, databaseUrl })
  const strandLog: string[] = []
  const strand = await startStrand(
    parseConfig({
      issuer: world.config.issuer,
      clientId: world.application.id,
      clientSecret: world.application.secret,
      apiKey: world.application.apiKey,
      url: strandUrl,
      listen: { host: '127.0.0.1', port: strandPort },
      dataDir: directory,
      openingBalances,
    }),
    { log: (line) => strandLog.push(line) },
  )
  const browser = await launchBrowser()
  // What moves takes a core of a machine without a graphics card, for as long as a ring counts down.
  const still = { reducedMotion: 'reduce' } as const
  return {
    world,
    strandUrl,
    strandLog,
    async openPage(language) {
      const context = await openContext(browser, { language, size: 'desk' }, still)
      context.setDefaultTimeout(longestStep)
      return context.newPage()
    },
    async openPhone(language, clockOff = 0) {
      const phone = { ...still, isMobile: true, deviceScaleFactor: 2 }
      const context = await openContext(browser, { language, size: 'phone' }, phone)
      context.setDefaultTimeout(longestStep)
      await context.addInitScript((off) => {
        const now = Date.now
        Date.now = () => now() + off
      }, clockOff)
      const page = await context.newPage()
      await page.goto(world.config.phoneUrl)
      return { page, context }
    },
    async closeWindows() {
      await Promise.all(browser.contexts().map((context) => context.close()))
    },
    async [Symbol.asyncDispose]() {
      await browser.close()
      await strand.close()
      await world[Symbol.asyncDispose]()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** Nothing on the page keeps anybody out, as far as axe can tell. */
export async function expectAccessible(page: Page): Promise<void> {
  expect(await accessibilityFaults(page)).toEqual([])
}

export type Account = WorldAccount
