import { toBase64url } from '@countersign/protocol'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { docsPage } from './docs-page.ts'
import { documentOf } from './document.ts'

/** The version of the API, as the document says it. */
const version = '1.0.0'

const policy = (nonce: string) =>
  `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** `GET /openapi.json` and `GET /docs`. Both are made when somebody asks: a start does without them. */
export function registerOpenApi(app: FastifyInstance, context: Context): void {
  const about = { server: context.config.issuer, version }
  let document: ReturnType<typeof documentOf> | null = null
  const made = () => {
    document ??= documentOf(about)
    return document
  }
  app.get('/openapi.json', async () => made())
  app.get('/docs', async (_request, reply) => {
    const nonce = toBase64url(context.random.bytes(16))
    reply.type('text/html; charset=utf-8').header('content-security-policy', policy(nonce))
    return docsPage(made(), { ...about, nonce })
  })
}
