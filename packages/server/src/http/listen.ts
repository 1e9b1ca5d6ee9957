/** Sockets and hosts: a request reaches the application of the host that it names, or nothing at all. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
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

function answerMisdirected(response: ServerResponse): void {
  const problem = problemOf(new Refusal('misdirected'))
  response.writeHead(problem.status, { 'content-type': problemMediaType }).end(JSON.stringify(problem))
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
    const named = apps.find(({ host }) => host === request.headers.host)
    if (named === undefined) answerMisdirected(response)
    else named.app.routing(request, response)
  }
  const servers: Server[] = []
  const ports: number[] = []
  const close = async () => {
    await Promise.all(servers.map(closing))
    await Promise.all(apps.map(({ app }) => app.close()))
  }
  try {
    for (const address of addresses) {
      const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, route)
      ports.push(await listening(server, address))
      servers.push(server)
    }
  } catch (error) {
    await close()
    throw error
  }
  return { ports, close }
}
