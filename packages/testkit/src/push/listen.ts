/** An HTTP server that can go away as machines do: at once, and with every connection. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

export interface Handlers {
  readonly onRequest: RequestListener
  readonly onUpgrade: (request: IncomingMessage, socket: Duplex) => void
}

export interface Listening {
  /** Ends every connection; over when the port is free. */
  stop(): Promise<void>
}

/** Listens on a port of the loopback address. @throws where it is taken */
export async function listen(port: number, { onRequest, onUpgrade }: Handlers): Promise<Listening> {
  const server = createServer(onRequest)
  // Those that became WebSockets are no connections to the HTTP server any more.
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('upgrade', (request, socket, head) => {
    // What came together with the request is the first of what the socket says.
    if (head.length > 0) socket.unshift(head)
    onUpgrade(request, socket)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    async stop() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
