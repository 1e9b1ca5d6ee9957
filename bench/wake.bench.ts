/**
 * From the phone's answer to the event of the page that waits, over the application API at an even load, beside an empty
 * round trip to the same server. docs/benchmarks.md says more.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDatabase, postgresServer } from '@countersign/testkit'
import { median, quantile, shortNumber, withSpread } from './measure/figures.ts'
import type { PreparedPhone } from './measure/prepare-phones.ts'
import { type Asked, startProcess } from './measure/process.ts'
import { describeMachine, readOptions, report } from './measure/report.ts'
import type { FromClients, FromServer, Place, ToClients, ToServer } from './wake/messages.ts'

const options = readOptions()
const settings = options.quick
  ? { rounds: 1, warmUp: 0, cycles: 6, perSecond: 20, phones: 6 }
  : { rounds: options.rounds ?? 5, warmUp: 3_000, cycles: 1_000, perSecond: options.at ?? 100, phones: 256 }
const isAskedFor = (database: string) => options.database === undefined || options.database === database

const file = (name: string) => join(import.meta.dirname, 'wake', `${name}.ts`)
const folder = mkdtempSync(join(tmpdir(), 'countersign-wake-'))
const machine = describeMachine()

type Clients = Asked<ToClients, FromClients>
type Server = Asked<ToServer, FromServer>
const clients: readonly Clients[] = [startProcess(file('clients')), startProcess(file('clients'))]

/** What one run gave: milliseconds, each over all its cycles. */
interface Run {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly emptyP50: number
  readonly emptyP99: number
  /** CPU milliseconds of the server for one cycle. */
  readonly cpu: number
}

async function usageOf(server: Server): Promise<number> {
  const answer = await server.ask({ kind: 'usage' })
  return answer.kind === 'usage' ? answer.milliseconds : Number.NaN
}

/** Cycles from both processes of clients, each with people of its own and half of the load. */
async function runOnce(server: Server, place: Place, phones: readonly PreparedPhone[], cycles: number): Promise<Run> {
  const used = await usageOf(server)
  const results = await Promise.all(
    clients.map((process, index) =>
      process.ask({
        place,
        phones: phones.filter((_, at) => at % clients.length === index),
        cycles: cycles / clients.length,
        perSecond: settings.perSecond / clients.length,
      }),
    ),
  )
  const cpu = (await usageOf(server)) - used
  const told = results.flatMap((result) => result.told)
  const empty = results.flatMap((result) => result.empty)
  return {
    perSecond: (cycles * 1_000) / Math.max(...results.map(({ took }) => took)),
    p50: median(told),
    p99: quantile(told, 0.99),
    emptyP50: median(empty),
    emptyP99: quantile(empty, 0.99),
    cpu: cpu / cycles,
  }
}

async function measure(database: string, databaseUrl: string) {
  const profiles = options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`]
  await using server: Server = startProcess(file('server'), { nodeArgs: profiles })
  const started = await server.ask({ kind: 'start', databaseUrl, phones: settings.phones })
  if (started.kind !== 'started') throw new Error('The server did not start.')
  const { place, phones } = started
  if (settings.warmUp > 0) await runOnce(server, place, phones, settings.warmUp)
  const runs: Run[] = []
  for (let round = 0; round < settings.rounds; round += 1) {
    runs.push(await runOnce(server, place, phones, settings.cycles))
  }
  return { database, runs }
}

function rowOf({ database, runs }: Awaited<ReturnType<typeof measure>>) {
  const over = (of: (run: Run) => number) => withSpread(runs.map(of))
  return {
    database,
    'cycles/s': over((run) => run.perSecond),
    'answer → event p50 ms': over((run) => run.p50),
    'p99 ms': over((run) => run.p99),
    'empty p50 ms': over((run) => run.emptyP50),
    'empty p99 ms': over((run) => run.emptyP99),
    'p99 above empty ms': over((run) => run.p99 - run.emptyP99),
    'CPU ms/cycle': shortNumber(median(runs.map(({ cpu }) => cpu))),
  }
}

const found: Awaited<ReturnType<typeof measure>>[] = []
const notes = [
  `Medians of ${settings.rounds} runs of ${settings.cycles} cycles (lowest–highest), ${settings.perSecond} a second begun evenly, ${settings.phones} accounts, one server process, clients in two processes on the same machine.`,
  'Empty is `GET /v1/server` over a connection that is open, once in each cycle.',
]
const postgres = isAskedFor('PostgreSQL') ? await postgresServer({ durable: true }) : null
try {
  if (isAskedFor('SQLite')) {
    found.push(await measure('SQLite', `sqlite:${join(folder, 'wake.db')}`))
    notes.push('SQLite in a file, durable before it is told.')
  }
  if (postgres !== null) {
    found.push(await measure('PostgreSQL', await createDatabase(postgres.url)))
    notes.push(
      'PostgreSQL with fsync, synchronous_commit and full_page_writes, through a Unix socket on the same machine.',
    )
  } else if (isAskedFor('PostgreSQL')) notes.push('PostgreSQL is not installed here.')
  report({ bench: 'wake', machine, notes, rows: found.map(rowOf), raw: found }, options)
} finally {
  for (const process of clients) await process[Symbol.asyncDispose]()
  await postgres?.stop()
  rmSync(folder, { recursive: true })
}
