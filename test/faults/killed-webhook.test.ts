/** abuse-26: a server that is killed between what happened and telling it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RegisteredWebhook, StartedApproval, type TemplateDefinition, WebhookMessagePage } from '@countersign/protocol'
import { createDatabase, startWebhookReceiver, startWorld, type World } from '@countersign/testkit'
import { Webhook } from 'standardwebhooks'
import { describe, expect, inject, test } from 'vitest'
import { KillableServer } from './killable-server.ts'

const template: TemplateDefinition = {
  binding: 'plain',
  fields: { what: { type: 'text', maximum_length: 60 } },
  headline: { sv: 'Öppna {what}', en: 'Open {what}' },
  lines: [{ label: { sv: 'Vad', en: 'What' }, field: 'what' }],
}

async function call(world: World, method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(world.config.issuer + path, {
    method,
    headers: {
      authorization: `Bearer ${world.application.apiKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  expect(answer.ok, await answer.clone().text()).toBe(true)
  return answer.json()
}

/** Anna is asked by the application. */
async function ask(world: World): Promise<string> {
  const phone = await world.linkPhone(await world.addAccount('Anna'))
  const { id: account } = phone.stored.account
  await world.running.context.db.write((transaction) =>
    transaction
      .insertInto('relations')
      .values({ application_id: world.application.id, account_id: account, external_id: null })
      .execute(),
  )
  await call(world, 'PUT', '/v1/templates/door.open', template)
  const started = await call(world, 'POST', '/v1/approvals', {
    account: { id: account },
    action: 'door.open',
    data: { what: 'dörren' },
    context: { place: null, browser: null },
    session: 'one',
  })
  return StartedApproval.parse(started).approval.id
}

async function expectTold(databaseUrl: string): Promise<void> {
  await using receiver = await startWebhookReceiver()
  const world = await startWorld({ databaseUrl, webhookUrls: [receiver.url] })
  const { id: webhook, secret } = RegisteredWebhook.parse(
    await call(world, 'POST', '/v1/webhooks', { url: receiver.url }),
  )
  const approval = await ask(world)
  await world[Symbol.asyncDispose]()

  const server = new KillableServer(world.config)
  try {
    await server.start()
    await server.cancelAndDie(approval)
    const before = receiver.taken.all.length
    await server.start()
    const told = await receiver.taken.nth(1)
    expect(new Webhook(secret).verify(told.body, { ...told.headers })).toMatchObject({
      type: 'approval.cancelled',
      data: { approval, reason: 'withdrawn' },
    })
    const { items } = WebhookMessagePage.parse(await call(world, 'GET', `/v1/webhooks/${webhook}/messages`))
    await server.stop()
    expect(before).toBe(0)
    // At least once, and always as one message.
    const ids = new Set(receiver.taken.all.map(({ headers }) => headers['webhook-id']))
    expect([...ids]).toEqual([items[0]?.id])
  } finally {
    await server.kill()
  }
}

describe('what happened is told by the next server, where one is killed with -9 after the commit', () => {
  test('SQLite', { timeout: 60_000 }, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'countersign-killed-webhook-'))
    try {
      await expectTold(`sqlite:${join(directory, 'countersign.db')}`)
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })

  test.skipIf(inject('postgres') === null)('PostgreSQL', { timeout: 60_000 }, async () => {
    await expectTold(await createDatabase(inject('postgres') ?? ''))
  })
})
