/** Webhooks with a real server: registered, received, verified, rotated, replayed and removed, by the SDK alone. */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { freePort, startWorld } from '@countersign/testkit'
import { expect, test } from 'vitest'
import { Countersign } from './countersign.ts'

interface Received {
  readonly body: Uint8Array
  readonly headers: IncomingHttpHeaders
}

async function startReceiver() {
  const received: Received[] = []
  const port = await freePort()
  const server = createServer(async (request, response) => {
    received.push({ body: Buffer.concat(await request.toArray()), headers: request.headers })
    response.writeHead(204).end()
  }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  const close = async () => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${port}/countersign`, received, [Symbol.asyncDispose]: close }
}

test('what the server sends is what the SDK verifies, before and after another secret', async () => {
  await using receiver = await startReceiver()
  await using world = await startWorld({ webhookUrls: [receiver.url] })
  const { id: application, apiKey } = world.application
  const countersign = new Countersign({ server: world.config.issuer, application, apiKey })
  const { webhooks } = countersign
  const phone = await world.linkPhone(await world.addAccount('Anna'))
  const account = phone.stored.account.id
  await world.running.context.db.write((transaction) =>
    transaction
      .insertInto('relations')
      .values({ application_id: application, account_id: account, external_id: 'customer-17' })
      .execute(),
  )
  await countersign.templates.put('text.read', {
    binding: 'plain',
    fields: { text: { type: 'text', maximum_length: 60 } },
    headline: { en: 'Read', sv: 'Läs' },
    lines: [{ label: { en: 'Text', sv: 'Text' }, field: 'text' }],
  })
  const cancelOne = async (session: string) => {
    const { approval } = await countersign.approvals.start({
      account: { external_id: 'customer-17' },
      action: 'text.read',
      data: { text: 'Hej' },
      session,
    })
    await countersign.approvals.cancel(approval.id)
    await world.running.jobs.settled()
    return approval.id
  }

  const { id, secret } = await webhooks.register(receiver.url)
  const first = await cancelOne('browser-1')
  const [{ body, headers } = { body: '', headers: {} }] = receiver.received
  const event = webhooks.verify(body, headers, secret)
  expect(event).toMatchObject({ type: 'approval.cancelled', data: { approval: first, reason: 'withdrawn' } })

  const rotated = await webhooks.rotate(id)
  expect(rotated.secret).not.toBe(secret)
  const second = await cancelOne('browser-2')
  const { body: later, headers: laterHeaders } = receiver.received.at(-1) ?? { body: '', headers: {} }
  for (const known of [secret, rotated.secret]) {
    expect(webhooks.verify(later, laterHeaders, known)).toMatchObject({ data: { approval: second } })
  }

  const { items } = await webhooks.messages(id)
  expect(items.map(({ state }) => state)).toEqual(['delivered', 'delivered'])
  await webhooks.replay(id, event.id)
  await world.running.jobs.settled()
  const again = receiver.received.at(-1) ?? { body: '', headers: {} }
  expect(webhooks.verify(again.body, again.headers, rotated.secret)).toEqual(event)

  expect(await webhooks.list()).toMatchObject([{ id, url: receiver.url, disabled: null }])
  await webhooks.remove(id)
  expect(await webhooks.list()).toEqual([])
})
