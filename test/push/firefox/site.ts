/** The smallest site that is woken by pushes: a page that subscribes, and a worker that tells us what it lives through. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { Log } from '../../../packages/testkit/src/push/log.ts'

export interface Site extends AsyncDisposable {
  readonly url: string
  /** What the worker said, in order: `push one`, `click no trusted`, `closed one`. */
  readonly said: Log<string>
}

const page = '<!doctype html><title>Site</title>'

/** Shows what it is pushed, with a button; opens a window on a click on what it shows. */
const worker = `
const say = (...words) => fetch('/said', { method: 'POST', body: words.join(' ') })
const onEvent = (name, work) => addEventListener(name, (event) => event.waitUntil(work(event)))

onEvent('install', () => skipWaiting())
onEvent('activate', () => clients.claim())
onEvent('push', async ({ data }) => {
  const text = data.text()
  await say('push', text)
  await registration.showNotification(text, { body: 'Body', tag: text, actions: [{ action: 'no', title: 'Avböj' }] })
})
onEvent('notificationclick', async (event) => {
  event.notification.close()
  await say('click', event.action || 'notification', event.isTrusted ? 'trusted' : 'synthetic')
  if (event.action === '') await clients.openWindow('/opened?' + event.notification.title)
})
onEvent('notificationclose', ({ notification }) => say('closed', notification.title))
onEvent('pushsubscriptionchange', ({ oldSubscription }) => say('lost', oldSubscription.endpoint))
`

const types: Readonly<Record<string, readonly [type: string, body: string]>> = {
  '/': ['text/html; charset=utf-8', page],
  '/opened': ['text/html; charset=utf-8', page],
  '/worker.js': ['text/javascript; charset=utf-8', worker],
}

/** Serves the site on http://localhost, which browsers trust as they trust https. */
export async function serveSite(): Promise<Site> {
  const said = new Log<string>()
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname === '/said') {
      said.add(Buffer.concat(await request.toArray()).toString())
      response.end()
      return
    }
    const [type, body] = types[pathname] ?? []
    if (type === undefined) response.writeHead(404).end()
    else response.writeHead(200, { 'content-type': type }).end(body)
  })
  server.listen(0, 'localhost')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The site has no port.')
  return {
    url: `http://localhost:${address.port}/`,
    said,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
