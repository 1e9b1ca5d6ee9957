/** Requests over connections that stay open, with as little work as Node allows: what is measured is the server. */
import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Asking {
  readonly port: number
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}

// In turn, so that none of them rests until the server ends it, perhaps just when it is used again.
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, scheduling: 'fifo' })

const send = ({ port, method, path, headers, body }: Asking, connections: Agent | false): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: connections }, resolve)
    sent.on('error', (error) => reject(new Error(`${method} ${path} got no answer.`, { cause: error })))
    sent.end(body)
  })

/** Closes the connections that are open: a server ends those that rest, perhaps just when they are used again. */
export const closeConnections = (): void => agent.destroy()

/** Asks, and reads the whole answer, whatever it is. */
export async function askAnything(asking: Asking): Promise<Answer> {
  const response = await send(asking, agent)
  response.setEncoding('utf8')
  let body = ''
  for await (const part of response) body += part
  return { status: response.statusCode ?? 0, headers: response.headers, body }
}

/** Asks, and reads the whole answer. @throws Error where it is a refusal */
export async function ask(asking: Asking): Promise<Answer> {
  const answer = await askAnything(asking)
  if (answer.status < 400) return answer
  throw new Error(`${asking.method} ${asking.path} was answered with ${answer.status}: ${answer.body}`)
}

export interface EventStream {
  /** The data of the next event. */
  next(): Promise<string>
  /** Goes away, as a page does. */
  close(): void
}

/** Opens an event stream on a connection of its own, as every page has one. */
export async function openEvents(asking: Asking): Promise<EventStream> {
  const response = await send(asking, false)
  response.setEncoding('utf8')
  const found: string[] = []
  let rest = ''
  let told = () => {}
  response.on('data', (part: string) => {
    const lines = (rest + part).split('\n')
    rest = lines.pop() ?? ''
    found.push(...lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice('data: '.length)))
    told()
  })
  response.on('error', () => {})
  return {
    async next() {
      while (found.length === 0) {
        await new Promise<void>((resolve) => {
          told = resolve
        })
      }
      return found.shift() ?? ''
    },
    close: () => response.destroy(),
  }
}
