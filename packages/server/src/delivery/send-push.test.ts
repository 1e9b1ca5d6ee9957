import { createECDH } from 'node:crypto'
import { AccountId, ApprovalId, DeviceId, toBase64url, utf8 } from '@countersign/protocol'
import { beforeEach, describe, expect, test } from 'vitest'
import { inParallel, onBothDatabases, type TestContext } from '../context-for-tests.ts'
import { insertAccount, insertDevice } from '../db/rows-for-tests.ts'
import { type OutboxHandlers, runOutbox } from '../jobs/index.ts'
import { AddressRefused, type OutboundAnswer, type OutboundRequest } from '../outbound/index.ts'
import { vapidKeyInUse } from '../platform/vapid-keys.ts'
import { readSubscription, writeSubscription } from './delivery-store.ts'
import { pushHandlers, queuePush, readDeliveryState } from './index.ts'

const account = AccountId.parse(`acc_${'C'.repeat(22)}`)
const device = DeviceId.parse(`dev_${'A'.repeat(22)}`)
const approval = ApprovalId.parse(`apr_${'B'.repeat(22)}`)
const endpoint = 'https://push.example.com/wpush/v2/abc'

onBothDatabases((open) => {
  let context: TestContext
  let sent: OutboundRequest[]
  let told: string[]
  let awaited: boolean
  let answer: () => Promise<OutboundAnswer>
  let handlers: OutboxHandlers

  const status = (code: number, headers: OutboundAnswer['headers'] = {}) => {
    answer = async () => ({ status: code, headers })
  }
  const queue = () =>
    context.db.write((transaction) =>
      queuePush(
        context,
        transaction,
        { approval, device, locale: 'sv', expires: context.clock.now() + 90_000 },
        context.clock.now(),
      ),
    )
  const run = () => runOutbox(context, handlers)
  const state = () => context.db.read((query) => readDeliveryState(query, approval, device))
  const kept = () => context.db.read((query) => readSubscription(query, device))
  const waiting = () => context.db.read((query) => query.selectFrom('outbox').selectAll().execute())
  const attempts = () =>
    context.db.read((query) => query.selectFrom('delivery_attempts').selectAll().orderBy('seq').execute())
  const auditKinds = async () =>
    (await context.db.read((query) => query.selectFrom('audit').select('kind').execute())).map(({ kind }) => kind)

  /** Keeps a subscription of the device, as `PUT /v1/device/push` does. */
  async function subscribe(at = endpoint) {
    const browser = createECDH('prime256v1')
    const body = {
      endpoint: at,
      p256dh: toBase64url(browser.generateKeys()),
      auth: toBase64url(context.random.bytes(16)),
      vapid_key: await context.db.read(vapidKeyInUse),
    }
    const sealedAddress = context.seal.seal(utf8(JSON.stringify(body)), `push ${device}`)
    await context.db.write((transaction) =>
      writeSubscription(transaction, { device, sealedAddress, vapidKey: body.vapid_key }),
    )
  }

  beforeEach(async () => {
    context = await open()
    await context.db.write(async (transaction) => {
      await insertAccount(transaction, { id: account })
      await insertDevice(transaction, {
        id: device,
        account_id: account,
        key_thumbprint: toBase64url(new Uint8Array(32)),
        sign_jwk: JSON.stringify(context.keys.documentKey.jwk),
      })
    })
    sent = []
    told = []
    awaited = true
    status(201)
    handlers = pushHandlers(context, {
      outbound: {
        post(request) {
          sent.push(request)
          return answer()
        },
        close() {},
      },
      isAwaited: async () => awaited,
      tell: (id) => told.push(id),
    })
  })

  test('a device that never subscribed is not pushed to, and that is said', async () => {
    expect(await queue()).toBeNull()
    expect([await waiting(), await state()]).toEqual([[], 'none'])
  })

  test('a push leaves with the time that is left, at once, and for this approval alone', async () => {
    await subscribe()
    expect(await queue()).not.toBeNull()
    expect(await state()).toBe('sending')
    await context.clock.advance(4_500)
    await run()
    expect(sent).toMatchObject([
      {
        url: { href: endpoint },
        headers: { ttl: '86', urgency: 'high', topic: approval, 'content-encoding': 'aes128gcm' },
      },
    ])
    expect(sent[0]?.headers.authorization).toContain(`k=${await context.db.read(vapidKeyInUse)}`)
    expect([await state(), told, await waiting()]).toEqual(['sent', [approval], []])
  })

  test('abuse-56 what waits in the database, and what leaves, cannot be read', async () => {
    await subscribe()
    await queue()
    const rows = JSON.stringify([
      await waiting(),
      await context.db.read((query) => query.selectFrom('push_subscriptions').selectAll().execute()),
    ])
    for (const secret of ['push.example.com', approval]) expect(rows).not.toContain(secret)
    await run()
    expect(Buffer.from(sent[0]?.body ?? []).includes(approval)).toBe(false)
  })

  test('each attempt is written down: how, what was answered, and how long it took', async () => {
    await subscribe()
    await queue()
    const answering = (code: number, milliseconds: number) => {
      answer = async () => {
        await context.clock.advance(milliseconds)
        return { status: code, headers: {} }
      }
    }
    answering(503, 37)
    await run()
    await context.clock.advance(1_000)
    answering(201, 12)
    await run()
    expect(await attempts()).toMatchObject([
      { transport: 'web-push', outcome: 'failed', status: 503, took_ms: 37 },
      { transport: 'web-push', outcome: 'accepted', status: 201, took_ms: 12 },
    ])
  })

  test('what was answered or withdrawn meanwhile wakes nobody', async () => {
    await subscribe()
    await queue()
    awaited = false
    await run()
    expect([sent, await waiting()]).toEqual([[], []])
  })

  test('a removed or blocked device is not woken', async () => {
    await subscribe()
    await queue()
    await context.db.write((transaction) => transaction.updateTable('devices').set({ state: 'blocked' }).execute())
    await run()
    expect([sent, await waiting()]).toEqual([[], []])
  })

  describe('abuse-40 a subscription that is gone', () => {
    test.each([404, 410])('(%s) is forgotten, and the page can say so', async (code) => {
      await subscribe()
      await queue()
      status(code)
      await run()
      expect([await kept(), await state(), await waiting()]).toEqual([null, 'failed', []])
      expect(await auditKinds()).toEqual(['push.ended'])
      expect(await queue()).toBeNull()
    })

    test('does not take a newer one with it', async () => {
      await subscribe()
      await queue()
      answer = async () => {
        await subscribe('https://push.example.com/another')
        return { status: 410, headers: {} }
      }
      await run()
      expect(await kept()).not.toBeNull()
      expect(await auditKinds()).toEqual([])
    })
  })

  test.each([429, 500, 503])(
    'a push service that answers %s is asked again, while the approval waits',
    async (code) => {
      await subscribe()
      await queue()
      status(code)
      expect(await run()).toBe(1_000)
      expect(await state()).toBe('sending')
      await context.clock.advance(1_000)
      status(201)
      await run()
      expect([sent.length, await state()]).toEqual([2, 'sent'])
    },
  )

  test('a push service that asks to wait is heard', async () => {
    await subscribe()
    await queue()
    status(429, { 'retry-after': '20' })
    expect(await run()).toBe(20_000)
  })

  test('after the end of the round nothing is sent any more', async () => {
    await subscribe()
    await queue()
    status(503)
    await run()
    await context.clock.advance(90_000)
    status(201)
    await run()
    expect([sent.length, await waiting()]).toEqual([1, []])
  })

  test.each([400, 401, 403, 413, 307])('a push service that answers %s is not asked again', async (code) => {
    await subscribe()
    await queue()
    status(code)
    await run()
    expect([sent.length, await waiting(), await state()]).toEqual([1, [], 'failed'])
    expect(await kept()).not.toBeNull()
  })

  test('a push service that does not answer is asked again', async () => {
    await subscribe()
    await queue()
    answer = async () => {
      throw new Error('time is up')
    }
    expect(await run()).toBe(1_000)
    expect(await attempts()).toMatchObject([
      { outcome: 'failed', status: null, approval_id: approval, device_id: device },
    ])
  })

  test('abuse-47 an address that may not be connected to is not asked again, nor one that is allowed no longer', async () => {
    await subscribe()
    await queue()
    answer = async () => {
      throw new AddressRefused('It is not a public address.')
    }
    await run()
    expect([await waiting(), await state()]).toEqual([[], 'failed'])

    await subscribe('https://push.evil.example/a')
    await queue()
    sent = []
    await run()
    expect([sent, await waiting()]).toEqual([[], []])
  })

  test('abuse-26 8 runners at once send it once', async () => {
    await subscribe()
    await queue()
    await inParallel(8, () => run())
    expect(sent).toHaveLength(1)
  })
})
