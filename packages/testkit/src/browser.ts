/**
 * A real Chromium for tests, and pages built as they are shipped.
 *
 * Stands apart from the world, because the tests of pages use it: must never import the server.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const folders = (process.env.PATH ?? '').split(delimiter)

/** Where the system's Chromium is, under either of its names; undefined where there is none. */
export const chromiumPath = ['chromium', 'chromium-browser']
  .flatMap((name) => folders.map((folder) => join(folder, name)))
  .find((path) => existsSync(path))

/** Nothing that is not asked for: no talking to the vendor, no first-run pages, no graphics card. */
export const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * Parts of Chromium that nobody sees here. Two of them are pages behind its address field, which take longer to open than
 * ours, for every window. Chromium takes the last list that it is given: the rest is of Playwright's, as far as pages meet it.
 */
const switchedOff = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'AimEnabled',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'BlockOriginHeaderModificationOnRedirect',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'MediaRouter',
  'OptimizationHints',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'Translate',
]

/** Starts Chromium. @throws Error where there is none */
export async function launchBrowser(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error('There is no Chromium on the PATH.')
  const args = [...chromiumArguments, `--disable-features=${switchedOff.join(',')}`]
  return chromium.launch({ executablePath: chromiumPath, args })
}

export type Language = 'sv' | 'en'

const locales = { sv: 'sv-SE', en: 'en-GB' } as const satisfies Record<Language, string>

const sizes = {
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true },
  narrow: { viewport: { width: 320, height: 640 }, hasTouch: true },
  desk: { viewport: { width: 1280, height: 800 } },
} as const satisfies Record<string, BrowserContextOptions>

/** Whose browser it is: what it speaks and how large its window is. */
export interface Visitor {
  readonly language: Language
  readonly size: keyof typeof sizes
}

/** A context with cookies and storage of its own. `more` is what Playwright's `newContext` takes. */
export const openContext = (
  browser: Browser,
  visitor: Visitor,
  more: BrowserContextOptions = {},
): Promise<BrowserContext> => browser.newContext({ locale: locales[visitor.language], ...sizes[visitor.size], ...more })

/** The four ways in which each screen is looked at, so that both languages meet light, dark and the narrowest. */
export const views = {
  'phone-sv-light': { language: 'sv', size: 'phone', colorScheme: 'light' },
  'narrow-en-dark': { language: 'en', size: 'narrow', colorScheme: 'dark' },
  'desk-sv-dark': { language: 'sv', size: 'desk', colorScheme: 'dark' },
  'desk-en-light': { language: 'en', size: 'desk', colorScheme: 'light' },
} as const satisfies Record<string, Visitor & BrowserContextOptions>

export type View = keyof typeof views

/** A context in which a screen is looked at in one of the four ways, with nothing that moves. */
export const openView = (browser: Browser, view: View): Promise<BrowserContext> =>
  openContext(browser, views[view], { colorScheme: views[view].colorScheme, reducedMotion: 'reduce' })

/**
 * Fills with what the page's content security policy forbids and what its script throws, from the next address on.
 */
export async function watchFaults(page: Page): Promise<readonly string[]> {
  const faults: string[] = []
  await page.exposeFunction('noteViolation', (text: string) => faults.push(text))
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
      Reflect.get(globalThis, 'noteViolation')(`${effectiveDirective} ${blockedURI}`)
    })
  })
  page.on('pageerror', ({ message }) => faults.push(message))
  return faults
}

/** Whether axe is in the page since it was looked at before. Reading its script takes four times as long as running it. */
const hasAxe = (page: Page): Promise<boolean> => page.evaluate(() => 'axe' in globalThis)

/** What on the page keeps somebody out, as far as axe can tell, each in a line. @throws Error when axe saw no page */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  // Without frames there is nothing to gather from other pages, which would take most of the time. Axe injects its
  // script, which the pages' policies rightly refuse; Playwright's evaluate goes around them.
  const axe = new AxeBuilder({ page, ...((await hasAxe(page)) ? { axeSource: ';' } : {}) }).setLegacyMode()
  const { violations, passes } = await axe.options({ resultTypes: ['violations'] }).analyze()
  if (passes.length < 10) throw new Error('Axe found hardly anything to look at.')
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

/** Builds the pages of the package in `folder` into a directory of their own; `remove` deletes it. */
export function buildPages(folder: string): { readonly directory: string; readonly remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-pages-'))
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js')
  const built = spawnSync(
    process.execPath,
    [vite, 'build', '--logLevel', 'warn', '--outDir', directory, '--emptyOutDir'],
    { cwd: folder, env: { ...process.env, NODE_ENV: 'production' }, encoding: 'utf8' },
  )
  if (built.status !== 0) throw new Error(`The pages could not be built: ${built.stderr}`)
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) }
}
