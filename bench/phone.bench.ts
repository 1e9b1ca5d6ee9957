/**
 * How long it takes from opening the app to an Approve that can be pressed, on a processor four times slower, warm and cold,
 * beside a bare page with the same transfer; and how much script that loads. docs/benchmarks.md says more.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { ApplicationId } from '@countersign/protocol'
import { cancelApproval, deviceByThumbprint, loginTemplate, startApproval } from '@countersign/server/use-cases'
import type { World, WorldAccount } from '@countersign/testkit'
import { launchBrowser, openContext } from '@countersign/testkit/browser'
import type { BrowserContext, CDPSession, Page } from 'playwright-core'
import { linkPhone, openApp } from '../test/end-to-end/phone-steps.ts'
import { median, quantile, shortNumber, withSpread } from './measure/figures.ts'
import { startMeasuredWorld } from './measure/measured-world.ts'
import { describeMachine, readOptions, report } from './measure/report.ts'
import { type Sizes, serveBarePage } from './phone/bare-page.ts'

const options = readOptions()
const rounds = options.quick ? 1 : (options.rounds ?? 11)
const slowdown = 4
const machine = describeMachine()
const dist = join(import.meta.dirname, '..', 'packages', 'phone', 'dist')

/** Milliseconds from the navigation: the button is there, and a press counts. */
interface Opening {
  readonly shown: number
  readonly usable: number
}

declare global {
  /** Tells this script, through the devtools protocol, an `Opening` as JSON. */
  var tellOpening: (opening: string) => void
}

/** Runs in the page, before anything of it: looks at each frame whether Approve is there, and whether it takes a press. */
function watchButton(): void {
  let shown: number | null = null
  const look = () => {
    const button = [...document.querySelectorAll('button')].find((one) => one.textContent?.trim() === 'Godkänn')
    if (button !== undefined) shown ??= performance.now()
    if (button !== undefined && button.getAttribute('aria-disabled') !== 'true') {
      globalThis.tellOpening(JSON.stringify({ shown, usable: performance.now() }))
    } else requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}

/** Listens for what the page tells. Playwright's own way of waiting loads a script of its own into the page first. */
async function listenForOpening(session: CDPSession): Promise<() => Promise<Opening>> {
  const told = new Promise<string>((resolve) => {
    session.once('Runtime.bindingCalled', ({ payload }) => resolve(payload))
  })
  await session.send('Runtime.enable')
  await session.send('Runtime.addBinding', { name: 'tellOpening' })
  return async () => openingOf(JSON.parse(await told))
}

function openingOf(told: unknown): Opening {
  if (typeof told !== 'object' || told === null || !('shown' in told) || !('usable' in told))
    throw new Error('The page told something else.')
  return { shown: Number(told.shown), usable: Number(told.usable) }
}

async function openOnce(
  context: BrowserContext,
  url: string,
  isCold: boolean,
): Promise<{ page: Page; opening: Opening }> {
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  if (isCold) await forgetFiles(session, url)
  await session.send('Emulation.setCPUThrottlingRate', { rate: slowdown })
  const opening = await listenForOpening(session)
  await page.addInitScript(watchButton)
  await page.goto(url, { waitUntil: 'commit' })
  return { page, opening: await opening() }
}

/** As if it had never been here, but for what it keeps in its database: the phone stays linked. */
async function forgetFiles(session: CDPSession, url: string): Promise<void> {
  await session.send('Network.clearBrowserCache')
  const { origin } = new URL(url)
  await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'service_workers,cache_storage' })
}

const application = { id: ApplicationId.parse('strand'), name: 'Strand' }

/** Asks the phone for an approval, opens the app on it, and takes the request back. */
async function openOnRequest(world: World, context: BrowserContext, requester: string, isCold: boolean) {
  const server = world.running.context
  const { id: device, account } = await linkedDevice(world)
  const started = await startApproval(server, {
    account,
    device,
    application,
    action: 'login',
    template: loginTemplate,
    locale: 'sv',
    data: {},
    context: { place: null, browser: 'Firefox, Linux' },
    requester,
  })
  if (started.kind !== 'started') throw new Error('Nothing was started.')
  const opened = await openOnce(context, world.config.phoneUrl, isCold)
  await cancelApproval(server, started.approval, 'bench')
  return opened
}

async function linkedDevice(world: World) {
  const { db } = world.running.context
  const row = await db.read((query) => query.selectFrom('devices').select('key_thumbprint').executeTakeFirstOrThrow())
  const device = await db.read((query) => deviceByThumbprint(query, row.key_thumbprint))
  if (device === null) throw new Error('No phone is linked.')
  return device
}

/** What the page of the app had loaded by then: its files, and the answers of the server. */
async function sizesOf(
  page: Page,
  { usable }: Opening,
  api: string,
): Promise<Sizes & { readonly scripts: readonly string[] }> {
  const entries = await page.evaluate(
    (until) =>
      performance.getEntriesByType('resource').flatMap((entry) => {
        if (!(entry instanceof PerformanceResourceTiming) || entry.startTime > until) return []
        return [{ name: entry.name, size: entry.decodedBodySize }]
      }),
    usable,
  )
  const sum = (ending: string) =>
    entries.filter(({ name }) => new URL(name).pathname.endsWith(ending)).reduce((all, { size }) => all + size, 0)
  return {
    script: sum('.js'),
    style: sum('.css'),
    // A stream that is open has no size yet: it is as long as the list of one request.
    answers: entries.filter(({ name }) => name.startsWith(api)).map(({ size }) => (size > 0 ? size : 2_000)),
    scripts: entries.map(({ name }) => new URL(name).pathname).filter((path) => path.endsWith('.js')),
  }
}

/** Bytes in gzip of the scripts that load before Approve works: those that the page asked for, and the passcode's worker. */
function gzipSize(scripts: readonly string[]): number {
  const worker = globSync('assets/passcode-worker*.js', { cwd: dist }).map((name) => `/${name}`)
  const paths = [...new Set([...scripts, ...worker])].filter((path) => path.startsWith('/assets/'))
  return paths.reduce((sum, path) => sum + gzipSync(readFileSync(join(dist, path))).length, 0)
}

/** Rounds of the app and of the bare page, in turn. */
async function compare(world: World, context: BrowserContext, bareUrl: string, isCold: boolean) {
  const [ours, bare]: [Opening[], Opening[]] = [[], []]
  // The first one only warms up.
  for (let round = -1; round < rounds; round += 1) {
    const app = await openOnRequest(world, context, `${isCold}-${round}`, isCold)
    await app.page.close()
    const page = await openOnce(context, bareUrl, isCold)
    await page.page.close()
    if (round < 0) continue
    ours.push(app.opening)
    bare.push(page.opening)
  }
  return { ours, bare }
}

function rowOf(name: string, { ours, bare }: Awaited<ReturnType<typeof compare>>) {
  const usable = (openings: readonly Opening[]) => openings.map((one) => one.usable)
  const armed = ours.map((one) => one.usable - one.shown)
  return {
    opened: name,
    'Approve is shown (ms)': withSpread(ours.map(({ shown }) => shown)),
    'Approve takes a press (ms)': withSpread(usable(ours)),
    'p90 (ms)': shortNumber(quantile(usable(ours), 0.9)),
    'of it waiting on purpose (ms)': shortNumber(median(armed)),
    'bare page (ms)': withSpread(usable(bare)),
  }
}

const world = await startMeasuredWorld()
const browser = await launchBrowser()
try {
  const anna: WorldAccount = await world.addAccount('Anna')
  const context = await openContext(
    browser,
    { language: 'sv', size: 'phone' },
    { isMobile: true, deviceScaleFactor: 2 },
  )
  const page = await context.newPage()
  await page.goto(world.config.phoneUrl)
  await linkPhone(page, world, anna, 'sv')
  await openApp(page, 'sv')
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  await page.close()

  const first = await openOnRequest(world, context, 'sizes', true)
  const sizes = await sizesOf(first.page, first.opening, world.config.issuer)
  await first.page.close()
  const bare = await serveBarePage(sizes)
  const gzip = gzipSize(sizes.scripts)
  const warm = await compare(world, context, bare.url, false)
  const cold = await compare(world, context, bare.url, true)
  await bare.close()
  const notes = [
    `Medians of ${rounds} openings each (lowest–highest), Chromium ${browser.version()} at ${slowdown}× CPU throttling.`,
    `Script before Approve works: ${(gzip / 1000).toFixed(1)} kB gzip of at most 120; the bare page gets ${sizes.script} bytes of script, ${sizes.style} of style and ${sizes.answers.length} answers.`,
  ]
  const rows = [rowOf('warm (installed)', warm), rowOf('cold (nothing cached)', cold)]
  report({ bench: 'phone', machine, notes, rows, raw: { gzip, sizes, warm, cold } }, options)
} finally {
  await browser.close()
  await world[Symbol.asyncDispose]()
}
