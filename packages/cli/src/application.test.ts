import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toBase64url } from '@countersign/protocol'
import { startWorld, type World } from '@countersign/testkit'
import { beforeEach, expect, test } from 'vitest'
import { countersign } from './terminal-for-tests.ts'

let world: World
let environment: Record<string, string>

beforeEach(async () => {
  const databaseUrl = `sqlite:${join(await mkdtemp(join(tmpdir(), 'countersign-application-')), 'countersign.db')}`
  world = await startWorld({ databaseUrl })
  environment = {
    COUNTERSIGN_PUBLIC_URL: 'https://id.example.com',
    COUNTERSIGN_PHONE_URL: 'https://app.example.com',
    COUNTERSIGN_MASTER_KEY: toBase64url(world.config.masterKeys[0] ?? new Uint8Array()),
    COUNTERSIGN_DATABASE_URL: databaseUrl,
    COUNTERSIGN_SMS_URL: 'https://sms.example.com/send',
    COUNTERSIGN_SMS_AUTHORIZATION: 'Bearer token',
    COUNTERSIGN_SUPPORT_EMAIL: 'support@example.com',
  }
  return () => world[Symbol.asyncDispose]()
})

const run = (...args: string[]) => countersign(['application', ...args], { environment })
const keyIn = (text: string) => /csk_[a-z2-7]{12}_[A-Za-z0-9_-]{43}/.exec(text)?.[0] ?? ''
const idOf = (key: string) => key.split('_')[1] ?? ''

/** The status of a request with this key to the server that runs. */
async function tried(key: string): Promise<number> {
  const headers = { authorization: `Bearer ${key}` }
  return (await fetch(`${world.config.issuer}/v1/templates`, { headers })).status
}

test('an application that asks for approvals is registered, with a key that works at once', async () => {
  const added = await run('add', 'shop', '--name', 'Shop', '--approvals', '--page-origin', 'https://shop.example')
  expect(added).toMatchObject({ code: 0, out: expect.stringContaining('Client secret: ') })
  expect(await tried(keyIn(added.out))).toBe(200)
  expect(await run('add', 'shop', '--name', 'Shop', '--approvals')).toMatchObject({
    code: 1,
    err: expect.stringContaining('already an application'),
  })
})

test('a key is rotated with an overlap, listed and revoked', async () => {
  const first = keyIn((await run('key', 'strand', '--scope', 'templates')).out)
  expect(await tried(first)).toBe(200)
  const second = keyIn((await run('rotate-key', idOf(first), '--hours', '1')).out)
  expect([await tried(first), await tried(second)]).toEqual([200, 200])
  expect((await run('keys', 'strand')).out).toContain(`${idOf(second)}  templates`)
  expect(await run('revoke-key', idOf(first))).toMatchObject({ code: 0 })
  expect([await tried(first), await tried(second)]).toEqual([401, 200])
  expect(await run('revoke-key', idOf(first))).toMatchObject({ code: 1 })
})

test.each([
  ['an application that is not there', ['key', 'nobody'], 1],
  ['a scope that is none', ['key', 'strand', '--scope', 'everything'], 2],
  ['a count that is none', ['add', 'shop', '--name', 'Shop', '--approvals', '--per-minute', 'many'], 2],
  [
    'an origin with a path',
    ['add', 'shop', '--name', 'Shop', '--approvals', '--page-origin', 'https://a.example/b'],
    1,
  ],
  ['no application', ['keys'], 2],
] as const)('%s is told in a sentence, and nothing is done', async (_, args, code) => {
  expect(await run(...args)).toMatchObject({ code, out: '' })
})
