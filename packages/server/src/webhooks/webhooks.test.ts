import { AccountId, ApplicationId, ApprovalId, type RegisteredWebhook } from '@countersign/protocol'
import { Webhook } from 'standardwebhooks'
import { beforeEach, describe, expect, test } from 'vitest'
import { inParallel, onBothDatabases, type TestContext } from '../context-for-tests.ts'
import { insertApplication } from '../db/rows-for-tests.ts'
import { type OutboxHandlers, runOutbox } from '../jobs/index.ts'
import type { OutboundAnswer, OutboundRequest } from '../outbound/index.ts'
import { registerWebhook, removeWebhook, rotateWebhook } from './change-webhooks.ts'
import { queueWebhooks, sweepWebhooks, webhookHandlers } from './index.ts'
import { listMessages, replayMessage } from './messages.ts'

const strand = ApplicationId.parse('strand')
const other = ApplicationId.parse('other')
const url = 'https://shop.example.com/webhooks'
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const data = {
  approval: ApprovalId.parse('apr_AAAAAAAAAAAAAAAAAAAAAA'),
  account: AccountId.parse('acc_AAAAAAAAAAAAAAAAAAAAAA'),
  action: 'transfer.create',
  reason: null,
}

onBothDatabases((open) => {
  let context: TestContext
  let sent: OutboundRequest[]
  let answer: (request: OutboundRequest) => Promise<OutboundAnswer>
  let handlers: OutboxHandlers
  let webhook: RegisteredWebhook

  beforeEach(async () => {
    context = await open()
    sent = []
    status(204)
    handlers = webhookHandlers(context, {
      post(request) {
        sent.push(request)
        return answer(request)
      },
      close() {},
    })
    await context.db.write(async (transaction) => {
      await insertApplication(transaction, { id: strand })
      await insertApplication(transaction, { id: other })
    })
    webhook = await registerWebhook(context, strand, url)
  })

  const status = (code: number, headers: OutboundAnswer['headers'] = {}) => {
    answer = async () => ({ status: code, headers })
  }
  const happen = (application = strand) =>
    context.db.write((transaction) =>
      queueWebhooks(context, transaction, { application, type: 'approval.approved', data }),
    )
  const run = () => runOutbox(context, handlers)
  const later = async (milliseconds: number) => {
    await context.clock.advance(milliseconds)
    return run()
  }
  const messages = async (of = webhook) => (await listMessages(context, strand, of.id, {})).items
  const waiting = () => context.db.read((query) => query.selectFrom('outbox').selectAll().execute())
  const audited = async () => {
    const rows = await context.db.read((query) => query.selectFrom('audit').select('kind').orderBy('seq').execute())
    return rows.map(({ kind }) => kind)
  }
  const bodyOf = (request: OutboundRequest | undefined) => new TextDecoder().decode(request?.body)
  const idOf = (request: OutboundRequest | undefined) => request?.headers['webhook-id']

  /** Verifies as the official library does, at the moment that the request says. */
  const verify = (request: OutboundRequest | undefined, secret = webhook.secret) => {
    const now = Date.now
    Date.now = () => context.clock.now()
    try {
      return new Webhook(secret).verify(bodyOf(request), { ...request?.headers })
    } finally {
      Date.now = now
    }
  }

  test('what happened is told at once, signed, to every webhook of the application and to nobody else', async () => {
    const second = await registerWebhook(context, strand, `${url}/2`)
    await registerWebhook(context, other, `${url}/other`)
    await happen()
    expect(await run()).toBeNull()
    expect(sent.map((request) => request.url.href).sort()).toEqual([url, `${url}/2`])
    const [first, another] = [url, `${url}/2`].map((href) => sent.find((request) => request.url.href === href))
    const event = { type: 'approval.approved', timestamp: new Date(context.clock.now()).toISOString(), data }
    expect(verify(first)).toEqual(event)
    expect(verify(another, second.secret)).toEqual(event)
    expect(() => verify(first, second.secret)).toThrow()
    expect(idOf(first)).toMatch(/^msg_[\w-]{22}$/)
    expect(idOf(first)).not.toBe(idOf(another))
    expect(await messages()).toMatchObject([
      {
        id: idOf(first),
        state: 'delivered',
        attempts: 1,
        last_status: 204,
        next: null,
        delivered: context.clock.now(),
      },
    ])
    expect(await waiting()).toEqual([])
  })

  test('what did not happen is not told', async () => {
    const undone = context.db.write(async (transaction) => {
      await queueWebhooks(context, transaction, { application: strand, type: 'approval.approved', data })
      throw new Error('undone')
    })
    await expect(undone).rejects.toThrow('undone')
    await run()
    expect([sent, await messages()]).toEqual([[], []])
  })

  test('abuse-26 abuse-49 a failure is tried again under the same id with a new time, and nothing else has changed', async () => {
    await happen()
    status(500)
    expect(await run()).toBeLessThanOrEqual(5_000)
    expect(await messages()).toMatchObject([{ state: 'waiting', attempts: 1, last_status: 500 }])
    status(204)
    await later(5_000)
    const [first, again] = sent
    expect(idOf(again)).toBe(idOf(first))
    expect(bodyOf(again)).toBe(bodyOf(first))
    expect(again?.headers['webhook-timestamp']).not.toBe(first?.headers['webhook-timestamp'])
    verify(again)
    expect(await messages()).toMatchObject([{ state: 'delivered', attempts: 2, last_status: 204 }])
  })

  test('it is tried ten times in three days, and then given up', async () => {
    answer = () => Promise.reject(new Error('nobody is there'))
    await happen()
    await run()
    for (let hours = 0; hours < 73; hours++) await later(hour)
    expect(sent.length).toBeGreaterThanOrEqual(8)
    expect(sent.length).toBeLessThanOrEqual(10)
    expect(new Set(sent.map(idOf)).size).toBe(1)
    expect(await messages()).toMatchObject([{ state: 'failed', last_status: null, next: null, delivered: null }])
    expect(await waiting()).toEqual([])
    const before = sent.length
    await later(10 * day)
    expect(sent).toHaveLength(before)
  })

  test('a receiver that asks for time gets it', async () => {
    status(503, { 'retry-after': '600' })
    await happen()
    expect(await run()).toBe(10 * minute)
    await later(10 * minute - 1)
    expect(sent).toHaveLength(1)
    await later(1)
    expect(sent).toHaveLength(2)
  })

  test('a receiver that is gone is told nothing any more', async () => {
    await happen()
    status(500)
    await run()
    await happen()
    status(410)
    await run()
    expect(sent).toHaveLength(2)
    expect(await messages()).toMatchObject([{ state: 'failed' }, { state: 'failed' }])
    await happen()
    await later(day)
    expect([sent.length, await waiting()]).toEqual([2, []])
    expect(await audited()).toEqual(['webhook.registered', 'webhook.disabled'])
    const [message] = await messages()
    if (message === undefined) throw new Error('There is no message.')
    await expect(replayMessage(context, strand, { webhook: webhook.id, message: message.id })).rejects.toMatchObject({
      code: 'webhook_disabled',
    })
  })

  test('what was written while its webhook was disabled is not sent either', async () => {
    await happen()
    await context.db.write((transaction) =>
      transaction.updateTable('webhook_endpoints').set({ disabled_at: 1 }).execute(),
    )
    await run()
    expect([sent, await messages(), await waiting()]).toMatchObject([[], [{ state: 'failed' }], []])
  })

  test('two secrets sign for a day after a rotation, then one', async () => {
    const rotated = await rotateWebhook(context, strand, webhook.id)
    expect(rotated).toMatchObject({ id: webhook.id, previous_secret_until: context.clock.now() + day })
    expect(rotated.secret).not.toBe(webhook.secret)
    await happen()
    await run()
    verify(sent[0])
    verify(sent[0], rotated.secret)
    await context.clock.advance(day)
    await happen()
    await run()
    verify(sent[1], rotated.secret)
    expect(() => verify(sent[1])).toThrow()
    const stored = () =>
      context.db.read((query) => query.selectFrom('webhook_endpoints').select('previous_secret').execute())
    expect(await stored()).not.toEqual([{ previous_secret: null }])
    await sweepWebhooks(context)
    expect(await stored()).toEqual([{ previous_secret: null }])
    expect(await audited()).toEqual(['webhook.registered', 'webhook.rotated'])
  })

  test('abuse-56 secrets cannot be read in the database', async () => {
    await rotateWebhook(context, strand, webhook.id)
    const rows = await context.db.read((query) => query.selectFrom('webhook_endpoints').selectAll().execute())
    const texts = rows.flatMap((row) => [row.secret, row.previous_secret ?? new Uint8Array()].map(String))
    const key = Buffer.from(webhook.secret.slice('whsec_'.length), 'base64')
    expect(key).toHaveLength(32)
    for (const text of texts) {
      expect(text).not.toContain(String(new Uint8Array(key)))
      expect(text).not.toContain(String(new TextEncoder().encode(webhook.secret)))
    }
  })

  describe('a replay', () => {
    const replay = async () => {
      const [message] = await messages()
      if (message === undefined) throw new Error('There is no message.')
      return replayMessage(context, strand, { webhook: webhook.id, message: message.id })
    }

    test('sends what was delivered once more, under the same id and with a new time', async () => {
      await happen()
      await run()
      await context.clock.advance(29 * day)
      expect(await replay()).toMatchObject({ id: idOf(sent[0]), state: 'waiting', attempts: 0 })
      await run()
      expect(idOf(sent[1])).toBe(idOf(sent[0]))
      expect(bodyOf(sent[1])).toBe(bodyOf(sent[0]))
      verify(sent[1])
      expect(await audited()).toEqual(['webhook.registered', 'webhook.message-replayed'])
    })

    test('takes the place of an attempt that was to come', async () => {
      status(500)
      await happen()
      await run()
      await later(5_000)
      expect(sent).toHaveLength(2)
      status(204)
      await replay()
      await run()
      expect(await messages()).toMatchObject([{ state: 'delivered', attempts: 1 }])
      await later(3 * day)
      expect([sent.length, await waiting()]).toEqual([3, []])
    })

    test('64 at once are one more attempt', async () => {
      await happen()
      await run()
      const outcomes = await Promise.allSettled(Array.from({ length: 64 }, replay))
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(64)
      await run()
      // All but the last were overtaken.
      expect(sent).toHaveLength(2)
      expect(await waiting()).toEqual([])
    })
  })

  test('abuse-49 8 runners at once send each message once', async () => {
    await inParallel(12, () => happen())
    await inParallel(8, () => run())
    expect(sent).toHaveLength(12)
    expect(new Set(sent.map(idOf)).size).toBe(12)
  })

  test('a removed webhook is gone with all that it was told', async () => {
    status(500)
    await happen()
    await run()
    await removeWebhook(context, strand, webhook.id)
    await later(day)
    expect([sent.length, await waiting()]).toEqual([1, []])
    await expect(listMessages(context, strand, webhook.id, {})).rejects.toMatchObject({ code: 'not_found' })
    expect(await audited()).toEqual(['webhook.registered', 'webhook.removed'])
  })

  test('messages are listed page by page, the newest first', async () => {
    for (let count = 0; count < 5; count++) await happen()
    const all = await messages()
    const pages: string[][] = []
    let cursor: (typeof all)[number]['id'] | undefined
    do {
      const page = await listMessages(context, strand, webhook.id, { limit: 2, cursor })
      pages.push(page.items.map(({ id }) => id))
      cursor = all.find(({ id }) => id === page.next)?.id
    } while (cursor !== undefined)
    expect(pages).toEqual([all.slice(0, 2), all.slice(2, 4), all.slice(4)].map((page) => page.map(({ id }) => id)))
  })

  test('abuse-54 nothing of it is another application’s', async () => {
    await happen()
    await run()
    const [message] = await messages()
    if (message === undefined) throw new Error('There is no message.')
    const mine = await registerWebhook(context, other, url)
    for (const trying of [
      () => listMessages(context, other, webhook.id, {}),
      () => rotateWebhook(context, other, webhook.id),
      () => removeWebhook(context, other, webhook.id),
      () => replayMessage(context, other, { webhook: webhook.id, message: message.id }),
      () => replayMessage(context, other, { webhook: mine.id, message: message.id }),
    ]) {
      await expect(trying()).rejects.toMatchObject({ code: 'not_found' })
    }
    expect(await waiting()).toEqual([])
  })

  test('an application has ten webhooks at most', async () => {
    for (let count = 1; count < 10; count++) await registerWebhook(context, strand, url)
    await expect(registerWebhook(context, strand, url)).rejects.toMatchObject({ code: 'webhook_refused' })
    await removeWebhook(context, strand, webhook.id)
    await registerWebhook(context, strand, url)
  })

  describe('the sweep', () => {
    test('gives up what nobody could try, and forgets what is a month old', async () => {
      await happen()
      await context.clock.advance(3 * day - 1)
      await sweepWebhooks(context)
      expect(await messages()).toMatchObject([{ state: 'waiting' }])
      await context.clock.advance(1)
      await sweepWebhooks(context)
      expect(await messages()).toMatchObject([{ state: 'failed', attempts: 0 }])
      await context.clock.advance(27 * day - 1)
      await sweepWebhooks(context)
      expect(await messages()).toHaveLength(1)
      await context.clock.advance(1)
      await sweepWebhooks(context)
      expect(await messages()).toEqual([])
    })
  })
})
