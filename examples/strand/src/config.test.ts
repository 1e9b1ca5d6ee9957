import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseConfig } from './config.ts'
import { openDatabase } from './database.ts'
import { freePort } from './site-for-tests.ts'

const good = {
  issuer: 'http://localhost:4000',
  clientId: 'strand',
  clientSecret: 'hush-hush',
  apiKey: `csk_abcdefgh1234_${'k'.repeat(43)}`,
  url: 'https://strand.example',
  listen: { host: '127.0.0.1', port: 4002 },
  dataDir: '/tmp/strand',
}

describe('the configuration', () => {
  test('needs nothing more than this', () => {
    expect(parseConfig(good)).toMatchObject({ ...good, supportEmail: 'support@strand.example' })
  })

  test.each([
    ['issuer', 'http://id.example'],
    ['issuer', 'ftp://localhost'],
    ['issuer', 'not an address'],
    ['url', 'http://strand.example'],
    ['url', 'https://strand.example/'],
    ['url', 'https://strand.example/path'],
    ['url', 'nothing'],
    ['issuer', 'https://id.example/path'],
    ['clientSecret', ''],
    ['apiKey', 'hush-hush'],
    ['apiKey', undefined],
    ['listen', { host: '127.0.0.1', port: 70_000 }],
    ['openingBalances', { 'anna@strand.example': 0.5 }],
    ['colour', 'blue'],
  ])('%s cannot be %j', (name, value) => {
    expect(() => parseConfig({ ...good, [name]: value })).toThrow(new RegExp(`not right: .*${name}`))
  })

  test('a fault never repeats a value', () => {
    expect(() => parseConfig({ ...good, clientSecret: ['hush-hush'] })).toThrow(/^(?!.*hush).*clientSecret/)
  })
})

describe('the program', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'strand-start-'))
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))

  const write = (config: object) => {
    const path = join(directory, 'strand.json')
    writeFileSync(path, JSON.stringify({ ...good, dataDir: join(directory, 'data'), ...config }))
    return path
  }
  const start = (...args: string[]) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (said += text))
    const ready = new Promise<unknown>((resolve) => child.once('message', resolve))
    const over = new Promise<{ code: number | null; said: string }>((resolve) =>
      child.once('close', (code) => resolve({ code, said: said.trim() })),
    )
    return { child, ready, over }
  }

  test.each([
    ['no file', [], 'Strand is started with the path of its configuration: a JSON file.'],
    ['a missing file', ['/nowhere/strand.json'], "Strand's configuration /nowhere/strand.json cannot be read."],
  ])('with %s says one sentence', async (_, args, sentence) => {
    expect(await start(...args).over).toEqual({ code: 1, said: sentence })
  })

  test('with a file that is not JSON says so', async () => {
    const path = join(directory, 'strand.json')
    writeFileSync(path, '{ "clientSecret": "hush-hush"')
    expect(await start(path).over).toEqual({ code: 1, said: `Strand's configuration ${path} is not JSON.` })
  })

  test('on a port in use says so', async () => {
    const other = createServer()
    const port = await freePort()
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve))
    const { code, said } = await start(write({ listen: { host: '127.0.0.1', port } })).over
    other.close()
    expect({ code, said }).toEqual({ code: 1, said: `Port ${port} is in use by another program.` })
  })

  test('with a directory that cannot be one says so', async () => {
    writeFileSync(join(directory, 'file'), '')
    const { code, said } = await start(write({ dataDir: join(directory, 'file') })).over
    expect(code).toBe(1)
    expect(said).toMatch(/^Strand cannot write its database .*strand\.db\.$/)
  })

  test('with a database of a newer version says so', async () => {
    mkdirSync(join(directory, 'data'))
    const db = new DatabaseSync(join(directory, 'data', 'strand.db'))
    db.exec('PRAGMA user_version = 99')
    db.close()
    const { code, said } = await start(write({})).over
    expect({ code, said }).toEqual({ code: 1, said: "Strand's database was made by a newer version of Strand." })
  })

  test.each(['SIGINT', 'SIGTERM'] as const)('starts without its issuer, and ends cleanly on %s', async (signal) => {
    const port = await freePort()
    const { child, ready, over } = start(write({ issuer: 'http://localhost:1', listen: { host: '127.0.0.1', port } }))
    expect(await ready).toEqual({ kind: 'ready' })
    child.kill(signal)
    expect(await over).toEqual({ code: 0, said: '' })
  })

  test('keeps its database to itself', () => {
    openDatabase(join(directory, 'data')).close()
    expect(statSync(join(directory, 'data', 'strand.db')).mode & 0o777).toBe(0o600)
    expect(statSync(join(directory, 'data')).mode & 0o777).toBe(0o700)
  })
})
