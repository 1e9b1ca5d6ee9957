/**
 * Offline codes judged a second: in process, beside bare HMACs over as many bytes; and over HTTP with the durable counter,
 * beside a bare Fastify that does the same statements on the bare driver. docs/benchmarks.md says more.
 */
import { createHmac, createSecretKey } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  acceptedTimeSteps,
  equalBytes,
  hmacOf,
  scannedResponse,
  utf8,
  verifyTypedResponse,
} from '@countersign/protocol'
import { createDatabase, postgresServer } from '@countersign/testkit'
import { median, shortNumber, withSpread } from './measure/figures.ts'
import { type Asked, startProcess } from './measure/process.ts'
import type { Recording } from './measure/recorded.ts'
import { describeMachine, readOptions, report } from './measure/report.ts'
import { describeSteps, stepsOf } from './measure/statements.ts'
import type {
  FromClients,
  FromServer,
  Place,
  ToBareServer,
  ToClients,
  ToServer,
  WaitingSignIn,
} from './offline/messages.ts'

const options = readOptions()
const settings = options.quick
  ? { rounds: 1, judgements: 50, accounts: 4, atATime: 2 }
  : { rounds: options.rounds ?? 5, judgements: 20_000, accounts: 240, atATime: 16 }

const machine = describeMachine()
const folder = mkdtempSync(join(tmpdir(), 'countersign-offline-'))
const file = (name: string) => join(import.meta.dirname, 'offline', `${name}.ts`)

interface InProcess {
  readonly name: string
  readonly macs: number
  readonly ours: number[]
  readonly sameHash: number[]
  readonly native: number[]
}

/** Judgements a second of CPU, on the one thread that this is. */
function rate(judge: () => unknown): number {
  for (let turn = 0; turn < settings.judgements / 4; turn += 1) judge()
  const before = process.threadCpuUsage()
  for (let turn = 0; turn < settings.judgements; turn += 1) judge()
  const { user, system } = process.threadCpuUsage(before)
  return settings.judgements / ((user + system) / 1_000_000)
}

/** Bytes under the HMAC: the suite's name, the question, and the time where it is typed. */
const lengths = { typed: 166, scanned: 154 }

function measureInProcess(): InProcess[] {
  const key = crypto.getRandomValues(new Uint8Array(32))
  const secret = createSecretKey(key)
  const digest = crypto.getRandomValues(new Uint8Array(32))
  const now = Date.now()
  // The end of a round, when the most steps are tried.
  const times = { issued: now - 90_000, now }
  const steps = acceptedTimeSteps(times.issued, now).length
  const bare = (length: number, macs: number) => {
    const message = crypto.getRandomValues(new Uint8Array(length))
    const all = (mac: () => unknown) => () => {
      for (let done = 0; done < macs; done += 1) mac()
    }
    return {
      sameHash: all(() => hmacOf('SHA256', key, message)),
      native: all(() => createHmac('sha256', secret).update(message).digest()),
    }
  }
  const given = utf8('00000000')
  const kinds = [
    {
      name: 'typed',
      macs: steps,
      ours: () => verifyTypedResponse(key, '12345678', '00000000', times),
      ...bare(lengths.typed, steps),
    },
    {
      name: 'scanned',
      macs: 1,
      ours: () => equalBytes(utf8(scannedResponse(key, digest)), given),
      ...bare(lengths.scanned, 1),
    },
  ]
  return kinds.map(({ name, macs, ours, sameHash, native }) => {
    const found: InProcess = { name, macs, ours: [], sameHash: [], native: [] }
    for (let round = 0; round < settings.rounds; round += 1) {
      found.ours.push(rate(ours))
      found.sameHash.push(rate(sameHash))
      found.native.push(rate(native))
    }
    return found
  })
}

type Clients = Asked<ToClients, FromClients>
type Server<Question> = Asked<Question, FromServer>

async function usageOf(server: Server<{ kind: 'usage' }>): Promise<number> {
  const answer = await server.ask({ kind: 'usage' })
  return answer.kind === 'usage' ? answer.milliseconds : Number.NaN
}

interface Run {
  readonly perSecond: number
  readonly cpu: number
}

const wrongCodes = 4

async function loadServer(
  clients: readonly Clients[],
  server: Server<{ kind: 'usage' }>,
  place: Place,
  signIns: readonly WaitingSignIn[],
): Promise<Run> {
  const used = await usageOf(server)
  const answers = await Promise.all(
    clients.map((one, index) =>
      one.ask({
        place,
        signIns: signIns.filter((_, at) => at % clients.length === index),
        wrongCodes,
        atATime: settings.atATime / clients.length,
      }),
    ),
  )
  const submissions = answers.reduce((sum, answer) => sum + answer.submissions, 0)
  const seconds = Math.max(...answers.map(({ milliseconds }) => milliseconds)) / 1_000
  return { perSecond: submissions / seconds, cpu: ((await usageOf(server)) - used) / submissions }
}

async function startServer(databaseUrl: string, accounts: number, records: boolean) {
  const profiles = options.profile !== undefined && !records
  const nodeArgs = profiles ? ['--cpu-prof', `--cpu-prof-dir=${options.profile}`] : []
  const server: Server<ToServer> = startProcess(file('server'), { nodeArgs })
  const answer = await server.ask({ kind: 'start', databaseUrl, accounts, records })
  if (answer.kind !== 'started') throw new Error('The server did not start.')
  return { server, place: answer.place }
}

async function prepare(server: Server<ToServer>): Promise<readonly WaitingSignIn[]> {
  const answer = await server.ask({ kind: 'prepare' })
  if (answer.kind !== 'prepared') throw new Error('Nothing was prepared.')
  return answer.signIns
}

/** What a server keeps doing beside: not part of a submission. */
const besides = /"outbox"|delete from/

/** A wrong and a right code at a server of its own, and the statements that they made. The database is left behind. */
async function record(clients: Clients, databaseUrl: string) {
  const { server, place } = await startServer(databaseUrl, settings.accounts, true)
  await using _ = server
  const signIns = await prepare(server)
  const recordOne = async (signIn: WaitingSignIn, codes: number): Promise<Recording> => {
    await server.ask({ kind: 'recorded' })
    const at = Date.now()
    await clients.ask({ place, signIns: [signIn], wrongCodes: codes, atATime: 1 })
    const answer = await server.ask({ kind: 'recorded' })
    if (answer.kind !== 'recorded') throw new Error('Nothing was recorded.')
    return { statements: answer.statements.filter(({ sql }) => !besides.test(sql)), names: signIn.names, at }
  }
  const [first, second, third] = signIns
  if (first === undefined || second === undefined || third === undefined) throw new Error('Too few sign-ins.')
  await recordOne(first, 1)
  const right = await recordOne(second, 0)
  const both = await recordOne(third, 1)
  // The wrong code comes first: what is left after the statements of a right one is its own.
  const wrong = { ...both, statements: both.statements.slice(0, both.statements.length - right.statements.length) }
  return { signIns, right, wrong }
}

interface OverHttp {
  readonly database: string
  readonly ours: Run[]
  readonly bare: Run[]
  readonly wrongSteps: string
}

async function compare(clients: readonly [Clients, Clients], database: string, makeUrl: () => Promise<string>) {
  const recordedUrl = await makeUrl()
  const { signIns, right, wrong } = await record(clients[0], recordedUrl)
  const { server, place } = await startServer(await makeUrl(), settings.accounts, false)
  await using _server = server
  const bare: Server<ToBareServer> = startProcess(file('bare-server'))
  await using _bare = bare
  // Two rounds are tested for each code, and the challenges of both are computed.
  const macs = 2 + 2 * acceptedTimeSteps(0, 0).length
  const started = await bare.ask({ kind: 'start', databaseUrl: recordedUrl, wrong, right, signIns, macs })
  if (started.kind !== 'started') throw new Error('The bare server did not start.')
  const found: OverHttp = { database, ours: [], bare: [], wrongSteps: describeSteps(stepsOf(wrong)) }
  // The first round only warms up.
  for (let round = -1; round < settings.rounds; round += 1) {
    const ours = await loadServer(clients, server, place, await prepare(server))
    await bare.ask({ kind: 'prepare' })
    const theirs = await loadServer(clients, bare, started.place, signIns)
    if (round < 0 && !options.quick) continue
    found.ours.push(ours)
    found.bare.push(theirs)
  }
  return found
}

const inProcess = measureInProcess()
const ratiosOf = (ours: readonly number[], ceiling: readonly number[]) =>
  ours.map((one, round) => (ceiling[round] ?? Number.NaN) / one)
const perSecond = (runs: readonly Run[]) => runs.map((run) => run.perSecond)

const rows: Record<string, string | number>[] = inProcess.map(({ name, macs, ours, sameHash, native }) => ({
  what: `${name}, in process (${macs} HMAC)`,
  'codes/s': withSpread(ours),
  'bare/s': withSpread(sameHash),
  'bare ÷ ours': withSpread(ratiosOf(ours, sameHash)),
  'by OpenSSL/s': withSpread(native),
  'CPU ms/code': shortNumber(1_000 / median(ours)),
  'CPU bare': shortNumber(1_000 / median(sameHash)),
}))

const found: OverHttp[] = []
const clients: readonly [Clients, Clients] = [startProcess(file('clients')), startProcess(file('clients'))]
const postgres = await postgresServer({ durable: true })
try {
  let files = 0
  found.push(await compare(clients, 'SQLite', async () => `sqlite:${join(folder, `${++files}.db`)}`))
  if (postgres !== null) found.push(await compare(clients, 'PostgreSQL', () => createDatabase(postgres.url)))
  for (const { database, ours, bare } of found) {
    rows.push({
      what: `typed, over HTTP on ${database}`,
      'codes/s': withSpread(perSecond(ours)),
      'bare/s': withSpread(perSecond(bare)),
      'bare ÷ ours': withSpread(ratiosOf(perSecond(ours), perSecond(bare))),
      'by OpenSSL/s': '–',
      'CPU ms/code': shortNumber(median(ours.map(({ cpu }) => cpu))),
      'CPU bare': shortNumber(median(bare.map(({ cpu }) => cpu))),
    })
  }
  const notes = [
    `Medians of ${settings.rounds} runs (lowest–highest).`,
    'In process: codes a second of CPU on one thread; bare are HMACs by the same library over as many bytes, and the same by OpenSSL.',
    `Over HTTP: ${settings.accounts} sign-ins, ${wrongCodes} wrong codes and a right one for each, ${settings.atATime} at a time; bare is a Fastify with the same statements on the driver alone.`,
    ...found.map(({ database, wrongSteps }) => `A wrong code on ${database}: ${wrongSteps}.`),
  ]
  report({ bench: 'offline', machine, notes, rows, raw: { inProcess, overHttp: found } }, options)
} finally {
  for (const one of clients) await one[Symbol.asyncDispose]()
  await postgres?.stop()
  rmSync(folder, { recursive: true })
}
