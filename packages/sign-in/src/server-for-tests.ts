/**
 * For tests: the built pages behind the headers that the server sends, over an API that does what a test says.
 *
 * It speaks `packages/protocol/src/api.ts` and holds no rules of its own.
 */
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import { type ErrorCode, errorStatus, type Problem, SignInState } from '@countersign/protocol'

const nonce = 'dGVzdC1ub25jZS0xNg'
const contentSecurityPolicy = [
  "default-src 'none'",
  `script-src 'self' 'nonce-${nonce}'`,
  `style-src 'self' 'nonce-${nonce}'`,
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const types: Record<string, string> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

/** What a state has beside `version` and `now`, which the script fills in. */
type Undated<State> = State extends unknown ? Omit<State, 'version' | 'now'> : never
export type ScriptedState = Undated<SignInState>

export interface Post {
  readonly name: string
  readonly body: unknown
}

/** An answer to a post: the state as it then is, a place to go, a refusal, or a line that breaks. */
export type Reply =
  | { readonly kind: 'state' }
  | { readonly kind: 'location'; readonly location: string }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly more?: Partial<Problem> }
  | { readonly kind: 'broken' }

export interface ScriptedServer {
  /** Where the page is. */
  readonly url: string
  readonly posts: readonly Post[]
  /** How many streams are open, and how many were ever opened; how many long polls came. */
  readonly seen: { streams: number; opened: number; polls: number }
  /** Tells everybody who watches. `now` is the server's clock. */
  show(state: ScriptedState, now?: number): void
  /** Changes the state while those who watch hear nothing, as on a line that died in silence. */
  hush(state: ScriptedState): void
  /** What the next posts of that name are answered with; `before` may change the state first. */
  on(name: string, reply: Reply, before?: () => void): void
  /** Whether the API answers at all. */
  setReachable(reachable: boolean): void
  /** Whether streams are let through, or broken as by a proxy. */
  setStreaming(streaming: boolean): void
  /** Reading the state is refused from now on, as when the sign-in is over. */
  end(code: ErrorCode): void
  close(): Promise<void>
}

const path = '/sign-in/uid-1'

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString('utf8'))
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

function sendProblem(response: ServerResponse, code: ErrorCode, more: Partial<Problem> = {}): void {
  const problem = { type: `urn:countersign:error:${code}`, title: code, status: errorStatus[code], code, ...more }
  response.writeHead(problem.status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem))
}

async function sendPage(directory: string, url: string, response: ServerResponse): Promise<void> {
  if (url === path) {
    const html = await readFile(join(directory, 'index.html'), 'utf8')
    response
      .writeHead(200, { 'content-type': 'text/html', 'content-security-policy': contentSecurityPolicy })
      .end(html.replaceAll('__CSP_NONCE__', nonce))
    return
  }
  const file = url.replace('/sign-in-assets/', '')
  const type = types[extname(file)]
  if (type === undefined || file.includes('..')) return void response.writeHead(404).end()
  response.writeHead(200, { 'content-type': type }).end(await readFile(join(directory, file)))
}

/** @param directory the built pages */
export async function startScriptedServer(directory: string, first: ScriptedState): Promise<ScriptedServer> {
  let version = 0
  let current: SignInState
  let reachable = true
  let streaming = true
  let ended: ErrorCode | null = null
  const posts: Post[] = []
  const seen = { streams: 0, opened: 0, polls: 0 }
  const replies = new Map<string, { reply: Reply; before: () => void }>()
  const watchers = new Set<() => void>()

  const hush = (state: ScriptedState, now = Date.now()) => {
    version += 1
    current = SignInState.parse({ ...state, version: `v${version}`, now })
  }
  const show = (state: ScriptedState, now?: number) => {
    hush(state, now)
    for (const watcher of [...watchers]) watcher()
  }
  show(first)

  const stream = (response: ServerResponse) => {
    seen.opened += 1
    if (!streaming) return void response.writeHead(502).end()
    seen.streams += 1
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    const send = () => response.write(`event: state\ndata: ${JSON.stringify(current)}\n\n`)
    send()
    watchers.add(send)
    response.on('close', () => {
      watchers.delete(send)
      seen.streams -= 1
    })
  }
  const state = (query: URLSearchParams, response: ServerResponse) => {
    if (ended !== null) return sendProblem(response, ended)
    if (query.get('wait') === null || query.get('after') !== current.version) return sendJson(response, current)
    seen.polls += 1
    const send = () => {
      watchers.delete(send)
      sendJson(response, current)
    }
    watchers.add(send)
    response.on('close', () => watchers.delete(send))
  }
  const post = async (name: string, request: IncomingMessage, response: ServerResponse) => {
    posts.push({ name, body: await readBody(request) })
    const { reply, before } = replies.get(name) ?? { reply: { kind: 'state' } as const, before: () => undefined }
    before()
    if (reply.kind === 'broken') return void response.destroy()
    if (reply.kind === 'refused') return sendProblem(response, reply.code, reply.more)
    sendJson(response, reply.kind === 'state' ? current : { location: reply.location })
  }
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (url.pathname === '/arrived')
      return void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Arrived</h1>')
    if (!url.pathname.startsWith(`${path}/`)) return sendPage(directory, url.pathname, response)
    if (!reachable) return void response.destroy()
    const name = url.pathname.slice(path.length + 1)
    if (request.method === 'POST') return post(name, request, response)
    if (name === 'events') return stream(response)
    state(url.searchParams, response)
  }
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  const listening = Promise.withResolvers<number>()
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    listening.resolve(typeof address === 'object' && address !== null ? address.port : 0)
  })
  return {
    url: `http://localhost:${await listening.promise}${path}`,
    posts,
    seen,
    show,
    hush,
    on: (name, reply, before = () => undefined) => {
      replies.set(name, { reply, before })
    },
    setReachable: (value) => {
      reachable = value
      if (!value) server.closeAllConnections()
    },
    setStreaming: (value) => {
      streaming = value
      if (!value) server.closeAllConnections()
    },
    end: (code) => {
      ended = code
    },
    close: async () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      server.close(() => resolve())
      server.closeAllConnections()
      await promise
    },
  }
}
