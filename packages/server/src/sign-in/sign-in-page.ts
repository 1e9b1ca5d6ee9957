/** The built sign-in page and its assets. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { PagesMissing } from '../phone-app/index.ts'
import { pageNonce } from './page-nonce.ts'
import { escapeHtml } from './small-page.ts'

const root = join(import.meta.dirname, '../../../sign-in/dist')

const policy = (nonce: string) =>
  [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    // Its forms are sent by script. Without script nothing may be sent: a password would end up in the address.
    "form-action 'none'",
  ].join('; ')

/** Serves `/sign-in/{sign-in}` and what it loads. The page itself tells nothing. @throws PagesMissing */
export async function registerSignInPage(app: FastifyInstance, context: Context): Promise<void> {
  const file = join(root, 'index.html')
  if (!existsSync(file)) throw new PagesMissing(root)
  const { name, supportEmail } = context.config.brand
  const page = readFileSync(file, 'utf8')
    .replaceAll('__BRAND_NAME__', () => escapeHtml(name))
    .replaceAll('__SUPPORT_EMAIL__', () => escapeHtml(supportEmail))

  app.get('/sign-in/:signIn', async (_request, reply) => {
    const nonce = pageNonce(context)
    return reply
      .header('content-security-policy', policy(nonce))
      .type('text/html; charset=utf-8')
      .send(page.replaceAll('__CSP_NONCE__', nonce))
  })
  await app.register(fastifyStatic, {
    root,
    prefix: '/sign-in-assets/',
    index: false,
    allowedPath: (path) => !path.endsWith('.html'),
    cacheControl: false,
    setHeaders: (reply, path) => {
      // Names under assets/ carry a hash of the content.
      const immutable = path.includes('/assets/')
      reply.header('cache-control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
}
