/**
 * The stage of the end-to-end tests: a server, Strand, and a real Chromium with a window for the page and another one,
 * in a context of its own, for the phone.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Adapters } from '@countersign/server'
import { freePort, startWorld, type World, type WorldAccount } from '@countersign/testkit'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { parseConfig } from '../../examples/strand/src/config.ts'
import { startStrand } from '../../examples/strand/src/strand.ts'

const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Milliseconds that a single step may take. */
const longestStep = 15_000

export type Language = 'sv' | 'en'

export interface Stage extends AsyncDisposable {
  readonly world: World
  readonly strandUrl: string
  /** A window on a computer, in a language. */
  openPage(language: Language): Promise<Page>
  /** A window with the phone app, in a language; its clock may be off by so many milliseconds. */
  openPhone(language: Language, clockOff?: number): Promise<PhoneWindow>
}

export interface PhoneWindow {
  readonly page: Page
  readonly context: BrowserContext
}

/** Where Chromium is: on the path, under either of its names. */
function chromiumPath(): string {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const paths = folders.flatMap((folder) => ['chromium', 'chromium-browser'].map((name) => join(folder, name)))
  const found = paths.find((path) => existsSync(path))
  if (found === undefined) throw new Error('There is no Chromium on the PATH.')
  return found
}

const locale = { sv: 'sv-SE', en: 'en-GB' } as const

/** Starts everything; a clock may be brought along. */
export async function openStage(adapters: Adapters = {}): Promise<Stage> {
  const strandPort = await freePort()
  const strandUrl = `http://localhost:${strandPort}`
  const directory = mkdtempSync(join(tmpdir(), 'countersign-stage-'))
  const world = await startWorld({ redirectUri: `${strandUrl}/callback`, adapters })
  const strand = await startStrand(
    parseConfig({
      issuer: world.config.issuer,
      clientId: world.application.id,
      clientSecret: world.application.secret,
      url: strandUrl,
      listen: { host: '127.0.0.1', port: strandPort },
      dataDir: directory,
      openingBalances: { 'anna-1@strand.example': 1_250_000 },
    }),
    { log: () => {} },
  )
  const browser: Browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumArguments })
  return {
    world,
    strandUrl,
    async openPage(language) {
      const context = await browser.newContext({ locale: locale[language], viewport: { width: 1280, height: 800 } })
      context.setDefaultTimeout(longestStep)
      return context.newPage()
    },
    async openPhone(language, clockOff = 0) {
      const context = await browser.newContext({
        locale: locale[language],
        viewport: { width: 390, height: 844 },
        hasTouch: true,
        isMobile: true,
        deviceScaleFactor: 2,
      })
      context.setDefaultTimeout(longestStep)
      await context.addInitScript((off) => {
        const now = Date.now
        Date.now = () => now() + off
      }, clockOff)
      const page = await context.newPage()
      await page.goto(world.config.phoneUrl)
      return { page, context }
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
  // Axe injects its script, which the pages' policies rightly refuse; Playwright's evaluate goes around them.
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)).toEqual(
    [],
  )
}

export type Account = WorldAccount
