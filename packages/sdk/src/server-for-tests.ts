/** A server that speaks the protocol's JSON and fails to order, and a clock and a chance that stand still. */

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type ErrorCode, errorStatus } from '@countersign/protocol'
import { Countersign, type CountersignOptions } from './countersign.ts'
import type { System } from './system.ts'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: unknown
}

/** How one request is answered. */
export type Reply = (response: ServerResponse, request: IncomingMessage) => void

/** An answer of the server. */
export const answer =
  (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Reply =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }

/** A refusal of the server. */
export const refuse = (
  code: ErrorCode,
  members: object = {},
  headers: Readonly<Record<string, string>> = {},
): Reply => {
  const status = errorStatus[code]
  return answer({ type: 'about:blank', title: `Title of ${code}`, status, code, ...members }, status, headers)
}

/** The connection is lost before an answer. */
export const cut: Reply = (response) => void response.destroy()

/** The connection is lost in the middle of an answer. */
export const cutShort: Reply = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
  response.write('{"id":', () => response.destroy())
}

/** There is no answer at all. */
export const silence: Reply = () => {}

export interface FaultyServer extends AsyncDisposable {
  readonly origin: string
  readonly asked: readonly Asked[]
  /** How the next requests are answered, in this order; those after them like the last one. */
  order(...replies: readonly Reply[]): void
  /** Resolves at the next request. */
  nextAsked(): Promise<void>
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: string[] = []
  for await (const part of request.setEncoding('utf8')) parts.push(String(part))
  const text = parts.join('')
  return text === '' ? undefined : JSON.parse(text)
}

export async function startFaultyServer(): Promise<FaultyServer> {
  const asked: Asked[] = []
  let replies: Reply[] = []
  let waiting = Promise.withResolvers<void>()
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request
    asked.push({ method, path, headers, body: await bodyOf(request) })
    waiting.resolve()
    waiting = Promise.withResolvers()
    const reply = replies.length > 1 ? replies.shift() : replies[0]
    reply?.(response, request)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    asked,
    order: (...next) => {
      replies = [...next]
    },
    nextAsked: () => waiting.promise,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A machine on which waiting takes no time, and is written down. */
export interface StillSystem extends System {
  /** Milliseconds of each wait. */
  readonly waits: readonly number[]
  pass(ms: number): void
}

export function stillSystem(start = Date.parse('2026-03-14T09:26:53.589Z')): StillSystem {
  const waits: number[] = []
  let now = start
  let names = 0
  return {
    waits,
    pass: (ms) => {
      now += ms
    },
    now: () => now,
    random: () => 0.5,
    name: () => `name-${++names}`,
    wait: async (ms) => {
      waits.push(ms)
      now += ms
    },
  }
}

export const anyKey = `csk_${'a'.repeat(12)}_${'A'.repeat(43)}`

export const clientOf = (
  server: { readonly origin: string },
  system: System,
  options: Partial<CountersignOptions> = {},
) => new Countersign({ server: server.origin, application: 'strand', apiKey: anyKey, ...options }, system)

const id = 'A'.repeat(22)

/** What the server says of an approval that waits. */
export const pending = {
  id: `apr_${id}`,
  version: '1',
  now: 1,
  application: 'Strand',
  support_email: 'support@strand.example',
  account: `acc_${id}`,
  action: 'transfer.create',
  locale: 'sv',
  headline: 'Betala 1 250,00 SEK',
  lines: [],
  state: 'pending',
  reason: null,
  device: 'Annas telefon',
  device_blocked: false,
  push: null,
  number: null,
  offline: null,
  expires: 2,
  decided: null,
  method: null,
  amr: null,
  redeemed: false,
} as const

export const approved = {
  ...pending,
  version: '2',
  state: 'approved',
  decided: 2,
  method: 'push',
  amr: ['swk', 'pin'],
} as const

export const started = { approval: pending, page_token: `cpt_${'A'.repeat(43)}` }
