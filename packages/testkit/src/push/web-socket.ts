/** The server's side of a WebSocket (RFC 6455): text both ways, whole messages only, bounded. */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

/** What a connection does with what comes. */
export interface WebSocketEvents {
  readonly onText: (text: string) => void
  /** Called once, whoever ended it. */
  readonly onClose: () => void
}

export interface WebSocketConnection {
  send(text: string): void
  /** Says goodbye with a status code (section 7.4.1) and ends the connection. */
  close(code: number): void
  /** Ends it without a word, as a machine that fails does. */
  destroy(): void
}

/** The longest message that is taken, in bytes. */
const longestMessage = 65_536
/** Bytes that may wait for a peer that does not read. */
const longestQueue = 16 * 1_048_576

const operations = { continuation: 0, text: 1, close: 8, ping: 9, pong: 10 } as const
const closeCodes = { protocolError: 1_002, notText: 1_003, notUtf8: 1_007, tooBig: 1_009 } as const

const strictUtf8 = new TextDecoder('utf-8', { fatal: true })

interface Frame {
  readonly isLast: boolean
  readonly operation: number
  readonly payload: Buffer
}

/** A frame at the head of what has come, null where it is not all here yet, or why it is refused (a close code). */
function readFrame(bytes: Buffer): { readonly frame: Frame; readonly rest: Buffer } | number | null {
  const [first = 0, second = 0] = bytes
  if (bytes.length < 2) return null
  // Nothing is negotiated that would set a reserved bit, and what a client sends is masked (section 5.1).
  if ((first & 0x70) !== 0 || (second & 0x80) === 0) return closeCodes.protocolError
  const short = second & 0x7f
  const isLast = (first & 0x80) !== 0
  const operation = first & 0x0f
  if (operation >= operations.close && (short > 125 || !isLast)) return closeCodes.protocolError
  const at = short === 126 ? 4 : short === 127 ? 10 : 2
  if (bytes.length < at + 4) return null
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  if (length > longestMessage) return closeCodes.tooBig
  const end = at + 4 + length
  if (bytes.length < end) return null
  const mask = bytes.subarray(at, at + 4)
  const payload = Buffer.from(bytes.subarray(at + 4, end))
  for (const [index, byte] of payload.entries()) payload[index] = byte ^ (mask[index % 4] ?? 0)
  return { frame: { isLast, operation, payload }, rest: bytes.subarray(end) }
}

function frameOf(operation: number, payload: Buffer): Buffer {
  const { length } = payload
  const header = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10)
  header[0] = 0x80 | operation
  header[1] = length < 126 ? length : length < 65_536 ? 126 : 127
  if (header.length === 4) header.writeUInt16BE(length, 2)
  if (header.length === 10) header.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([header, payload])
}

/** The answer that makes a request for `protocol` a WebSocket, or null where it is no such request (section 4.2). */
function handshake({ method, headers }: IncomingMessage, protocol: string): string | null {
  const key = headers['sec-websocket-key']
  const offered = headers['sec-websocket-protocol']?.split(/\s*,\s*/) ?? []
  if (method !== 'GET' || headers.upgrade?.toLowerCase() !== 'websocket') return null
  if (key === undefined || headers['sec-websocket-version'] !== '13' || !offered.includes(protocol)) return null
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`
}

/**
 * Takes over a socket on which somebody asked for a WebSocket of this protocol. Whoever asked for something else is
 * answered with 400, and `open` is not called.
 */
export function acceptWebSocket(
  request: IncomingMessage,
  socket: Duplex,
  protocol: string,
  open: (connection: WebSocketConnection) => WebSocketEvents,
): void {
  socket.on('error', () => socket.destroy())
  const answer = handshake(request, protocol)
  if (answer === null) {
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    return
  }
  socket.write(answer)
  talk(socket, open)
}

/** Messages on a socket, from the end of the handshake on. */
function talk(socket: Duplex, open: (connection: WebSocketConnection) => WebSocketEvents): void {
  let pending: Buffer = Buffer.alloc(0)
  let begun: Buffer | null = null

  const write = (operation: number, payload: Buffer) => {
    if (!socket.writable) return
    if (socket.writableLength > longestQueue) socket.destroy()
    else socket.write(frameOf(operation, payload))
  }
  const close = (code: number) => {
    const payload = Buffer.alloc(2)
    payload.writeUInt16BE(code)
    write(operations.close, payload)
    socket.end()
  }
  const { onText, onClose } = open({
    send: (text) => write(operations.text, Buffer.from(text)),
    close,
    destroy: () => socket.destroy(),
  })
  const takeText = (payload: Buffer, isLast: boolean) => {
    const whole = begun === null ? payload : Buffer.concat([begun, payload])
    if (whole.length > longestMessage) return close(closeCodes.tooBig)
    begun = isLast ? null : whole
    if (!isLast) return
    let text: string
    try {
      text = strictUtf8.decode(whole)
    } catch {
      return close(closeCodes.notUtf8)
    }
    onText(text)
  }
  const take = ({ operation, payload, isLast }: Frame) => {
    if (operation === operations.ping) return write(operations.pong, payload)
    if (operation === operations.pong) return
    if (operation === operations.close) return close(payload.length >= 2 ? payload.readUInt16BE() : 1_000)
    const begins = operation === operations.text
    if (!begins && operation !== operations.continuation) return close(closeCodes.notText)
    if (begins === (begun !== null)) return close(closeCodes.protocolError)
    takeText(payload, isLast)
  }
  const read = (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk])
    while (socket.writable) {
      const found = readFrame(pending)
      if (found === null) return
      if (typeof found === 'number') return close(found)
      pending = found.rest
      take(found.frame)
    }
  }
  socket.on('data', read)
  socket.on('end', () => socket.end())
  socket.once('close', onClose)
}
