/**
 * The ceiling of the app: a page that gets as many bytes and asks the server as often, one request after another, and then
 * shows a button. Its script does nothing else; warm, a service worker answers from its cache, as the app's does.
 */
import { createServer, type Server } from 'node:http'
import { freePort } from '@countersign/testkit'

export interface Sizes {
  readonly script: number
  readonly style: number
  /** Of each answer of the server, in order. */
  readonly answers: readonly number[]
}

const filler = (length: number) => 'x'.repeat(Math.max(0, length))

function filesOf({ script, style, answers }: Sizes): ReadonlyMap<string, { type: string; body: string }> {
  const ask = answers.map((_, at) => `await (await fetch('/answer/${at}')).text()`).join('\n')
  const code = `${ask}
const button = document.createElement('button')
button.textContent = 'Godkänn'
document.body.append(button)
navigator.serviceWorker.register('/service-worker.js')
`
  const worker = `const files = ['/', '/script.js', '/style.css']
self.addEventListener('install', (event) => event.waitUntil(caches.open('files').then((cache) => cache.addAll(files))))
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))
self.addEventListener('fetch', (event) => {
  if (!event.request.url.includes('/answer/'))
    event.respondWith(caches.match(event.request).then((found) => found ?? fetch(event.request)))
})`
  const html =
    '<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="/style.css"><script type="module" src="/script.js"></script><body></body>'
  return new Map([
    ['/', { type: 'text/html; charset=utf-8', body: html }],
    ['/script.js', { type: 'text/javascript; charset=utf-8', body: `/*${filler(script - code.length)}*/\n${code}` }],
    ['/style.css', { type: 'text/css', body: `/*${filler(style)}*/` }],
    ['/service-worker.js', { type: 'text/javascript', body: worker }],
    ...answers.map(
      (length, at) => [`/answer/${at}`, { type: 'application/json', body: `"${filler(length)}"` }] as const,
    ),
  ])
}

/** Serves it. */
export async function serveBarePage(sizes: Sizes): Promise<{ readonly url: string; close(): Promise<void> }> {
  const files = filesOf(sizes)
  const server: Server = createServer((request, response) => {
    const file = files.get(request.url ?? '')
    if (file === undefined) response.writeHead(404).end()
    else response.writeHead(200, { 'content-type': file.type, 'cache-control': 'no-cache' }).end(file.body)
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `http://localhost:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
