/** abuse-26: a server that is killed between the commit of an approval and its push. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDatabase, startPushService, startWorld } from '@countersign/testkit'
import { describe, expect, inject, test } from 'vitest'
import { KillableServer } from './killable-server.ts'

async function expectPushed(databaseUrl: string): Promise<void> {
  await using service = await startPushService()
  const world = await startWorld({ databaseUrl, pushHosts: [service.host] })
  const phone = await world.linkPhone(await world.addAccount('Anna'))
  const { vapid_key } = await phone.readPush()
  const browser = service.subscribe(vapid_key)
  const { endpoint, p256dh, auth } = browser
  await phone.subscribePush({ endpoint, p256dh, auth, vapid_key })
  await world[Symbol.asyncDispose]()

  const server = new KillableServer(world.config)
  try {
    await server.start()
    await server.askAndDie(phone.stored.account.id, phone.stored.device)
    expect(service.requests.all).toEqual([])
    await server.start()
    const { topic } = await browser.received.nth(1)
    const { approvals } = await phone.pendingApprovals()
    expect(approvals.map(({ approval }) => approval)).toEqual([topic])
    await server.stop()
    expect(service.requests.all.map(({ status }) => status)).toEqual([201])
  } finally {
    await server.kill()
  }
}

describe('a push whose server is killed with -9 after the commit is sent by the next server', () => {
  test('SQLite', { timeout: 60_000 }, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'countersign-killed-push-'))
    try {
      await expectPushed(`sqlite:${join(directory, 'countersign.db')}`)
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })

  test.skipIf(inject('postgres') === null)('PostgreSQL', { timeout: 60_000 }, async () => {
    await expectPushed(await createDatabase(inject('postgres') ?? ''))
  })
})
