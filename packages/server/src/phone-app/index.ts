/**
 * The phone app's own origin: its files, and where its server is.
 *
 * Promises a policy under which the app runs its own scripts and talks to its own server alone.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Context } from '../context.ts'

const builtPages = join(import.meta.dirname, '../../../phone/dist')

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

const Manifest = z.record(z.string(), z.json())

/** The app's own manifest, with the name that the operator chose: the pages tell people to open the app by it. */
function readManifest(root: string, name: string): z.infer<typeof Manifest> {
  const built = Manifest.parse(JSON.parse(readFileSync(join(root, 'manifest.webmanifest'), 'utf8')))
  return { ...built, name, short_name: name }
}

/**
 * Serves the built phone app, its manifest and `/config.json`.
 *
 * @param root the folder that the app was built into; read anew for each request @throws PagesMissing
 */
export async function registerPhoneApp(app: FastifyInstance, context: Context, root = builtPages): Promise<void> {
  if (!existsSync(join(root, 'index.html'))) throw new PagesMissing(root)
  const { issuer, brand } = context.config
  const manifest = readManifest(root, brand.name)
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('content-security-policy', policy(issuer))
  })
  app.get('/config.json', async () => ({ api: issuer }))
  app.get('/manifest.webmanifest', async (_request, reply) => reply.type('application/manifest+json').send(manifest))
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
