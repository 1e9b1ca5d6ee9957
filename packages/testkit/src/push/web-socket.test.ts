import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { freePort } from '../world.ts'
import { type Listening, listen } from './listen.ts'
import { acceptWebSocket } from './web-socket.ts'

let server: Listening
let port: number
let closed: PromiseWithResolvers<void>

/** Repeats what it is told. */
beforeEach(async () => {
  port = await freePort()
  closed = Promise.withResolvers()
  server = await listen(port, {
    onRequest: (_request, response) => response.end(),
    onUpgrade: (request, socket) =>
      acceptWebSocket(request, socket, 'parrot', (connection) => ({
        onText: (text) => connection.send(text),
        onClose: () => closed.resolve(),
      })),
  })
})
afterEach(() => server.stop())

describe('with the client of this Node', () => {
  const open = async () => {
    const client = new WebSocket(`ws://127.0.0.1:${port}/`, 'parrot')
    await once(client, 'open')
    return client
  }
  const answerTo = async (client: WebSocket, text: string) => {
    client.send(text)
    const [message] = await once(client, 'message')
    return message.data
  }

  test.each([0, 1, 125, 126, 65_535, 65_536])('a text of %i bytes comes back', async (length) => {
    expect(await answerTo(await open(), 'x'.repeat(length))).toBe('x'.repeat(length))
  })

  test('in any script', async () => {
    expect(await answerTo(await open(), 'Räksmörgås 🦐')).toBe('Räksmörgås 🦐')
  })

  test('a goodbye is answered with the same', async () => {
    const client = await open()
    client.close(4_001)
    const [event] = await once(client, 'close')
    expect(event).toMatchObject({ code: 4_001, wasClean: true })
    await closed.promise
  })

  test.each([
    ['a text that is too long', 'x'.repeat(65_537), 1_009],
    ['bytes', new Uint8Array(3), 1_003],
  ])('%s ends the connection', async (_name, data, code) => {
    const client = await open()
    client.send(data)
    const [event] = await once(client, 'close')
    expect(event.code).toBe(code)
  })

  test('another protocol is refused', async () => {
    const [event] = await once(new WebSocket(`ws://127.0.0.1:${port}/`, 'cat'), 'error')
    expect(event.type).toBe('error')
  })
})

describe('byte by byte', () => {
  const key = 'dGhlIHNhbXBsZSBub25jZQ=='
  const request = `GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Protocol: parrot\r\n\r\n`

  /** A client's frame: the mask is zeros, which leave the payload as it is. */
  const frame = (first: number, payload: string) =>
    Buffer.concat([Buffer.of(first, 0x80 | payload.length, 0, 0, 0, 0), Buffer.from(payload, 'latin1')])

  let socket: Socket
  beforeEach(async () => {
    socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
  })
  afterEach(() => socket.destroy())

  /** What the server says after the handshake, up to the end. */
  const said = async (...frames: readonly Buffer[]) => {
    socket.write(Buffer.concat([Buffer.from(request), ...frames]))
    const all = Buffer.concat(await socket.toArray())
    return all.subarray(all.indexOf('\r\n\r\n') + 4)
  }
  const goodbye = frame(0x88, '\x03\xe8')
  const closing = (code: number) => Buffer.of(0x88, 2, code >> 8, code & 0xff)

  test('the key of RFC 6455 section 1.3 is answered as there', async () => {
    socket.write(request)
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toContain('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n')
  })

  test('a text in pieces is one, also with a ping among them', async () => {
    const answer = await said(frame(0x01, 'He'), frame(0x89, 'you?'), frame(0x80, 'j'), goodbye)
    expect(answer).toEqual(
      Buffer.concat([Buffer.from('\x8a\x04you?', 'latin1'), Buffer.from('\x81\x03Hej', 'latin1'), closing(1_000)]),
    )
  })

  test('a frame that comes in drops is waited for', async () => {
    socket.setNoDelay()
    socket.write(request)
    await once(socket, 'data')
    for (const byte of Buffer.concat([frame(0x81, 'Hej'), goodbye])) socket.write(Buffer.of(byte))
    expect(Buffer.concat(await socket.toArray())).toEqual(
      Buffer.concat([Buffer.from('\x81\x03Hej', 'latin1'), closing(1_000)]),
    )
  })

  test.each([
    ['an unmasked frame', [Buffer.from('\x81\x03Hej', 'latin1')], 1_002],
    ['a reserved bit', [frame(0xc1, 'Hej')], 1_002],
    ['a piece of nothing', [frame(0x80, 'Hej')], 1_002],
    ['a text within a text', [frame(0x01, 'He'), frame(0x81, 'j')], 1_002],
    ['a ping in pieces', [frame(0x09, 'Hej')], 1_002],
    ['an unknown operation', [frame(0x83, 'Hej')], 1_003],
    ['what is not UTF-8', [frame(0x81, '\xff')], 1_007],
    ['a length that nobody has', [Buffer.of(0x81, 0xff, ...Array.from({ length: 12 }, () => 0xff))], 1_009],
  ])('%s ends the connection', async (_name, frames, code) => {
    expect(await said(...frames)).toEqual(closing(code))
  })
})
