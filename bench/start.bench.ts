/**
 * How long a start takes, from the process to the first answered request, and the memory of the idle process:
 * `countersign serve` on an empty database and on one that is there, beside a bare Fastify.
 *
 * Medians of several starts, as a table and as one line of JSON.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const root = dirname(import.meta.dirname)
const rounds = 7
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
    COUNTERSIGN_MASTER_KEY: 'A'.repeat(43),
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

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** The median of several starts. The first, which fills the compile cache, does not count. */
async function measure(name: string, start: (round: number) => Promise<Start>) {
  await start(-1)
  const starts: Start[] = []
  for (let round = 0; round < rounds; round += 1) starts.push(await start(round))
  const megabytes = starts.map((one) => one.megabytes).filter((one) => one !== null)
  return {
    name,
    'to first answer (ms)': Math.round(median(starts.map((one) => one.milliseconds))),
    'idle memory (MB)': megabytes.length === 0 ? null : median(megabytes),
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
  const results = [
    await measure('serve, new database', (round) => startOnce(serve, '/v1/server', join(folder, `new-${round}.db`))),
    await measure('serve, again', () => startOnce(serve, '/v1/server', join(folder, 'again.db'))),
    await measure('bare Fastify', () => startOnce(bare, '/', '')),
  ]
  const machine = `${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}`
  console.log(machine)
  console.table(results)
  console.log(JSON.stringify({ bench: 'start', machine, rounds, results }))
} finally {
  rmSync(folder, { recursive: true })
}
