import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toBase64url } from '@countersign/protocol'
import { type PushService, startPushService, startWorld, type World } from '@countersign/testkit'
import { beforeEach, expect, test } from 'vitest'
import { countersign } from './terminal-for-tests.ts'

let service: PushService
let world: World
let environment: Record<string, string>

beforeEach(async () => {
  const databaseUrl = `sqlite:${join(await mkdtemp(join(tmpdir(), 'countersign-push-keys-')), 'countersign.db')}`
  service = await startPushService()
  world = await startWorld({ databaseUrl, pushHosts: [service.host] })
  environment = {
    COUNTERSIGN_PUBLIC_URL: 'https://id.example.com',
    COUNTERSIGN_PHONE_URL: 'https://app.example.com',
    COUNTERSIGN_MASTER_KEY: toBase64url(world.config.masterKeys[0] ?? new Uint8Array()),
    COUNTERSIGN_DATABASE_URL: databaseUrl,
    COUNTERSIGN_SMS_URL: 'https://sms.example.com/send',
    COUNTERSIGN_SMS_AUTHORIZATION: 'Bearer token',
    COUNTERSIGN_SUPPORT_EMAIL: 'support@example.com',
  }
  return async () => {
    await world[Symbol.asyncDispose]()
    await service[Symbol.asyncDispose]()
  }
})

test('push-keys rotate gives a server that runs another key, and says how many phones are to change over', async () => {
  const phone = await world.linkPhone(await world.addAccount('Anna'))
  const before = await phone.readPush()
  const { endpoint, p256dh, auth } = service.subscribe(before.vapid_key)
  await phone.subscribePush({ endpoint, p256dh, auth, vapid_key: before.vapid_key })

  const ran = await countersign(['push-keys', 'rotate'], { environment })
  expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('1 phone changes over') })
  const after = await phone.readPush()
  expect(after.subscribed).toBe(false)
  expect(after.vapid_key).not.toBe(before.vapid_key)

  await phone.endPush()
  expect(await countersign(['push-keys', 'rotate'], { environment })).toMatchObject({
    out: expect.stringContaining('0 phones change over'),
  })
})

test('without the configuration of the server nothing is done', async () => {
  expect(await countersign(['push-keys', 'rotate'])).toMatchObject({ code: 2 })
})
