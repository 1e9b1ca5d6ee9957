import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { freePort } from '@countersign/testkit'
import { afterEach, expect, test } from 'vitest'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const { PATH = '' } = process.env
const started: ChildProcess[] = []

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

async function serve(port: number, settings: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [main, 'serve'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH,
      COUNTERSIGN_PUBLIC_URL: 'https://id.example.com',
      COUNTERSIGN_PHONE_URL: 'https://app.example.com',
      COUNTERSIGN_LISTEN: `127.0.0.1:${port}`,
      COUNTERSIGN_MASTER_KEY: randomBytes(32).toString('base64url'),
      COUNTERSIGN_SMS_URL: 'https://sms.example.com/send',
      COUNTERSIGN_SMS_AUTHORIZATION: 'Bearer token',
      COUNTERSIGN_SUPPORT_EMAIL: 'support@example.com',
      COUNTERSIGN_DATA_DIR: await mkdtemp(join(tmpdir(), 'countersign-serve-')),
      ...settings,
    },
  })
  started.push(child)
  const exited = once(child, 'exit')
  let said = ''
  const { promise: serving, resolve } = Promise.withResolvers<void>()
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
    if (said.includes('Serving https://id.example.com.')) resolve()
  })
  const ended = exited.then(([code]) => ({ code, said }))
  return { child, serving: Promise.race([serving, ended]), ended }
}

async function get(port: number, path: string): Promise<unknown> {
  const asked = request({ port, path, headers: { host: 'id.example.com' } }).end()
  const [response] = await once(asked, 'response')
  return json(response)
}

test('serve answers until it is told to end, and ends cleanly', async () => {
  const port = await freePort()
  const { child, serving, ended } = await serve(port)
  expect(await serving).toBeUndefined()
  expect(await get(port, '/v1/server')).toMatchObject({ issuer: 'https://id.example.com' })
  child.kill('SIGTERM')
  expect(await ended).toMatchObject({ code: 0 })
})

test('serve says in a sentence that its port is taken', async () => {
  const port = await freePort()
  const first = await serve(port)
  await first.serving
  const second = await serve(port)
  expect(await second.ended).toEqual({ code: 2, said: `Port ${port} is in use by another program.\n` })
})

test('serve says in a sentence that the database is none, cannot be reached, or was sealed with another master key', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-serve-'))
  const none = join(directory, 'none.db')
  await writeFile(none, 'This is a text, and no database.'.repeat(100))
  const unusable = await serve(await freePort(), { COUNTERSIGN_DATABASE_URL: `sqlite:${none}` })
  expect(await unusable.ended).toMatchObject({
    code: 2,
    said: expect.stringMatching(/^The database .* cannot be used: .*\n$/),
  })

  const absent = `postgres://nobody:nothing@127.0.0.1:${await freePort()}/none`
  const unreached = await serve(await freePort(), { COUNTERSIGN_DATABASE_URL: absent })
  expect(await unreached.ended).toMatchObject({
    code: 2,
    said: expect.stringMatching(/^The database on PostgreSQL .*\n$/),
  })

  const settings = { COUNTERSIGN_DATABASE_URL: `sqlite:${join(directory, 'countersign.db')}` }
  const first = await serve(await freePort(), settings)
  await first.serving
  first.child.kill('SIGTERM')
  await first.ended
  const second = await serve(await freePort(), settings)
  expect(await second.ended).toMatchObject({
    code: 2,
    said: expect.stringMatching(/^The master key is not the one .*\n$/),
  })
})
