/** An application for tests of the popup: the plain page of docs/integrate, and the action that it asks for. */
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const files: Readonly<Record<string, { readonly path: string; readonly type: string }>> = {
  '/': { path: 'docs/integrate/plain-page.html', type: 'text/html; charset=utf-8' },
  '/plain-page.js': { path: 'docs/integrate/plain-page.js', type: 'text/javascript; charset=utf-8' },
  '/approval-popup.js': {
    path: 'packages/approval-popup/dist/approval-popup.js',
    type: 'text/javascript; charset=utf-8',
  },
}

/** What it asks for. */
export const template = {
  binding: 'plain',
  fields: {
    amount: { type: 'money', maximum: { SEK: '100000.00' } },
    payee: { type: 'text', maximum_length: 60 },
  },
  headline: { sv: 'Betala {amount} till {payee}', en: 'Pay {amount} to {payee}' },
  lines: [
    { label: { sv: 'Belopp', en: 'Amount' }, field: 'amount' },
    { label: { sv: 'Mottagare', en: 'Payee' }, field: 'payee' },
  ],
}

/** The application's own back end. */
type Answer = (path: string, request: IncomingMessage) => Promise<{ status: number; body: object }>

/** Serves the page of docs/integrate under a strict policy. @param issuer the only other origin that it may reach */
export function serveSite(issuer: string, answer: Answer): Server {
  return createServer(async (request, response): Promise<void> => {
    const path = request.url ?? '/'
    if (request.method === 'POST') {
      const { status, body } = await answer(path, request)
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      return
    }
    const file = files[path]
    if (file === undefined) {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, {
      'content-type': file.type,
      'content-security-policy': `default-src 'none'; script-src 'self'; connect-src 'self' ${issuer}; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'`,
    })
    response.end(readFileSync(join(root, file.path)))
  })
}
