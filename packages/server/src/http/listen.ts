/** Sockets and hosts: a request reaches the application of the host that it names, or nothing at all. */
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { safeHeaders } from './headers.ts'
import { problemMediaType, problemOf } from './problem.ts'
import { Refusal } from './refusal.ts'

/** An application and the `host[:port]` that it answers for. */
export interface HostApp {
  readonly host: string
  readonly app: FastifyInstance
}

export interface RunningServer {
  /** The ports that are listened on, in the order they were asked for. */
  readonly ports: number[]
  /** Stops listening, ends streams, and resolves once every connection is gone. */
  close(): Promise<void>
}

const answerHeaders = { ...safeHeaders, 'content-type': problemMediaType }

function refuse(response: ServerResponse, refusal: Refusal): void {
  const problem = problemOf(refusal)
  response.writeHead(problem.status, answerHeaders).end(JSON.stringify(problem))
}

/** The one host that a request names. Two of them, or none, could mean different things to us and to a proxy (RFC 9112 section 3.2). */
function hostOf({ rawHeaders }: IncomingMessage): string | null {
  const values = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'host')
  return values.length === 1 ? (values[0] ?? null) : null
}

const oddStatus: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }

/** What is no request, or none that ends: answered on the bare connection, which is closed. */
function answerNoRequest(error: Error & { code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const status = oddStatus[error.code ?? ''] ?? 400
  const headers = { ...safeHeaders, connection: 'close', 'content-length': '0' }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n`)
}

const listening = (server: Server, address: { host: string; port: number }) =>
  new Promise<number>((resolve, reject) => {
    server.once('error', reject)
    server.listen(address.port, address.host, () => {
      const bound = server.address()
      resolve(typeof bound === 'object' && bound !== null ? bound.port : address.port)
    })
  })

const closing = (server: Server) =>
  new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

/**
 * Listens on every address and routes by Host (RFC 9110 section 15.5.20 for hosts that are not ours).
 *
 * @throws the system's error (`EADDRINUSE`, `EACCES` …) when an address cannot be had; nothing is left open then
 */
export async function listen(
  apps: readonly HostApp[],
  addresses: readonly { host: string; port: number }[],
): Promise<RunningServer> {
  for (const { app } of apps) await app.ready()
  const route = (request: IncomingMessage, response: ServerResponse) => {
    const host = hostOf(request)
    if (host === null) return refuse(response, new Refusal('invalid_request', { detail: 'One Host is to be named.' }))
    const named = apps.find((one) => one.host === host)
    if (named === undefined) return refuse(response, new Refusal('misdirected'))
    named.app.routing(request, response)
  }
  const servers: Server[] = []
  const ports: number[] = []
  const close = async () => {
    await Promise.all(servers.map(closing))
    await Promise.all(apps.map(({ app }) => app.close()))
  }
  try {
    for (const address of addresses) {
      const limits = { requestTimeout: 30_000, headersTimeout: 10_000, requireHostHeader: false }
      const server = createServer(limits, route).on('clientError', answerNoRequest).on('checkExpectation', route)
      ports.push(await listening(server, address))
      servers.push(server)
    }
  } catch (error) {
    await close()
    throw error
  }
  return { ports, close }
}
