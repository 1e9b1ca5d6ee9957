/**
 * Pushes a second: encrypted and signed on one thread, beside `web-push` and a bare key agreement; and delivered end to end,
 * beside the same client that posts finished bodies. docs/benchmarks.md says more.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { median, quantile, shortNumber, withSpread } from './measure/figures.ts'
import { type Asked, startProcess } from './measure/process.ts'
import { describeMachine, readOptions, report } from './measure/report.ts'
import { type MakePush, waysToMakePushes } from './push/in-process.ts'
import type { FromServer, FromService, Pace, ToServer, ToService } from './push/messages.ts'

const options = readOptions()
const settings = options.quick
  ? { rounds: 1, pushes: 20, slices: 1, people: 3, atOnce: 6, evenly: 5 }
  : { rounds: options.rounds ?? 3, pushes: 250, slices: 16, people: 10_000, atOnce: 10_000, evenly: 500 }
/** At a time where as many as possible are sent: as many as the outbox has under way. */
const busy: Pace = { atATime: 32 }
const calm: Pace = { perSecond: 100 }

const machine = describeMachine()
const folder = mkdtempSync(join(tmpdir(), 'countersign-push-'))
const file = (name: string) => join(import.meta.dirname, 'push', `${name}.ts`)

type Made = Record<keyof ReturnType<typeof waysToMakePushes>, number[]>

/** Milliseconds of CPU of this thread. */
function timeOf(make: MakePush): number {
  const before = process.threadCpuUsage()
  for (let turn = 0; turn < settings.pushes; turn += 1) make()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1_000
}

/** Pushes a second of CPU. All ways take turns in short slices, so that what else the machine does meets them alike. */
function measureInProcess(): Made {
  const { ours, oursEncrypted, theirs, theirsEncrypted, bare } = waysToMakePushes()
  const ways = Object.entries({ ours, oursEncrypted, theirs, theirsEncrypted, bare })
  const found: Made = { ours: [], oursEncrypted: [], theirs: [], theirsEncrypted: [], bare: [] }
  for (let round = -1; round < settings.rounds; round += 1) {
    const used = new Map<string, number>()
    for (let slice = 0; slice < settings.slices; slice += 1) {
      for (const [name, make] of ways) used.set(name, (used.get(name) ?? 0) + timeOf(make))
    }
    if (round < 0 && !options.quick) continue
    const rate = (name: string) => (settings.pushes * settings.slices * 1_000) / (used.get(name) ?? Number.NaN)
    for (const [name, rates] of Object.entries(found)) rates.push(rate(name))
  }
  return found
}

interface Run {
  /** From the first that was asked to the last that was accepted. */
  readonly perSecond: number
  /** From asked to accepted, in milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Milliseconds of CPU for each. */
  readonly cpu: number
}

type Service = Asked<ToService, FromService>
type Server = Asked<ToServer, FromServer>

async function runOnce(
  service: Service,
  server: Server,
  kind: 'ask' | 'post',
  count: number,
  pace: Pace,
): Promise<Run> {
  const sent = await server.ask({ kind, count, pace })
  const received = await service.ask({ kind: 'received', count })
  if (sent.kind !== 'sent' || received.kind !== 'received') throw new Error('Nothing was sent.')
  const waits = [...sent.asked].map(([topic, at]) => (received.accepted.get(topic) ?? Number.NaN) - at)
  if (waits.some(Number.isNaN)) throw new Error('A push did not arrive.')
  const milliseconds = Math.max(...received.accepted.values()) - Math.min(...sent.asked.values())
  return {
    perSecond: (count * 1_000) / milliseconds,
    p50: quantile(waits, 0.5),
    p99: quantile(waits, 0.99),
    cpu: sent.cpu / count,
  }
}

interface EndToEnd {
  readonly ours: Run[]
  readonly bare: Run[]
}

async function measureEndToEnd(service: Service, server: Server) {
  const place = await service.ask({ kind: 'start' })
  if (place.kind !== 'started') throw new Error('The push service did not start.')
  const databaseUrl = `sqlite:${join(folder, 'push.db')}`
  const started = await server.ask({ kind: 'start', host: place.host, databaseUrl })
  if (started.kind !== 'started') throw new Error('The server did not start.')
  const { people: count } = settings
  const subscribed = await service.ask({ kind: 'subscribe', vapidKey: started.vapidKey, count })
  if (subscribed.kind !== 'subscribed') throw new Error('Nobody subscribed.')
  await server.ask({ kind: 'subscribe', recipients: subscribed.recipients })
  const found: { readonly busy: EndToEnd; readonly calm: EndToEnd } = {
    busy: { ours: [], bare: [] },
    calm: { ours: [], bare: [] },
  }
  for (let round = -1; round < settings.rounds; round += 1) {
    for (const [into, many, pace] of [
      [found.busy, settings.atOnce, busy],
      [found.calm, settings.evenly, calm],
    ] as const) {
      const ours = await runOnce(service, server, 'ask', many, pace)
      const bare = await runOnce(service, server, 'post', many, pace)
      if (round < 0 && !options.quick) continue
      into.ours.push(ours)
      into.bare.push(bare)
    }
  }
  return found
}

const ratios = (above: readonly number[], below: readonly number[]) =>
  above.map((one, round) => one / (below[round] ?? Number.NaN))

const ways = measureInProcess()
const inProcessRow = (what: string, ours: readonly number[], theirs: readonly number[], bare: readonly number[]) => ({
  what,
  'pushes/s': withSpread(ours),
  'web-push/s': withSpread(theirs),
  'ours ÷ web-push': withSpread(ratios(ours, theirs)),
  'bare/s': withSpread(bare),
  'bare ÷ ours': withSpread(ratios(bare, ours)),
  'asked → accepted p50 ms': '–',
  'p99 ms': '–',
  'bare p50 ms': '–',
  'bare p99 ms': '–',
  'CPU ms/push': shortNumber(1_000 / median(ours)),
})
/** Where more are asked than can be sent, how long one waits says nothing but how many were asked. */
const endToEndRow = (what: string, { ours, bare }: EndToEnd, waits: boolean) => ({
  what,
  'pushes/s': withSpread(ours.map((run) => run.perSecond)),
  'web-push/s': '–',
  'ours ÷ web-push': '–',
  'bare/s': withSpread(bare.map((run) => run.perSecond)),
  'bare ÷ ours': withSpread(
    ratios(
      bare.map((run) => run.perSecond),
      ours.map((run) => run.perSecond),
    ),
  ),
  'asked → accepted p50 ms': waits ? withSpread(ours.map((run) => run.p50)) : '–',
  'p99 ms': waits ? withSpread(ours.map((run) => run.p99)) : '–',
  'bare p50 ms': waits ? withSpread(bare.map((run) => run.p50)) : '–',
  'bare p99 ms': waits ? withSpread(bare.map((run) => run.p99)) : '–',
  'CPU ms/push': withSpread(ours.map((run) => run.cpu)),
})

try {
  const profiles = options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`]
  await using service: Service = startProcess(file('browsers'))
  await using server: Server = startProcess(file('server'), { nodeArgs: profiles })
  const endToEnd = await measureEndToEnd(service, server)
  const notes = [
    `Medians of ${settings.rounds} runs (lowest–highest).`,
    'On one thread: pushes a second of CPU; bare is a P-256 key pair and one ECDH.',
    `End to end: ${settings.people} subscriptions, SQLite in a file; ${settings.atOnce} asked 32 at a time, and ${settings.evenly} at 100 a second; bare is the same client posting finished bodies.`,
  ]
  const rows = [
    inProcessRow('encrypted and signed, one thread', ways.ours, ways.theirs, ways.bare),
    inProcessRow('encrypted only, one thread', ways.oursEncrypted, ways.theirsEncrypted, ways.bare),
    endToEndRow('asked and delivered, 32 at a time', endToEnd.busy, false),
    endToEndRow('asked and delivered, 100 a second', endToEnd.calm, true),
  ]
  report({ bench: 'push', machine, notes, rows, raw: { inProcess: ways, endToEnd } }, options)
} finally {
  rmSync(folder, { recursive: true })
}
