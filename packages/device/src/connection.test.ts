import { DeviceAnswer } from '@countersign/protocol'
import { describe, expect, test } from 'vitest'
import { type ConnectionOptions, openConnection, readServer } from './connection.ts'
import { NetworkFailed, RequestRefused, ServerNotTrusted } from './failures.ts'
import {
  createServer,
  createStoredDevice,
  issuer,
  json,
  problem,
  type ReceivedRequest,
  serverStart,
} from './server-for-tests.ts'

const { stored } = await createStoredDevice()

const deviceAnswer = {
  device: stored.device,
  name: stored.name,
  state: 'active',
  authenticating: true,
  unlock_tries_left: 5,
  renewal: null,
  credential: null,
  account: { email: stored.account.email, name: stored.account.name },
}

function connect(
  answer: (request: ReceivedRequest) => Response | Promise<Response>,
  more: Partial<ConnectionOptions> & { time?: () => number } = {},
) {
  const double = createServer({ answer, publicJwk: () => stored.publicJwk, ...more })
  const connection = openConnection({
    apiUrl: `${issuer}/`,
    keyPair: stored.keyPair,
    thumbprint: stored.thumbprint,
    appVersion: '1.0.0',
    now: () => serverStart,
    ...more,
    fetch: double.fetch,
  })
  return { connection, received: double.received }
}

const answersWell = () => json(deviceAnswer)

const noncesOf = (received: readonly ReceivedRequest[]) => received.map(({ nonce }) => nonce)

describe('nonces', () => {
  test('the first request is refused for want of a nonce, and made again with the one it was given', async () => {
    const { connection, received } = connect(answersWell)
    expect(await connection.get('/v1/device', DeviceAnswer)).toEqual(deviceAnswer)
    expect(noncesOf(received)).toEqual(['', 'nonce-1'])
    expect(received.at(-1)?.signed).toBe(true)
  })

  test('a write with its body and query is signed as well', async () => {
    const { connection, received } = connect(answersWell)
    await connection.post('/v1/device?a=b', { text: 'å' }, DeviceAnswer)
    expect(received.at(-1)).toMatchObject({ method: 'POST', path: '/v1/device?a=b', body: { text: 'å' }, signed: true })
  })

  test('one that came in a push serves the first write, without being asked for', async () => {
    const { connection, received } = connect(answersWell, { nonce: 'nonce-of-the-push' })
    await connection.put('/v1/device', { text: 'å' }, DeviceAnswer)
    await connection.tell('/v1/device', { text: 'ö' })
    expect(noncesOf(received)[0]).toBe('nonce-of-the-push')
    expect(received.map(({ method }) => method)).toEqual(['PUT', 'POST'])
  })

  test('two writes at once never carry the same nonce', async () => {
    const { connection, received } = connect(answersWell)
    await connection.get('/v1/device', DeviceAnswer)
    await Promise.all([1, 2, 3].map((number) => connection.post('/v1/device', { number }, DeviceAnswer)))
    const used = received.filter(({ method, nonce }) => method === 'POST' && nonce !== '').map(({ nonce }) => nonce)
    expect(new Set(used).size).toBe(used.length)
  })

  test('a nonce that was used is replaced once, then the refusal stands', async () => {
    const { connection, received } = connect(({ method }) => (method === 'GET' ? answersWell() : problem('nonce_used')))
    await connection.get('/v1/device', DeviceAnswer)
    await expect(connection.post('/v1/device', {}, DeviceAnswer)).rejects.toMatchObject({ code: 'nonce_used' })
    expect(noncesOf(received)).toEqual(['', 'nonce-1', 'nonce-2', 'nonce-3'])
  })
})

describe('failures', () => {
  test('a write whose answer got lost is not sent again', async () => {
    const { connection, received } = connect(({ method }) => {
      if (method === 'POST') throw new TypeError('fetch failed')
      return answersWell()
    })
    await connection.get('/v1/device', DeviceAnswer)
    await expect(connection.post('/v1/device', {}, DeviceAnswer)).rejects.toThrow(NetworkFailed)
    expect(received.filter(({ method }) => method === 'POST')).toHaveLength(1)
  })

  test('a refusal is told with its code, tries and wait', async () => {
    const { connection } = connect(() => problem('code_refused', { tries_left: 3, retry_after: 60 }))
    const refusal = await connection.get('/v1/device', DeviceAnswer).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(RequestRefused)
    expect(refusal).toMatchObject({ code: 'code_refused', triesLeft: 3, retryAfter: 60 })
  })

  test.each([
    ['a page of a proxy', () => new Response('<html>', { status: 502 })],
    ['a problem of nobody', () => json({ title: 'no' }, 403)],
    ['an answer of another shape', () => json({ ...deviceAnswer, state: 'happy' })],
    ['an answer that breaks off', () => new Response('{"device":')],
  ])('%s is a failure of the network', async (_, answer) => {
    const { connection } = connect(answer)
    await expect(connection.get('/v1/device', DeviceAnswer)).rejects.toThrow(NetworkFailed)
  })

  test('who ends a request gets the own reason back', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const { connection } = connect(({ signal }) => {
      controller.abort(reason)
      throw signal?.reason
    })
    const asked = connection.get('/v1/device', DeviceAnswer, { signal: controller.signal })
    await expect(asked).rejects.toBe(reason)
  })
})

describe("the clock's offset", () => {
  const clocks = (given: readonly { sent: number; server: number; received: number }[]) => {
    // The first answer only gives a nonce.
    const answers = [{ sent: 0, server: 0, received: 0 }, ...given]
    const learned: number[] = []
    const times = answers.flatMap(({ sent, received }) => [sent, received])
    const servers = answers.map(({ server }) => server)
    const { connection } = connect(() => json(deviceAnswer), {
      now: () => times.shift() ?? 0,
      time: () => servers.shift() ?? 0,
      onClockOffset: (offset) => void learned.push(offset),
    })
    return { connection, learned }
  }

  test('is learned from the middle of the way there and back', async () => {
    const { connection, learned } = clocks([{ sent: 1_000, server: 3_601_100, received: 1_200 }])
    await connection.get('/v1/device', DeviceAnswer)
    expect(learned).toEqual([3_600_000])
    expect(connection.clockOffset()).toBe(3_600_000)
  })

  test('stays while an answer does not contradict it, however long that was under way', async () => {
    const { connection, learned } = clocks([
      { sent: 1_000, server: 3_601_100, received: 1_200 },
      { sent: 2_000, server: 3_602_010, received: 27_000 },
    ])
    await connection.get('/v1/device', DeviceAnswer)
    await connection.get('/v1/device', DeviceAnswer)
    expect(learned).toEqual([3_600_000])
  })

  test('is learned anew when the clock was moved', async () => {
    const { connection, learned } = clocks([
      { sent: 1_000, server: 3_601_100, received: 1_200 },
      { sent: 3_602_000, server: 3_602_050, received: 3_602_100 },
    ])
    await connection.get('/v1/device', DeviceAnswer)
    await connection.get('/v1/device', DeviceAnswer)
    expect(learned).toEqual([3_600_000, 0])
  })

  test('is learned from refusals too', async () => {
    const learned: number[] = []
    const onClockOffset = (offset: number) => void learned.push(offset)
    const { connection } = connect(() => problem('device_unknown'), { time: () => serverStart + 7_000, onClockOffset })
    await expect(connection.get('/v1/device', DeviceAnswer)).rejects.toThrow(RequestRefused)
    expect(learned).toEqual([7_000])
  })
})

describe('what a server says about itself', () => {
  const server = {
    issuer,
    name: 'Countersign',
    support_email: 'support@strand.example',
    minimum_app_version: '0.1.0',
    document_keys: stored.documentKeys,
  }

  test('is read without a signature', async () => {
    const { fetch, received } = createServer({ answer: () => json(server), publicJwk: () => stored.publicJwk })
    expect(await readServer({ apiUrl: issuer, fetch })).toEqual(server)
    expect(received).toMatchObject([{ path: '/v1/server', signed: false }])
  })

  test('is not believed when it calls itself another', async () => {
    const answer = () => json({ ...server, issuer: 'https://other.example' })
    const { fetch } = createServer({ answer, publicJwk: () => stored.publicJwk })
    await expect(readServer({ apiUrl: issuer, fetch })).rejects.toThrow(ServerNotTrusted)
  })
})
