/** Mozilla's protocol, spoken by hand: `test/push/firefox` has the browser that it is for. */
import { createECDH, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { once } from 'node:events'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Log } from './log.ts'
import { type PushService, startPushService } from './serve-pushes.ts'

type Json = Readonly<Record<string, unknown>>

let service: PushService
beforeEach(async () => {
  service = await startPushService()
})
afterEach(() => service[Symbol.asyncDispose]())

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
const key = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]).toString(
  'base64url',
)

async function connect() {
  const socket = new WebSocket(service.browserUrl, 'push-notification')
  const heard = new Log<Json>()
  socket.addEventListener('message', ({ data }) => heard.add(JSON.parse(String(data))))
  await once(socket, 'open')
  return {
    heard,
    socket,
    say: (message: object) => socket.send(JSON.stringify(message)),
    ask(message: object) {
      const answer = heard.next()
      socket.send(JSON.stringify(message))
      return answer
    },
  }
}

const hello = { messageType: 'hello', broadcasts: {}, use_webpush: true }
const register = { messageType: 'register', channelID: 'c0ffee', key }

/** A body with a header of aes128gcm. What is in it is no matter to those who carry it. */
function someBody(): Buffer<ArrayBuffer> {
  const ecdh = createECDH('prime256v1')
  return Buffer.concat([randomBytes(16), Buffer.of(0, 0, 16, 0, 65), ecdh.generateKeys(), randomBytes(40)])
}

async function send(endpoint: unknown, body = someBody()): Promise<number> {
  const { origin } = new URL(String(endpoint))
  const claims = { aud: origin, exp: Math.floor(Date.now() / 1_000) + 60, sub: 'mailto:support@strand.example' }
  const signed = [{ alg: 'ES256' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  const authorization = `vapid t=${signed}.${signature.toString('base64url')}, k=${key}`
  const headers = { ttl: '60', 'content-encoding': 'aes128gcm', authorization }
  return (await fetch(String(endpoint), { method: 'POST', headers, body })).status
}

test('a browser says hello, registers, is told, and acknowledges', async () => {
  const browser = await connect()
  expect(await browser.ask(hello)).toEqual({
    messageType: 'hello',
    uaid: expect.stringMatching(/^[0-9a-f]{32}$/),
    status: 200,
    use_webpush: true,
    broadcasts: {},
  })
  const { pushEndpoint, ...registered } = await browser.ask(register)
  expect(registered).toEqual({ messageType: 'register', channelID: 'c0ffee', status: 200 })

  const [told, body] = [browser.heard.next(), someBody()]
  expect(await send(pushEndpoint, body)).toBe(201)
  const { version, ...notification } = await told
  expect(notification).toEqual({
    messageType: 'notification',
    channelID: 'c0ffee',
    data: body.toString('base64url'),
    headers: { encoding: 'aes128gcm' },
  })
  expect(service.waitingFor(String(pushEndpoint))).toBe(1)

  browser.say({ messageType: 'ack', updates: [{ channelID: 'c0ffee', version, code: 101 }] })
  expect(await service.acknowledgements.nth(1)).toMatchObject({ version, code: 101 })
  expect(service.waitingFor(String(pushEndpoint))).toBe(0)
})

test('what was not acknowledged is told again to the same browser, and not what was', async () => {
  const before = await connect()
  const { uaid } = await before.ask(hello)
  const { pushEndpoint } = await before.ask(register)
  await send(pushEndpoint)
  await send(pushEndpoint)
  const first = await before.heard.nth(1, ({ messageType }) => messageType === 'notification')
  const second = await before.heard.nth(2, ({ messageType }) => messageType === 'notification')
  before.say({ messageType: 'nack', version: first.version, code: 302 })
  expect(await service.acknowledgements.nth(1)).toMatchObject({ version: first.version, code: 302 })
  before.socket.close()

  const after = await connect()
  after.say({ ...hello, uaid })
  expect(await after.heard.nth(1)).toMatchObject({ messageType: 'hello', uaid })
  expect(await after.heard.nth(2)).toEqual(second)
})

test('a browser that is not known (any more) is another one', async () => {
  const before = await connect()
  const { uaid } = await before.ask(hello)
  service.forget()
  await once(before.socket, 'close')
  const after = await (await connect()).ask({ ...hello, uaid })
  expect(after.uaid).not.toBe(uaid)
})

test('an endpoint ends with its registration', async () => {
  const browser = await connect()
  await browser.ask(hello)
  const { pushEndpoint } = await browser.ask(register)
  const answer = await browser.ask({ messageType: 'unregister', channelID: 'c0ffee', code: 200 })
  expect(answer).toEqual({ messageType: 'unregister', channelID: 'c0ffee', status: 200 })
  expect(await send(pushEndpoint)).toBe(410)
})

test('nobody registers for senders that cannot be told apart', async () => {
  const browser = await connect()
  await browser.ask(hello)
  expect(await browser.ask({ ...register, key: 'AAAA' })).toMatchObject({ messageType: 'register', status: 400 })
})

test('a ping is answered, also before anything else', async () => {
  expect(await (await connect()).ask({})).toEqual({})
})

test.each([
  ['no JSON', ['Hej']],
  ['a list', ['[]']],
  ['something before hello', [JSON.stringify(register)]],
  ['something that nobody knows', [JSON.stringify(hello), JSON.stringify({ messageType: 'dance' })]],
])('%s ends the connection', async (_name, texts) => {
  const { socket } = await connect()
  for (const text of texts) socket.send(text)
  const [{ code }] = await once(socket, 'close')
  expect(code).toBe(4_774)
})
