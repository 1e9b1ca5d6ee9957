/** A connection to a message bus: the D-Bus specification's "Message Protocol", as little of it as a desktop needs. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { DBusReader, type DBusValue, DBusWriter } from './d-bus-values.ts'

/** What is called or announced, and where. */
export interface Member {
  readonly path: string
  readonly interface: string
  readonly member: string
}

/** Values with their types. */
export interface Arguments {
  readonly signature: string
  readonly values: readonly DBusValue[]
}

/** Somebody calls us. Gives what is answered; null where there is no such thing. */
export type OnCall = (member: Member, values: readonly DBusValue[]) => Arguments | null

export interface BusConnection {
  /** Calls the bus itself. @throws Error with what the bus says against it */
  callBus(member: string, values?: Arguments): Promise<readonly DBusValue[]>
  /** Announces something to everybody who wants to know. */
  announce(member: Member, values: Arguments): void
  close(): Promise<void>
}

const kinds = { call: 1, answer: 2, error: 3, signal: 4 } as const
const fields = { path: 1, interface: 2, member: 3, error: 4, answersTo: 5, destination: 6, sender: 7, signature: 8 }
const wantsNoAnswer = 1
const longestMessage = 16 * 1_048_576

const nothing: Arguments = { signature: '', values: [] }
const bus = { path: '/org/freedesktop/DBus', interface: 'org.freedesktop.DBus' }

interface Message {
  readonly kind: number
  readonly flags: number
  readonly serial: number
  readonly fields: ReadonlyMap<DBusValue, DBusValue>
  readonly values: readonly DBusValue[]
}

/** Each with the type that its code has. */
type Fields = readonly (readonly [code: number, type: string, value: DBusValue])[]

function messageOf(kind: number, serial: number, header: Fields, { signature, values }: Arguments): Buffer {
  const body = new DBusWriter().writeAll(signature, values).finish()
  const list = new DBusWriter()
  for (const [code, type, value] of [...header, [fields.signature, 'g', signature] as const]) {
    list.align(8).write('y', code).write('g', type).write(type, value)
  }
  const written = list.finish()
  const fixed = new DBusWriter()
    .writeAll('yyyy', [0x6c, kind, 0, 1])
    .writeAll('uuu', [body.length, serial, written.length])
    .finish()
  const head = Buffer.concat([fixed, written])
  return Buffer.concat([head, Buffer.alloc((8 - (head.length % 8)) % 8), body])
}

/** A message at the head of what has come, or null where it is not all here yet. */
function readMessage(bytes: Buffer): { readonly message: Message; readonly length: number } | null {
  if (bytes.length < 16) return null
  if (bytes[0] !== 0x6c) throw new Error('The bus speaks big-endian.')
  const [bodyLength, serial, headerLength] = [bytes.readUInt32LE(4), bytes.readUInt32LE(8), bytes.readUInt32LE(12)]
  const begin = Math.ceil((16 + headerLength) / 8) * 8
  const length = begin + bodyLength
  if (length > longestMessage) throw new Error('The message is too long.')
  if (bytes.length < length) return null
  const header = new DBusReader(bytes, 12).read('a(yv)')
  const pairs = Array.isArray(header) ? header : []
  const known = new Map<DBusValue, DBusValue>(pairs.map(([code, value]) => [code, value]))
  const signature = String(known.get(fields.signature) ?? '')
  // Alignment counts from the beginning of the body, which is aligned to the most there is.
  const values = new DBusReader(bytes.subarray(begin, length)).readAll(signature)
  return { message: { kind: bytes[1] ?? 0, flags: bytes[2] ?? 0, serial, fields: known, values }, length }
}

/** Proves who we are to the bus: by the user that the socket belongs to. What follows are messages. */
async function introduce(socket: Socket): Promise<void> {
  const user = Buffer.from(String(process.getuid?.() ?? 0)).toString('hex')
  socket.write(`\0AUTH EXTERNAL ${user}\r\n`)
  const [answer] = await once(socket, 'data')
  if (!String(answer).startsWith('OK ')) throw new Error(`The bus does not let us in: ${answer}`)
  socket.write('BEGIN\r\n')
}

/** Connects to the bus that listens on this socket, under this name besides its own. */
export async function connectToBus(socketPath: string, name: string, onCall: OnCall): Promise<BusConnection> {
  const socket = connect(socketPath)
  await once(socket, 'connect')
  await introduce(socket)

  let lastSerial = 0
  const waiting = new Map<DBusValue, PromiseWithResolvers<readonly DBusValue[]>>()
  const send = (kind: number, header: Fields, values: Arguments): number => {
    lastSerial += 1
    socket.write(messageOf(kind, lastSerial, header, values))
    return lastSerial
  }
  const textIn = ({ fields: known }: Message, field: number) => String(known.get(field) ?? '')

  const answer = (message: Message) => {
    const { path, interface: of, member } = fields
    const [at, inside, called] = [textIn(message, path), textIn(message, of), textIn(message, member)]
    const answered = onCall({ path: at, interface: inside, member: called }, message.values)
    if ((message.flags & wantsNoAnswer) !== 0) return
    const back: Fields = [
      [fields.answersTo, 'u', message.serial],
      [fields.destination, 's', textIn(message, fields.sender)],
    ]
    const unknown = [fields.error, 's', 'org.freedesktop.DBus.Error.UnknownMethod'] as const
    if (answered === null) send(kinds.error, [...back, unknown], nothing)
    else send(kinds.answer, back, answered)
  }
  const take = (message: Message) => {
    if (message.kind === kinds.call) answer(message)
    const waits = waiting.get(message.fields.get(fields.answersTo) ?? 0)
    if (message.kind === kinds.answer) waits?.resolve(message.values)
    if (message.kind === kinds.error) waits?.reject(new Error(`${textIn(message, fields.error)}: ${message.values}`))
  }
  let pending: Buffer = Buffer.alloc(0)
  socket.on('data', (chunk) => {
    pending = Buffer.concat([pending, chunk])
    for (let found = readMessage(pending); found !== null; found = readMessage(pending)) {
      pending = pending.subarray(found.length)
      take(found.message)
    }
  })
  // A bus that ends takes its connections with it.
  socket.on('error', () => socket.destroy())

  const memberFields = (one: Member): Fields => [
    [fields.path, 'o', one.path],
    [fields.interface, 's', one.interface],
    [fields.member, 's', one.member],
  ]
  const connection: BusConnection = {
    callBus(member, values = nothing) {
      const header: Fields = [...memberFields({ ...bus, member }), [fields.destination, 's', bus.interface]]
      const answered = Promise.withResolvers<readonly DBusValue[]>()
      waiting.set(send(kinds.call, header, values), answered)
      return answered.promise
    },
    announce: (one, values) => void send(kinds.signal, memberFields(one), values),
    async close() {
      if (socket.closed) return
      const closed = once(socket, 'close')
      socket.destroy()
      await closed
    },
  }
  await connection.callBus('Hello')
  await connection.callBus('RequestName', { signature: 'su', values: [name, 0] })
  return connection
}
