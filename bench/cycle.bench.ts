/**
 * Whole approvals a second through HTTP with real signatures, on SQLite and on PostgreSQL, beside what the database alone and
 * a bare Fastify do of the same. docs/benchmarks.md says what a cycle is made of.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDatabase, postgresServer } from '@countersign/testkit'
import type {
  FromBareDatabase,
  FromClients,
  FromServer,
  Looked,
  Place,
  ToBareDatabase,
  ToBareServer,
  ToClients,
  ToServer,
} from './cycle/messages.ts'
import { median, quantile, shortNumber, withSpread } from './measure/figures.ts'
import type { PreparedPhone } from './measure/prepare-phones.ts'
import { type Asked, startProcess } from './measure/process.ts'
import type { Recording } from './measure/recorded.ts'
import { describeMachine, readOptions, report } from './measure/report.ts'
import { describeSteps, stepsOf } from './measure/statements.ts'

const options = readOptions()
const settings = options.quick
  ? { rounds: 1, milliseconds: 150, warmUp: 4, atATime: [2], phones: 4 }
  : {
      rounds: options.rounds ?? 5,
      milliseconds: 2_500,
      warmUp: 2_500,
      atATime: options.at === undefined ? [1, 16, 64] : [options.at],
      phones: 256,
    }
const isAskedFor = (database: string) => options.database === undefined || options.database === database

const file = (name: string) => join(import.meta.dirname, 'cycle', `${name}.ts`)
const folder = mkdtempSync(join(tmpdir(), 'countersign-cycle-'))
const machine = describeMachine()

/** What one run gave. */
interface Run {
  readonly cycles: number
  readonly perSecond: number
  /** CPU milliseconds of the process for one cycle. */
  readonly cpu: number
  readonly milliseconds: readonly number[]
}

type Server<Question> = Asked<Question, FromServer>
type Clients = Asked<ToClients, FromClients>
const clients: readonly Clients[] = [startProcess(file('clients')), startProcess(file('clients'))]

async function usageOf(server: Server<{ kind: 'usage' }>): Promise<number> {
  const answer = await server.ask({ kind: 'usage' })
  return answer.kind === 'usage' ? answer.milliseconds : Number.NaN
}

/** Puts load on a server from both processes of clients, each with phones of its own. */
async function loadServer(
  server: Server<{ kind: 'usage' }>,
  place: Place,
  phones: readonly PreparedPhone[],
  atATime: number,
  milliseconds: number,
): Promise<Run> {
  const loaded = clients.slice(0, atATime)
  const used = await usageOf(server)
  const answers = await Promise.all(
    loaded.map((process, index) =>
      process.ask({
        kind: 'load',
        place,
        phones: phones.filter((_, at) => at % loaded.length === index),
        clients: atATime / loaded.length,
        milliseconds,
      }),
    ),
  )
  const cpu = (await usageOf(server)) - used
  const results = answers.flatMap((answer) => (answer.kind === 'load' ? [answer.result] : []))
  const sum = (of: (result: (typeof results)[number]) => number) => results.reduce((all, one) => all + of(one), 0)
  return {
    cycles: sum(({ cycles }) => cycles),
    perSecond: sum(({ inTime }) => inTime) / (milliseconds / 1000),
    cpu: cpu / sum(({ cycles }) => cycles),
    milliseconds: results.flatMap((result) => result.milliseconds),
  }
}

async function loadDatabase(
  database: Asked<ToBareDatabase, FromBareDatabase>,
  atATime: number,
  milliseconds: number,
): Promise<Run> {
  const answer = await database.ask({ kind: 'load', clients: atATime, milliseconds })
  if (answer.kind !== 'load') throw new Error('There was no load.')
  const { cycles } = answer
  return { cycles, perSecond: answer.inTime / (milliseconds / 1000), cpu: answer.cpu / cycles, milliseconds: [] }
}

/** Runs it until the compiler has seen enough of it, which takes cycles and not time; for half a minute at most. */
async function warmUp(load: (milliseconds: number) => Promise<Run>): Promise<void> {
  let cycles = 0
  for (let turn = 0; cycles < settings.warmUp && turn < 30; turn += 1) {
    cycles += (await load(Math.min(1_000, settings.milliseconds))).cycles
  }
}

interface StartedServer {
  readonly server: Server<ToServer>
  readonly place: Place
  readonly phones: readonly PreparedPhone[]
}

async function startServer(databaseUrl: string, phones: number, records: boolean): Promise<StartedServer> {
  const profiles = options.profile !== undefined && !records
  const nodeArgs = profiles ? ['--cpu-prof', `--cpu-prof-dir=${options.profile}`] : []
  const server: Server<ToServer> = startProcess(file('server'), { nodeArgs })
  const answer = await server.ask({ kind: 'start', databaseUrl, phones, records })
  if (answer.kind !== 'started') throw new Error('The server did not start.')
  return { server, place: answer.place, phones: answer.phones }
}

async function lookAt(place: Place, phone: PreparedPhone): Promise<Looked> {
  const answer = await clients[0]?.ask({ kind: 'look', place, phone })
  if (answer?.kind !== 'look') throw new Error('There was nothing to look at.')
  return answer.looked
}

/** What a server keeps doing beside: not part of a cycle. */
const besides = /"outbox"|delete from/

interface RecordedCycle {
  readonly looked: Looked
  readonly recording: Recording
  readonly phones: readonly PreparedPhone[]
}

/** One cycle of a server of its own, and the statements that it made. The database is left behind, with its phones. */
async function record(databaseUrl: string): Promise<RecordedCycle> {
  const { server, place, phones } = await startServer(databaseUrl, settings.phones, true)
  await using _ = server
  const [phone] = phones
  if (phone === undefined) throw new Error('There are no phones.')
  await lookAt(place, phone)
  for (;;) {
    await server.ask({ kind: 'recorded' })
    const at = Date.now()
    const looked = await lookAt(place, phone)
    const recorded = await server.ask({ kind: 'recorded' })
    if (recorded.kind !== 'recorded') throw new Error('Nothing was recorded.')
    const { statements } = recorded
    const recording = { statements, names: looked.names, at }
    if (!statements.some(({ sql }) => besides.test(sql))) return { looked, recording, phones }
  }
}

interface Compared {
  readonly database: string
  readonly atATime: number
  readonly ours: Run[]
  readonly bareDatabase: Run[]
  readonly bareFastify: Run[]
}

/** Runs the three beside each other, round after round, so that what else the machine does meets all of them. */
async function compare(name: string, makeUrl: (which: string) => Promise<string>) {
  const recordedUrl = await makeUrl('recorded')
  const { looked, recording, phones: recordedPhones } = await record(recordedUrl)
  const { server, place, phones } = await startServer(await makeUrl('measured'), settings.phones, false)
  await using _server = server
  const fastify: Server<ToBareServer> = startProcess(file('bare-fastify'))
  await using _fastify = fastify
  const bare = await fastify.ask({ kind: 'start', samples: looked.answers, phones })
  if (bare.kind !== 'started') throw new Error('The bare Fastify did not start.')
  const database: Asked<ToBareDatabase, FromBareDatabase> = startProcess(file('bare-database'))
  await using _database = database
  await database.ask({ kind: 'start', databaseUrl: recordedUrl, recording, phones: recordedPhones })

  const loads = {
    ours: (atATime: number, milliseconds: number) => loadServer(server, place, phones, atATime, milliseconds),
    bareFastify: (atATime: number, milliseconds: number) =>
      loadServer(fastify, bare.place, phones, atATime, milliseconds),
    bareDatabase: (atATime: number, milliseconds: number) => loadDatabase(database, atATime, milliseconds),
  }
  for (const load of Object.values(loads))
    await warmUp((milliseconds) => load(settings.atATime.at(-1) ?? 1, milliseconds))

  const found: Compared[] = []
  for (const atATime of settings.atATime) {
    const one: Compared = { database: name, atATime, ours: [], bareDatabase: [], bareFastify: [] }
    for (let round = 0; round < settings.rounds; round += 1) {
      one.ours.push(await loads.ours(atATime, settings.milliseconds))
      one.bareFastify.push(await loads.bareFastify(atATime, settings.milliseconds))
      one.bareDatabase.push(await loads.bareDatabase(atATime, settings.milliseconds))
    }
    found.push(one)
  }
  return { found, steps: describeSteps(stepsOf(recording)) }
}

const perSecond = (runs: readonly Run[]) => runs.map((run) => run.perSecond)
const cpuOf = (runs: readonly Run[]) => median(runs.map(({ cpu }) => cpu))

function rowOf({ database, atATime, ours, bareDatabase, bareFastify }: Compared) {
  // Round by round: what disturbed one of them then, disturbed its neighbours.
  const ratios = ours.map((run, round) => {
    const tighter = Math.min(bareDatabase[round]?.perSecond ?? 0, bareFastify[round]?.perSecond ?? 0)
    return tighter / run.perSecond
  })
  const times = ours.flatMap(({ milliseconds }) => milliseconds)
  return {
    database,
    'at a time': atATime,
    'cycles/s': withSpread(perSecond(ours)),
    'bare database/s': withSpread(perSecond(bareDatabase)),
    'bare Fastify/s': withSpread(perSecond(bareFastify)),
    'tighter ÷ ours': withSpread(ratios),
    'p50 ms': shortNumber(median(times)),
    'p99 ms': shortNumber(quantile(times, 0.99)),
    'CPU ms/cycle': shortNumber(cpuOf(ours)),
    'CPU bare database': shortNumber(cpuOf(bareDatabase)),
    'CPU bare Fastify': shortNumber(cpuOf(bareFastify)),
  }
}

const found: Compared[] = []
const notes = [
  `Medians of ${settings.rounds} runs of ${settings.milliseconds / 1000} s each (lowest–highest), ${settings.phones} accounts, clients in two processes on the same machine.`,
]
const postgres = isAskedFor('PostgreSQL') ? await postgresServer({ durable: true }) : null
try {
  if (isAskedFor('SQLite')) {
    const sqlite = await compare('SQLite', async (which) => `sqlite:${join(folder, `${which}.db`)}`)
    found.push(...sqlite.found)
    notes.push(`A cycle on SQLite: ${sqlite.steps}; in a file, durable before it is told.`)
  }
  if (postgres !== null) {
    const compared = await compare('PostgreSQL', () => createDatabase(postgres.url))
    found.push(...compared.found)
    notes.push(
      `A cycle on PostgreSQL: ${compared.steps}; fsync, synchronous_commit and full_page_writes on, through a Unix socket on the same machine.`,
    )
  } else if (isAskedFor('PostgreSQL')) notes.push('PostgreSQL is not installed here.')
  const short = (runs: readonly Run[]) => runs.map(({ perSecond, cpu }) => ({ perSecond, cpu }))
  const raw = found.map(({ ours, bareDatabase, bareFastify, ...one }) => ({
    ...one,
    ours: short(ours),
    bareDatabase: short(bareDatabase),
    bareFastify: short(bareFastify),
  }))
  report({ bench: 'cycle', machine, notes, rows: found.map(rowOf), raw }, options)
} finally {
  for (const process of clients) await process[Symbol.asyncDispose]()
  await postgres?.stop()
  rmSync(folder, { recursive: true })
}
