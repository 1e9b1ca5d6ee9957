/** The back end of an application, as far as it takes webhooks: it keeps what came, and answers to order. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { Log } from './push/log.ts'

export interface TakenWebhook {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface WebhookReceiver extends AsyncDisposable {
  readonly url: string
  /** What came, in order. */
  readonly taken: Log<TakenWebhook>
  /** What every request is answered with from now on; 204 before. */
  answer(status: number, headers?: Readonly<Record<string, string>>): void
}

/** Starts a receiver on this machine. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const taken = new Log<TakenWebhook>()
  let reply: { status: number; headers: Readonly<Record<string, string>> } = { status: 204, headers: {} }
  const server = createServer(async (request, response) => {
    const { status, headers } = reply
    const body = await text(request)
    const named = Object.entries(request.headers).map(([name, value]) => [name, String(value)])
    response.writeHead(status, headers).end()
    taken.add({ headers: Object.fromEntries(named), body })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The receiver listens nowhere.')
  return {
    url: `http://127.0.0.1:${address.port}/webhooks`,
    taken,
    answer: (status, headers = {}) => {
      reply = { status, headers }
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
