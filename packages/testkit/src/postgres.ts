/**
 * A PostgreSQL of our own for a test run: a cluster in a temporary directory, reached by a Unix socket in it and by
 * nothing else, gone when it is stopped.
 */
import { type ChildProcessWithoutNullStreams, execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { runUntilInputEnds } from './until-input-ends.ts'

const run = promisify(execFile)

export interface PostgresServer {
  /** The administrator's database. `createDatabase` takes it. */
  readonly url: string
  /** Ends it as a cut of power would, and removes its files. */
  stop(): Promise<void>
}

export interface PostgresOptions {
  /** Whether what is committed survives a crash of the machine. Off: tests are faster. */
  readonly durable?: boolean
}

/** Starts a cluster; null where PostgreSQL is not installed. */
export async function postgresServer({ durable = false }: PostgresOptions = {}): Promise<PostgresServer | null> {
  const programs = findPrograms()
  if (!programs) return null
  const directory = mkdtempSync(join(tmpdir(), 'countersign-postgres-'))
  const user = serverUser()
  if (user) chownSync(directory, user.uid, user.gid)
  const options = { ...user, cwd: directory }
  const data = join(directory, 'data')
  try {
    const asUsual = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync']
    await run(join(programs, 'initdb'), [`--pgdata=${data}`, ...asUsual], options)
    const command = [join(programs, 'postgres'), '-D', data, ...settings(directory, durable)] as const
    const server = runUntilInputEnds('QUIT', command, options)
    await untilReady(server)
    const stop = async () => {
      const ended = once(server, 'exit')
      server.stdin.end()
      await ended
      rmSync(directory, { recursive: true, force: true })
    }
    return { url: urlOf(directory, 'postgres'), stop }
  } catch (error) {
    rmSync(directory, { recursive: true, force: true })
    throw error
  }
}

/** Makes an empty database on the server with this administrator's URL, and gives its URL. */
export async function createDatabase(administratorUrl: string): Promise<string> {
  const programs = findPrograms()
  if (!programs) throw new Error('PostgreSQL is not installed here.')
  const name = `test_${randomBytes(8).toString('hex')}`
  await run(join(programs, 'psql'), ['--no-psqlrc', '--quiet', `--command=create database ${name}`, administratorUrl])
  const url = new URL(administratorUrl)
  url.pathname = `/${name}`
  return url.href
}

const urlOf = (directory: string, database: string): string =>
  `postgres://localhost/${database}?host=${encodeURIComponent(directory)}&user=postgres`

const settings = (directory: string, durable: boolean): string[] =>
  [
    'listen_addresses=',
    `unix_socket_directories=${directory}`,
    'max_connections=300',
    'shared_buffers=64MB',
    ...(durable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
  ].flatMap((setting) => ['-c', setting])

/** The directory of PostgreSQL's programs: on the path, or where Debian keeps the newest version. */
function findPrograms(): string | null {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const directories = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...versions.map((version) => join(debian, version, 'bin')),
  ]
  const needed = ['initdb', 'postgres', 'psql']
  return directories.find((directory) => needed.every((program) => existsSync(join(directory, program)))) ?? null
}

/** PostgreSQL refuses to run as root: then the user that its package made runs it, or else nobody. */
function serverUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const users = readFileSync('/etc/passwd', 'utf8').split('\n')
  const found = users.find((line) => line.startsWith('postgres:')) ?? users.find((line) => line.startsWith('nobody:'))
  const [, , uid, gid] = (found ?? '').split(':')
  return { uid: Number(uid), gid: Number(gid) }
}

async function untilReady({ stderr }: ChildProcessWithoutNullStreams): Promise<void> {
  const said: string[] = []
  for await (const line of createInterface({ input: stderr })) {
    said.push(line)
    if (line.includes('database system is ready to accept connections')) {
      // Nobody reads on: the pipe must not fill up.
      stderr.resume()
      return
    }
  }
  throw new Error(`PostgreSQL did not start:\n${said.join('\n')}`)
}
