/** The push service of the tests refuses, keeps and delivers as real ones do; else tests on it would say nothing. */
import { type PushService, type PushSubscriber, startPushService, TestClock } from '@countersign/testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSender, encryptFor, type Sender } from './sender.ts'

let clock: TestClock
let service: PushService
let sender: Sender
let browser: PushSubscriber

beforeEach(async () => {
  clock = new TestClock()
  service = await startPushService({ clock })
  sender = createSender(() => clock.now())
  browser = service.subscribe(sender.publicKey)
})
afterEach(() => service[Symbol.asyncDispose]())

const texts = () => browser.received.all.map(({ text }) => text)
const seconds = (from: number) => Math.floor(clock.now() / 1_000) + from

test('what was encrypted for a browser arrives there, and can be read', async () => {
  const answer = await sender.send(browser, 'Hej', { headers: { topic: 'one' } })
  expect([answer.status, answer.headers.get('location')]).toEqual([
    201,
    expect.stringContaining(`http://${service.host}/`),
  ])
  expect(browser.received.all).toEqual([{ text: 'Hej', topic: 'one' }])
  expect(service.acknowledgements.all).toMatchObject([{ code: 100 }])
  expect(service.requests.all).toMatchObject([
    { at: clock.now(), size: 106, status: 201, complaint: null, options: { ttl: 60, topic: 'one', urgency: 'high' } },
  ])
})

test('what was encrypted for another browser arrives, and cannot be read', async () => {
  const other = service.subscribe(sender.publicKey)
  await sender.send(browser, 'Hej', { body: encryptFor(other, 'Hej') })
  expect([texts(), service.acknowledgements.all]).toEqual([[], [expect.objectContaining({ code: 101 })]])
})

describe('what is refused', () => {
  test.each([
    ['no TTL', { ttl: undefined }, 400],
    ['a TTL that is no number', { ttl: 'soon' }, 400],
    ['a topic that is too long', { topic: 'a'.repeat(33) }, 400],
    ['a topic that is not base64url', { topic: 'a/b' }, 400],
    ['an unknown urgency', { urgency: 'extreme' }, 400],
    ['another encoding', { 'content-encoding': 'aesgcm' }, 415],
    ['no sender', { authorization: undefined }, 401],
    ['a sender without a token', { authorization: 'vapid k=abc' }, 403],
  ])('%s', async (_name, headers, status) => {
    expect((await sender.send(browser, 'Hej', { headers })).status).toBe(status)
    expect(texts()).toEqual([])
    expect(service.requests.all).toMatchObject([{ status, options: null, complaint: expect.any(String) }])
  })

  test.each([
    ['a token for another push service', { audience: 'https://push.example.com' }],
    ['a token that has ended', { expires: 0 }],
    ['a token without anybody to write to', { contact: '' }],
  ])('%s', async (_name, claims) => {
    expect((await sender.send(browser, 'Hej', { claims })).status).toBe(403)
    expect(texts()).toEqual([])
  })

  test('a token that is good for more than 24 hours, and not one for 24', async () => {
    const send = async (expires: number) => (await sender.send(browser, 'Hej', { claims: { expires } })).status
    expect([await send(seconds(86_401)), await send(seconds(86_400))]).toEqual([403, 201])
  })

  test('a sender with another key than the one that was subscribed with', async () => {
    const other = createSender(() => clock.now())
    expect((await other.send(browser, 'Hej')).status).toBe(403)
  })

  test('a signature that is not by the key that comes along', async () => {
    await sender.send(browser, 'Hej')
    const { authorization = '' } = (await service.requests.nth(1)).headers
    const [, claims = ''] = authorization.split('.')
    const raised = JSON.parse(Buffer.from(claims, 'base64url').toString())
    const forged = Buffer.from(JSON.stringify({ ...raised, exp: raised.exp + 1 })).toString('base64url')
    const answer = await sender.send(browser, 'Hej', {
      headers: { authorization: authorization.replace(claims, forged) },
    })
    expect(answer.status).toBe(403)
  })

  test('more than 4096 bytes, and not 4096', async () => {
    const send = async (length: number) =>
      (await sender.send(browser, '', { body: encryptFor(browser, 'x'.repeat(length - 103)) })).status
    expect(await send(4_096)).toBe(201)
    const body = Buffer.concat([encryptFor(browser, 'x'.repeat(3_993)), Buffer.alloc(1)])
    expect((await sender.send(browser, '', { body })).status).toBe(413)
  })

  test('a body that nobody encrypted', async () => {
    const body = Buffer.from('x'.repeat(200))
    expect((await sender.send(browser, '', { body })).status).toBe(400)
  })

  test('an endpoint that never was (404), and one that is no more (410)', async () => {
    browser.unsubscribe()
    const never = { ...browser, endpoint: `http://${service.host}/push/${'A'.repeat(32)}` }
    expect([(await sender.send(never, 'Hej')).status, (await sender.send(browser, 'Hej')).status]).toEqual([404, 410])
  })

  test('every endpoint, once the service has forgotten all', async () => {
    service.forget()
    expect((await sender.send(browser, 'Hej')).status).toBe(410)
  })
})

describe('a browser that is away', () => {
  beforeEach(() => browser.disconnect())

  test('gets what waited for it when it comes, in order and once', async () => {
    await sender.send(browser, 'one')
    await sender.send(browser, 'two')
    expect([texts(), service.waitingFor(browser.endpoint)]).toEqual([[], 2])
    browser.connect()
    expect([texts(), service.waitingFor(browser.endpoint)]).toEqual([['one', 'two'], 0])
    browser.connect()
    expect(texts()).toHaveLength(2)
  })

  test('does not get what was over before', async () => {
    await sender.send(browser, 'short', { headers: { ttl: '10' } })
    await sender.send(browser, 'long', { headers: { ttl: '11' } })
    await clock.advance(10_000)
    browser.connect()
    expect(texts()).toEqual(['long'])
  })

  test('does not get what was for this moment alone', async () => {
    await sender.send(browser, 'now', { headers: { ttl: '0' } })
    browser.connect()
    expect(texts()).toEqual([])
    await sender.send(browser, 'now', { headers: { ttl: '0' } })
    expect(texts()).toEqual(['now'])
  })

  test('gets the last of each topic', async () => {
    for (const [text, topic] of [['a1', 'a'], ['b1', 'b'], ['a2', 'a'], ['plain'], ['plain']] as const) {
      await sender.send(browser, text, { headers: { topic } })
    }
    browser.connect()
    expect(texts()).toEqual(['b1', 'a2', 'plain', 'plain'])
  })

  test('gets it also when the service restarted in between, on the same port', async () => {
    await sender.send(browser, 'Hej')
    await service.restart(async () => {
      await expect(sender.send(browser, 'into the void')).rejects.toThrow()
    })
    browser.connect()
    expect(texts()).toEqual(['Hej'])
    await sender.send(browser, 'again')
    expect(texts()).toEqual(['Hej', 'again'])
  })
})

test('a service comes back also where something failed meanwhile', async () => {
  const failing = async () => {
    throw new Error('a failure of the test')
  }
  await expect(service.restart(failing)).rejects.toThrow('a failure of the test')
  expect((await sender.send(browser, 'Hej')).status).toBe(201)
})

describe('faults to order', () => {
  test('a message that is dropped is acknowledged and never seen', async () => {
    service.order('drop')
    expect((await sender.send(browser, 'lost')).status).toBe(201)
    await sender.send(browser, 'kept')
    expect(texts()).toEqual(['kept'])
  })

  test('one that is delayed comes when it is released, where it is not over', async () => {
    service.order('delay', 'delay')
    await sender.send(browser, 'short', { headers: { ttl: '10' } })
    await sender.send(browser, 'long')
    await sender.send(browser, 'quick')
    await clock.advance(10_000)
    expect(texts()).toEqual(['quick'])
    service.release()
    expect(texts()).toEqual(['quick', 'long'])
  })

  test('one that is repeated comes twice, whatever its topic', async () => {
    service.order('repeat')
    await sender.send(browser, 'Hej', { headers: { topic: 'a' } })
    expect(texts()).toEqual(['Hej', 'Hej'])
  })

  test.each([404, 410, 413, 500, 503])('an answer of %s, once', async (status) => {
    service.order({ status })
    expect([(await sender.send(browser, 'a')).status, (await sender.send(browser, 'b')).status]).toEqual([status, 201])
    expect(texts()).toEqual(['b'])
  })

  test('an answer of 429 with the seconds to wait', async () => {
    service.order({ status: 429, retryAfter: 20 })
    const answer = await sender.send(browser, 'Hej')
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '20'])
  })

  test('no answer at all', async () => {
    service.order('hang')
    const impatient = new AbortController()
    const sent = sender.send(browser, 'Hej', { signal: impatient.signal })
    expect(await service.requests.nth(1)).toMatchObject({ status: null })
    impatient.abort()
    await expect(sent).rejects.toThrow()
  })

  test('an answer that is no HTTP', async () => {
    service.order('garbage')
    await expect(sender.send(browser, 'Hej')).rejects.toThrow()
  })

  test('an answer without end', async () => {
    service.order('endless')
    const { body } = await sender.send(browser, 'Hej')
    let length = 0
    for await (const chunk of body ?? []) {
      length += chunk.length
      if (length > 1_000_000) break
    }
    expect(length).toBeGreaterThan(1_000_000)
  })

  test('a restart instead of an answer, after the message was kept', async () => {
    service.order('restart')
    await expect(sender.send(browser, 'Hej')).rejects.toThrow()
    expect(texts()).toEqual(['Hej'])
    await service.restart()
    expect((await sender.send(browser, 'again')).status).toBe(201)
  })
})
