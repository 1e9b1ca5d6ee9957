/** How webhooks are registered, rotated and replayed: what is sent, and that nothing is done twice. */
import { beforeEach, expect, test } from 'vitest'
import {
  answer,
  clientOf,
  cut,
  type FaultyServer,
  type StillSystem,
  startFaultyServer,
  stillSystem,
} from './server-for-tests.ts'

const id = 'A'.repeat(22)
const webhook = {
  id: `whk_${id}`,
  url: 'https://shop.example.com/countersign',
  created: 1,
  disabled: null,
  previous_secret_until: null,
}
const registered = { ...webhook, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }
const message = {
  id: `msg_${id}`,
  type: 'approval.approved',
  state: 'failed',
  attempts: 3,
  last_status: 500,
  next: null,
  created: 1,
  delivered: null,
}

let server: FaultyServer
let system: StillSystem

beforeEach(async () => {
  server = await startFaultyServer()
  system = stillSystem()
  return () => server[Symbol.asyncDispose]()
})

test('each call has its own path, and those that create something a key', async () => {
  const { webhooks } = clientOf(server, system)
  server.order(answer(registered, 201))
  expect(await webhooks.register(webhook.url)).toEqual(registered)
  expect(await webhooks.rotate(webhook.id)).toEqual(registered)
  server.order(answer({ items: [webhook] }))
  expect(await webhooks.list()).toEqual([webhook])
  server.order(answer({ items: [message], next: null }))
  expect(await webhooks.messages(webhook.id, { limit: 5 })).toEqual({ items: [message], next: null })
  server.order(answer(message))
  expect(await webhooks.replay(webhook.id, message.id)).toEqual(message)
  server.order(answer('', 204))
  expect(await webhooks.remove(webhook.id)).toBeUndefined()
  expect(
    server.asked.map(({ method, path, body, headers }) => [method, path, body, headers['idempotency-key']]),
  ).toEqual([
    ['POST', '/v1/webhooks', { url: webhook.url }, 'name-1'],
    ['POST', `/v1/webhooks/${webhook.id}/rotate`, {}, 'name-2'],
    ['GET', '/v1/webhooks', undefined, undefined],
    ['GET', `/v1/webhooks/${webhook.id}/messages?limit=5`, undefined, undefined],
    ['POST', `/v1/webhooks/${webhook.id}/messages/${message.id}/replay`, {}, 'name-3'],
    ['DELETE', `/v1/webhooks/${webhook.id}`, undefined, undefined],
  ])
})

test('a registration whose answer got lost is sent again under its key', async () => {
  server.order(cut, answer(registered, 201))
  await clientOf(server, system).webhooks.register(webhook.url)
  expect(server.asked.map(({ headers }) => headers['idempotency-key'])).toEqual(['name-1', 'name-1'])
})

test('what answers nothing must answer nothing', async () => {
  server.order(answer({ done: true }))
  await expect(clientOf(server, system).webhooks.remove(webhook.id)).rejects.toMatchObject({
    code: 'unexpected_answer',
  })
})
