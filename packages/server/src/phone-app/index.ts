/**
 * The phone app's own origin: its files, and where its server is.
 *
 * Promises a policy under which the app runs its own scripts and talks to its own server alone.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'

const root = join(import.meta.dirname, '../../../phone/dist')

const policy = (api: string) =>
  [
    "default-src 'none'",
    // Argon2 on the phone is WebAssembly.
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    `connect-src 'self' ${api}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types default',
  ].join('; ')

/** Thrown at start when the pages were never built. */
export class PagesMissing extends Error {
  constructor(directory: string) {
    super(`The pages in ${directory} are not built. Run "npm start" once, or build them.`)
    this.name = 'PagesMissing'
  }
}

/** Serves the built phone app and `/config.json`. @throws PagesMissing */
export async function registerPhoneApp(app: FastifyInstance, context: Context): Promise<void> {
  if (!existsSync(join(root, 'index.html'))) throw new PagesMissing(root)
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('content-security-policy', policy(context.config.issuer))
  })
  app.get('/config.json', async () => ({ api: context.config.issuer }))
  await app.register(fastifyStatic, {
    root,
    cacheControl: false,
    setHeaders: (reply, path) => {
      // Names under assets/ carry a hash of the content; everything else is asked for anew.
      const immutable = path.includes('/assets/')
      reply.header('cache-control', immutable ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
}
