/** What a call of the client sends, what it makes of answers, and what it does when there is none. */
import { beforeEach, describe, expect, test } from 'vitest'
import { CountersignError } from './countersign-error.ts'
import {
  answer,
  anyKey,
  clientOf,
  cut,
  cutShort,
  type FaultyServer,
  pending,
  refuse,
  type StillSystem,
  silence,
  started,
  startFaultyServer,
  stillSystem,
} from './server-for-tests.ts'

const order = {
  account: { external_id: 'anna' },
  action: 'transfer.create',
  data: { amount: '1250.00 SEK' },
  session: 'browser-1',
} as const

let server: FaultyServer
let system: StillSystem

beforeEach(async () => {
  server = await startFaultyServer()
  system = stillSystem()
  return () => server[Symbol.asyncDispose]()
})

/** What the call failed with. */
async function failure(call: Promise<unknown>): Promise<CountersignError> {
  const error = await call.catch((error: unknown) => error)
  if (error instanceof CountersignError) return error
  throw new Error(`It did not fail with a CountersignError: ${String(error)}`)
}

describe('a call', () => {
  test('carries the API key and its body, and gives what the server answers', async () => {
    server.order(answer(started, 201))
    expect(await clientOf(server, system).approvals.start(order)).toEqual(started)
    expect(server.asked).toEqual([
      {
        method: 'POST',
        path: '/v1/approvals',
        headers: expect.objectContaining({
          authorization: `Bearer ${anyKey}`,
          'content-type': 'application/json',
          'idempotency-key': 'name-1',
        }),
        body: { ...order, context: { place: null, browser: null } },
      },
    ])
  })

  test('says where the request comes from, when that is known', async () => {
    server.order(answer(started, 201))
    const context = { place: 'Malmö', browser: 'Firefox' }
    await clientOf(server, system).approvals.start({ ...order, context, locale: 'en', binding: 'number' })
    expect(server.asked[0]?.body).toEqual({ ...order, context, locale: 'en', binding: 'number' })
  })

  test('names what it is about in a path that cannot be left', async () => {
    server.order(answer(pending))
    const { approvals } = clientOf(server, system)
    await approvals.read('apr_1/../../x?y#z')
    expect(server.asked[0]?.path).toBe('/v1/approvals/apr_1%2F..%2F..%2Fx%3Fy%23z')
    for (const id of ['', '.', '..']) expect(() => approvals.read(id)).toThrow(TypeError)
  })

  test('each one has its own path and body', async () => {
    server.order(answer(pending))
    const { approvals } = clientOf(server, system)
    await approvals.wake('a')
    await approvals.goOffline('a')
    await approvals.respond('a', '12345678')
    await approvals.cancel('a')
    server.order(answer({ items: [pending], next: pending.id }))
    expect(await approvals.list()).toEqual({ items: [pending], next: pending.id })
    await approvals.list({ state: 'pending', limit: 5, cursor: pending.id })
    expect(server.asked.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['POST', '/v1/approvals/a/wake', {}],
      ['POST', '/v1/approvals/a/offline', {}],
      ['POST', '/v1/approvals/a/response', { response: '12345678' }],
      ['POST', '/v1/approvals/a/cancel', {}],
      ['GET', '/v1/approvals', undefined],
      ['GET', `/v1/approvals?state=pending&limit=5&cursor=${pending.id}`, undefined],
    ])
  })
})

describe('a refusal', () => {
  test('has the code of the server, and what helps', async () => {
    server.order(refuse('code_refused', { tries_left: 3, detail: 'Not this one.' }))
    expect(await failure(clientOf(server, system).approvals.respond('a', '12345678'))).toMatchObject({
      code: 'code_refused',
      status: 403,
      triesLeft: 3,
      retryAfter: null,
      requestId: null,
      message: 'POST /v1/approvals/a/response: Not this one. (code_refused)',
    })
  })

  test('of the server itself has the id of the request', async () => {
    server.order(refuse('internal', { request: 'req-7' }))
    const client = clientOf(server, system, { retries: 0 })
    expect(await failure(client.approvals.read('a'))).toMatchObject({ code: 'internal', requestId: 'req-7' })
  })

  test.each([
    ['a page of a proxy', answer('<html>', 403), 403],
    ['a problem of somebody else', answer({ code: 'teapot', status: 418 }, 418), 418],
    ['nothing', answer('', 404), 404],
    ['another place', answer('', 302, { location: 'http://127.0.0.1:1/' }), 302],
    ['no JSON', answer('{'), 200],
    ['an answer without its members', answer({ id: 'a' }), 200],
    ['an answer of other types', answer({ ...pending, expires: 'soon' }), 200],
    ['nothing at all', answer(''), 200],
  ])('that is %s is told as unexpected, once', async (_, reply, status) => {
    server.order(reply)
    const error = await failure(clientOf(server, system).approvals.read('a'))
    expect(error).toMatchObject({ code: 'unexpected_answer', status })
    expect(server.asked).toHaveLength(1)
  })

  test('never holds the API key', async () => {
    for (const reply of [cut, refuse('key_refused'), answer('x', 500)]) {
      server.order(reply)
      const error = await failure(clientOf(server, system, { retries: 0 }).approvals.start(order))
      expect(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain(anyKey)
    }
  })
})

describe('when a connection is lost', () => {
  test('a read is tried again, later each time', async () => {
    server.order(cut, cutShort, answer(pending))
    expect(await clientOf(server, system).approvals.read('a')).toEqual(pending)
    expect(server.asked).toHaveLength(3)
    expect(system.waits).toEqual([187.5, 375])
  })

  test('an approval is started again under the same idempotency key', async () => {
    server.order(cut, refuse('idempotency_in_flight'), answer(started, 201))
    expect(await clientOf(server, system).approvals.start(order)).toEqual(started)
    expect(server.asked.map(({ headers }) => headers['idempotency-key'])).toEqual(['name-1', 'name-1', 'name-1'])
  })

  test('another start has another key, or the one that is given', async () => {
    server.order(answer(started, 201))
    const { approvals } = clientOf(server, system)
    await approvals.start(order)
    await approvals.start(order)
    await approvals.start(order, { idempotencyKey: 'payment-7' })
    expect(server.asked.map(({ headers }) => headers['idempotency-key'])).toEqual(['name-1', 'name-2', 'payment-7'])
  })

  test('an approval is collected again by its own redemption id', async () => {
    const redeemed = {
      approval: pending.id,
      account: pending.account,
      action: pending.action,
      data: {},
      method: 'push',
      amr: [],
      decided: 1,
      receipt: 'a.b.c',
    }
    server.order(cutShort, answer(redeemed))
    expect(await clientOf(server, system).approvals.redeem('a', 'payment-7')).toEqual(redeemed)
    expect(server.asked.map(({ body }) => body)).toEqual([
      { redemption_id: 'payment-7' },
      { redemption_id: 'payment-7' },
    ])
  })

  test.each(['wake', 'goOffline', 'respond'] as const)(
    '%s is not tried again: it would be done twice',
    async (name) => {
      server.order(cut, answer(pending))
      const { approvals } = clientOf(server, system)
      const call = name === 'respond' ? approvals.respond('a', '12345678') : approvals[name]('a')
      expect(await failure(call)).toMatchObject({ code: 'network', status: null })
      expect(server.asked).toHaveLength(1)
    },
  )

  test('three tries are all, or as many as is said', async () => {
    server.order(cut)
    expect(await failure(clientOf(server, system).approvals.read('a'))).toMatchObject({ code: 'network' })
    expect(server.asked).toHaveLength(3)
    await failure(clientOf(server, system, { retries: 0 }).approvals.read('a'))
    expect(server.asked).toHaveLength(4)
  })

  test('nobody there is told as such', async () => {
    const gone = { origin: server.origin }
    await server[Symbol.asyncDispose]()
    server = await startFaultyServer()
    expect(await failure(clientOf(gone, system).approvals.read('a'))).toMatchObject({ code: 'network' })
    expect(system.waits).toHaveLength(2)
  })
})

describe('when the server asks to come later', () => {
  test('it is asked after that time', async () => {
    server.order(
      refuse('rate_limited', { retry_after: 7 }),
      refuse('unavailable', {}, { 'retry-after': '3' }),
      answer(pending),
    )
    await clientOf(server, system).approvals.read('a')
    expect(system.waits).toEqual([7_000, 3_000])
  })

  test('half a minute is the longest that a call waits; who called is told how long it is', async () => {
    server.order(refuse('rate_limited', { retry_after: 31 }))
    expect(await failure(clientOf(server, system).approvals.read('a'))).toMatchObject({
      code: 'rate_limited',
      retryAfter: 31,
    })
    expect(system.waits).toEqual([])
  })

  test('a date in its place is passed over', async () => {
    server.order(refuse('unavailable', {}, { 'retry-after': 'Wed, 21 Oct 2037 07:28:00 GMT' }), answer(pending))
    await clientOf(server, system).approvals.read('a')
    expect(system.waits).toEqual([187.5])
  })

  test.each([500, 502, 503, 504])('a status of %s without a problem is tried again', async (status) => {
    server.order(answer('<html>', status), answer(pending))
    expect(await clientOf(server, system).approvals.read('a')).toEqual(pending)
  })
})

describe('when there is no answer', () => {
  test('a call ends in its time', async () => {
    server.order(silence)
    const client = clientOf(server, system, { timeout: 20, retries: 0 })
    expect(await failure(client.approvals.read('a'))).toMatchObject({ code: 'timeout', status: null })
  })

  test('one call may have another time', async () => {
    server.order(silence)
    const client = clientOf(server, system, { timeout: 60_000 })
    expect(await failure(client.approvals.wake('a', { timeout: 20 }))).toMatchObject({ code: 'timeout' })
  })

  test('also an answer that begins and does not go on', async () => {
    server.order((response) => response.write('{'))
    const client = clientOf(server, system, { timeout: 20, retries: 0 })
    expect(await failure(client.approvals.read('a'))).toMatchObject({ code: 'timeout' })
  })
})

describe('a signal', () => {
  const reason = new Error('The person left.')

  test('that was aborted before sends nothing', async () => {
    const error = await failure(clientOf(server, system).approvals.read('a', { signal: AbortSignal.abort(reason) }))
    expect(error).toMatchObject({ code: 'aborted', cause: reason })
    expect(server.asked).toEqual([])
  })

  test.each(['read', 'wake'] as const)('ends %s while it is under way, and tries nothing again', async (name) => {
    server.order(silence)
    const controller = new AbortController()
    const asked = server.nextAsked()
    const failed = failure(clientOf(server, system).approvals[name]('a', { signal: controller.signal }))
    await asked
    controller.abort(reason)
    expect(await failed).toMatchObject({ code: 'aborted', cause: reason })
    expect(server.asked).toHaveLength(1)
  })

  test('ends a wait between two tries', async () => {
    server.order(cut, answer(pending))
    const controller = new AbortController()
    const patient = { ...system, wait: async () => controller.abort(reason) }
    const client = clientOf(server, patient)
    expect(await failure(client.approvals.read('a', { signal: controller.signal }))).toMatchObject({ code: 'aborted' })
    expect(server.asked).toHaveLength(1)
  })
})
