/**
 * How long a start takes, from the process to the first answered request, and the memory of the idle process:
 * `countersign serve` on an empty database and on one that is there, beside a bare Fastify.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { withSpread } from './measure/figures.ts'
import { describeMachine, readOptions, report } from './measure/report.ts'

const root = dirname(import.meta.dirname)
const options = readOptions()
const rounds = options.quick ? 1 : (options.rounds ?? 9)
const machine = describeMachine()
const masterKey = randomBytes(32).toString('base64url')
const folder = mkdtempSync(join(tmpdir(), 'countersign-start-'))
const port = 20_000 + (process.pid % 20_000)

interface Start {
  readonly milliseconds: number
  /** Resident memory half a second later, in MB; null where the system does not tell. */
  readonly megabytes: number | null
}

/** Whether something answers on the port, as the host that the server is configured for. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path, headers: { host: 'id.example.com' } }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    request.on('error', () => resolve(false))
  })
}

function megabytesOf({ pid }: ChildProcess): number | null {
  try {
    const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1024)
  } catch {
    return null
  }
}

async function startOnce(args: readonly string[], path: string, database: string): Promise<Start> {
  const env = {
    PATH: process.env.PATH,
    NODE_COMPILE_CACHE: join(folder, 'compile-cache'),
    COUNTERSIGN_PUBLIC_URL: 'https://id.example.com',
    COUNTERSIGN_PHONE_URL: 'https://app.example.com',
    COUNTERSIGN_MASTER_KEY: masterKey,
    COUNTERSIGN_SMS_URL: 'https://sms.example.com/send',
    COUNTERSIGN_SMS_AUTHORIZATION: 'Bearer none',
    COUNTERSIGN_SUPPORT_EMAIL: 'support@example.com',
    COUNTERSIGN_LISTEN: `127.0.0.1:${port}`,
    COUNTERSIGN_DATABASE_URL: `sqlite:${database}`,
  }
  const started = performance.now()
  const child = spawn(process.execPath, [...args], { cwd: root, env, stdio: 'ignore' })
  const ended = new Promise((resolve) => child.on('exit', resolve))
  while (!(await answers(path))) {
    if (child.exitCode !== null) throw new Error(`${args.join(' ')} ended before it answered.`)
    await delay(2)
  }
  const milliseconds = performance.now() - started
  await delay(500)
  const megabytes = megabytesOf(child)
  child.kill('SIGTERM')
  await ended
  return { milliseconds, megabytes }
}

interface Measured {
  readonly name: string
  readonly starts: Start[]
}

/** The starts of each in turn, so that what else the machine does meets all. The first, which fills the compile cache, does not count. */
async function measure(
  kinds: readonly { name: string; start: (round: number) => Promise<Start> }[],
): Promise<Measured[]> {
  const measured: Measured[] = kinds.map(({ name }) => ({ name, starts: [] }))
  for (let round = -1; round < rounds; round += 1) {
    for (const [at, { start }] of kinds.entries()) {
      const one = await start(round)
      if (round >= 0) measured[at]?.starts.push(one)
    }
  }
  return measured
}

function rowOf({ name, starts }: Measured) {
  const megabytes = starts.map((one) => one.megabytes).filter((one) => one !== null)
  return {
    process: name,
    'to first answer (ms)': withSpread(starts.map((one) => one.milliseconds)),
    'idle memory (MB)': megabytes.length === 0 ? null : withSpread(megabytes),
  }
}

const bareFastify = `
  import fastify from 'fastify'
  const app = fastify()
  app.get('/', async () => ({}))
  await app.listen({ host: '127.0.0.1', port: ${port} })`

try {
  const serve = ['packages/cli/src/main.ts', 'serve']
  const bare = ['--input-type=module', '--eval', bareFastify]
  const measured = await measure([
    {
      name: '`countersign serve`, new database',
      start: (round) => startOnce(serve, '/v1/server', join(folder, `new-${round}.db`)),
    },
    {
      name: '`countersign serve`, database that is there',
      start: () => startOnce(serve, '/v1/server', join(folder, 'again.db')),
    },
    { name: 'bare Fastify', start: () => startOnce(bare, '/', '') },
  ])
  const notes = [`Medians of ${rounds} starts each (lowest–highest); memory half a second after the first answer.`]
  report({ bench: 'start', machine, notes, rows: measured.map(rowOf), raw: measured }, options)
} finally {
  rmSync(folder, { recursive: true })
}
