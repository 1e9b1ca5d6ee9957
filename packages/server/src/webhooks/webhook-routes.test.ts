/** The API of webhooks, over HTTP, as an application's back end calls it. */
import { AccountId, ApplicationId, ApprovalId, RegisteredWebhook, WebhookMessagePage } from '@countersign/protocol'
import { startWebhookReceiver, startWorld, type WebhookReceiver, type World } from '@countersign/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addApiKey, addApplication, type Scope } from '../applications/index.ts'
import { announceWebhooks, queueWebhooks } from './index.ts'

let world: World
let receiver: WebhookReceiver
let otherKey: string

beforeAll(async () => {
  receiver = await startWebhookReceiver()
  world = await startWorld({ webhookUrls: [receiver.url] })
  const { context } = world.running
  const nowhere = { redirectUris: [], postLogoutRedirectUris: [] }
  await addApplication(context, { id: 'other', name: 'Another', startsApprovals: true, ...nowhere })
  otherKey = await keyOf('other', ['webhooks'])
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
  await receiver[Symbol.asyncDispose]()
})

async function keyOf(application: string, scopes: readonly Scope[]): Promise<string> {
  const made = await addApiKey(world.running.context, application, scopes)
  if (made === null) throw new Error('There is no such application.')
  return made.key
}

interface Other {
  readonly key?: string
  /** `Idempotency-Key` */
  readonly once?: string
}

async function call(method: string, path: string, body?: unknown, { key, once }: Other = {}) {
  const answer = await fetch(world.config.issuer + path, {
    method,
    headers: {
      authorization: `Bearer ${key ?? world.application.apiKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(once === undefined ? {} : { 'idempotency-key': once }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, body: text === '' ? null : JSON.parse(text) }
}

const register = async () => RegisteredWebhook.parse((await call('POST', '/v1/webhooks', { url: receiver.url })).body)
const listed = async () => (await call('GET', '/v1/webhooks')).body.items

/** Something happens to an approval of the application. */
async function happen(): Promise<void> {
  const { context, jobs } = world.running
  const queued = await context.db.write((transaction) =>
    queueWebhooks(context, transaction, {
      application: ApplicationId.parse(world.application.id),
      type: 'approval.declined',
      data: {
        approval: ApprovalId.parse('apr_AAAAAAAAAAAAAAAAAAAAAA'),
        account: AccountId.parse('acc_AAAAAAAAAAAAAAAAAAAAAA'),
        action: 'transfer.create',
        reason: 'not-me',
      },
    }),
  )
  announceWebhooks(context, queued)
  await jobs.settled()
}

beforeEach(async () => {
  for (const { id } of await listed()) await call('DELETE', `/v1/webhooks/${id}`)
})

describe('a webhook', () => {
  test('is registered, listed without its secret, rotated, and removed', async () => {
    const { status, body } = await call('POST', '/v1/webhooks', { url: receiver.url })
    expect(status).toBe(201)
    const { secret, ...webhook } = RegisteredWebhook.parse(body)
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(webhook).toMatchObject({ url: receiver.url, disabled: null, previous_secret_until: null })
    expect(await listed()).toEqual([webhook])

    const rotated = RegisteredWebhook.parse((await call('POST', `/v1/webhooks/${webhook.id}/rotate`, {})).body)
    expect(rotated.id).toBe(webhook.id)
    expect(rotated.secret).not.toBe(secret)
    expect(rotated.previous_secret_until).toBeGreaterThan(webhook.created)

    expect((await call('DELETE', `/v1/webhooks/${webhook.id}`)).status).toBe(204)
    expect(await listed()).toEqual([])
    expect((await call('DELETE', `/v1/webhooks/${webhook.id}`)).body).toMatchObject({ code: 'not_found' })
  })

  test('abuse-57 that is asked for twice with one key is one, with one secret', async () => {
    const before = await register()
    const once = 'first-webhook'
    const first = await call('POST', '/v1/webhooks', { url: receiver.url }, { once })
    const again = await call('POST', '/v1/webhooks', { url: receiver.url }, { once })
    expect(again).toMatchObject({ status: 201, body: first.body })
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(await listed()).toMatchObject([{ id: before.id }, { id: first.body.id }])
    const rotate = () => call('POST', `/v1/webhooks/${before.id}/rotate`, {}, { once })
    expect((await rotate()).body).toEqual((await rotate()).body)
  })

  test('is told, and what it was told is listed and replayed', async () => {
    const { id } = await register()
    await happen()
    const page = WebhookMessagePage.parse((await call('GET', `/v1/webhooks/${id}/messages`)).body)
    expect(page).toMatchObject({
      items: [{ type: 'approval.declined', state: 'delivered', attempts: 1, last_status: 204, next: null }],
      next: null,
    })
    const message = page.items[0]?.id
    const again = receiver.taken.next()
    const replayed = await call('POST', `/v1/webhooks/${id}/messages/${message}/replay`, {})
    expect(replayed).toMatchObject({ status: 200, body: { id: message, state: 'waiting' } })
    expect((await again).headers['webhook-id']).toBe(message)
  })

  test('abuse-48 is refused at an address that points inside, and nothing is kept', async () => {
    for (const url of ['http://localhost:9/', 'https://169.254.169.254/latest', 'https://10.0.0.1/a', 'hooks']) {
      expect(await call('POST', '/v1/webhooks', { url })).toMatchObject({
        status: 422,
        body: { code: 'webhook_refused', detail: expect.stringMatching(/^It .*\.$/) },
      })
    }
    expect(await listed()).toEqual([])
  })

  test.each([
    {},
    { url: 5 },
    { url: '' },
    { url: `https://a.example/${'a'.repeat(1_000)}` },
    { url: 'https://a.example', more: 1 },
    [],
  ])('is not registered with %j', async (body) => {
    expect(await call('POST', '/v1/webhooks', body)).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  })
})

describe('abuse-54 nothing of it is', () => {
  const routes = (webhook: string, message: string) =>
    [
      ['POST', `/v1/webhooks/${webhook}/rotate`, {}],
      ['GET', `/v1/webhooks/${webhook}/messages`, undefined],
      ['POST', `/v1/webhooks/${webhook}/messages/${message}/replay`, {}],
      ['DELETE', `/v1/webhooks/${webhook}`, undefined],
    ] as const

  async function told() {
    const { id } = await register()
    await happen()
    const { items } = (await call('GET', `/v1/webhooks/${id}/messages`)).body
    return { id, message: items[0].id }
  }

  test('for another application, or for what is no id', async () => {
    const { id, message } = await told()
    const count = receiver.taken.all.length
    for (const [method, path, body] of [...routes(id, message), ...routes('whk_1', 'msg_1'), ...routes(message, id)]) {
      expect(await call(method, path, body, { key: otherKey })).toMatchObject({
        status: 404,
        body: { code: 'not_found' },
      })
    }
    expect((await call('GET', '/v1/webhooks', undefined, { key: otherKey })).body).toEqual({ items: [] })
    await world.running.jobs.settled()
    expect([(await listed()).length, receiver.taken.all.length]).toEqual([1, count])
  })

  test('for a key without the scope, or for none', async () => {
    const { id, message } = await told()
    const key = await keyOf(world.application.id, ['approvals', 'accounts', 'templates'])
    const all = [
      ...routes(id, message),
      ['GET', '/v1/webhooks', undefined] as const,
      ['POST', '/v1/webhooks', { url: receiver.url }] as const,
    ]
    for (const [method, path, body] of all) {
      expect(await call(method, path, body, { key })).toMatchObject({ status: 403, body: { code: 'scope_missing' } })
      expect(await call(method, path, body, { key: 'none' })).toMatchObject({
        status: 401,
        body: { code: 'key_refused' },
      })
    }
    expect(await listed()).toHaveLength(1)
  })
})
