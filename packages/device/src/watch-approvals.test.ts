import { describe, expect, test } from 'vitest'
import type { ApprovalsNews } from './approvals.ts'
import { RequestRefused } from './failures.ts'
import { openDevice } from './linked-device.ts'
import {
  approvalId,
  cheapHash,
  createServer,
  createStoredDevice,
  documentWith,
  json,
  problem,
  type ReceivedRequest,
  serverStart,
  signedBy,
} from './server-for-tests.ts'
import type { Wait } from './watch-approvals.ts'

const { stored, documentKey } = await createStoredDevice()
const documentJws = await signedBy(documentKey, documentWith())
const list = (version: string, document: string | null = documentJws) => ({
  version,
  approvals: document === null ? [] : [{ approval: approvalId, document }],
})
const eventOf = (value: object) => `event: approvals\ndata: ${JSON.stringify(value)}\n\n`

/** Waits that end only when the test says so, or when they are called off. */
function createWaits() {
  const asked: { milliseconds: number; end: () => void }[] = []
  let onAsked = () => {}
  const wait: Wait = (milliseconds, signal) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const entry = { milliseconds, end: resolve }
    asked.push(entry)
    signal.addEventListener('abort', () => {
      asked.splice(asked.indexOf(entry), 1)
      resolve()
    })
    onAsked()
    return promise
  }
  async function pass(milliseconds: number): Promise<void> {
    for (;;) {
      const entry = asked.find((one) => one.milliseconds === milliseconds)
      if (entry !== undefined) {
        asked.splice(asked.indexOf(entry), 1)
        return entry.end()
      }
      const { promise, resolve } = Promise.withResolvers<void>()
      onAsked = resolve
      await promise
    }
  }
  return { wait, pass }
}

/** An event stream that the test writes. */
function createStream() {
  const encoder = new TextEncoder()
  const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>()
  const writer = writable.getWriter()
  writer.closed.catch(() => {})
  return {
    response: () => new Response(readable, { headers: { 'content-type': 'text/event-stream' } }),
    send: (text: string) => void writer.write(encoder.encode(text)).catch(() => {}),
    end: () => void writer.close(),
    breakOff: () => void writer.abort(new TypeError('terminated')).catch(() => {}),
  }
}

function watching(answer: (request: ReceivedRequest) => Response | Promise<Response>) {
  const { fetch, received } = createServer({ answer, publicJwk: () => stored.publicJwk })
  const { wait, pass } = createWaits()
  const device = openDevice(stored, {
    appVersion: '1.0.0',
    passcodeHash: cheapHash,
    fetch,
    now: () => serverStart,
    wait,
  })
  const controller = new AbortController()
  const news = device.watchApprovals(controller.signal)
  const next = async (): Promise<ApprovalsNews | null> => {
    const { done, value } = await news.next()
    return done === true ? null : value
  }
  return { next, pass, received, end: () => controller.abort() }
}

const shownIn = (news: ApprovalsNews | null) =>
  news?.kind === 'approvals' ? news.approvals.map(({ approval }) => approval) : news?.kind

/** Answers the streams in this order. */
const inTurn = (...answers: (() => Response | Promise<Response>)[]) => {
  const left = [...answers]
  return () => left.shift()?.() ?? problem('internal')
}

describe('while the stream works', () => {
  test('every list comes as it is, with its documents checked', async () => {
    const stream = createStream()
    const { next, received } = watching(stream.response)
    stream.send(`retry: 1000\n\n${eventOf(list('1', null))}`)
    expect(await next()).toEqual({ kind: 'approvals', approvals: [], refused: [] })
    stream.send(`:\n\n${eventOf(list('2'))}`)
    expect(await next()).toMatchObject({ approvals: [{ approval: approvalId, document: documentWith() }] })
    stream.send(eventOf(list('3', `${documentJws.slice(0, -4)}AAAA`)))
    expect(await next()).toEqual({
      kind: 'approvals',
      approvals: [],
      refused: [{ approval: approvalId, fault: 'signature' }],
    })
    expect(received.at(-1)).toMatchObject({ method: 'GET', path: '/v1/device/events', signed: true })
  })

  test('a stream that the server ends is taken up again, without a word', async () => {
    const [first, second] = [createStream(), createStream()]
    const { next, pass } = watching(inTurn(first.response, second.response))
    first.send(eventOf(list('1', null)))
    await next()
    first.end()
    second.send(eventOf(list('2')))
    const resumed = next()
    await pass(1_000)
    expect(shownIn(await resumed)).toEqual([approvalId])
  })

  test('the watch ends with its signal', async () => {
    const stream = createStream()
    const { next, end, received } = watching(stream.response)
    stream.send(eventOf(list('1', null)))
    await next()
    const last = next()
    end()
    expect(await last).toBeNull()
    expect(received.at(-1)?.signal?.aborted).toBe(true)
  })
})

describe('while it does not', () => {
  test('a stream that breaks off is told, and taken up again after a pause', async () => {
    const [first, second] = [createStream(), createStream()]
    const { next, pass } = watching(inTurn(first.response, second.response))
    first.send(eventOf(list('1', null)))
    await next()
    first.breakOff()
    expect(await next()).toMatchObject({ kind: 'disconnected' })
    second.send(eventOf(list('1')))
    const resumed = next()
    await pass(1_000)
    expect(shownIn(await resumed)).toEqual([approvalId])
  })

  test('a stream without a heartbeat for 40 seconds is dead', async () => {
    const stream = createStream()
    const { next, pass } = watching(stream.response)
    stream.send(eventOf(list('1', null)))
    await next()
    const dead = next()
    await pass(40_000)
    expect(await dead).toMatchObject({ kind: 'disconnected' })
  })

  test('pauses grow while nothing answers', async () => {
    const { next, pass } = watching(() => {
      throw new TypeError('fetch failed')
    })
    let news = next()
    for (const pause of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      expect(await news).toMatchObject({ kind: 'disconnected' })
      news = next()
      await pass(pause)
    }
    expect(await news).toMatchObject({ kind: 'disconnected' })
  })

  test('a server that asks for patience gets it', async () => {
    const { next, pass } = watching(
      inTurn(
        () => problem('rate_limited', { retry_after: 60 }),
        () => json(list('1')),
      ),
    )
    expect(await next()).toMatchObject({ kind: 'disconnected', reason: { code: 'rate_limited' } })
    const resumed = next()
    await pass(60_000)
    expect(shownIn(await resumed)).toEqual([approvalId])
  })

  test('where the network holds streams back, lists are asked for by long polls', async () => {
    const held = createStream()
    const answer = ({ path }: ReceivedRequest) => {
      if (path === '/v1/device/events') return held.response()
      return json(path.endsWith('?wait=25&after=1') ? list('2') : list('1', null))
    }
    const { next, pass, received } = watching(answer)
    const first = next()
    await pass(5_000)
    expect(await first).toMatchObject({ kind: 'disconnected' })
    const polled = next()
    await pass(1_000)
    expect(shownIn(await polled)).toEqual([])
    expect(shownIn(await next())).toEqual([approvalId])
    expect(
      received.filter(({ path, signed }) => signed && path !== '/v1/device/events').map(({ path }) => path),
    ).toEqual(['/v1/device/approvals', '/v1/device/approvals?wait=25&after=1'])
  })

  test('a device that the server will not have any more ends the watch', async () => {
    const { next } = watching(() => problem('device_unknown'))
    await expect(next()).rejects.toThrow(RequestRefused)
  })
})
