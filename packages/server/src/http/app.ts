/** One Fastify application with the rules that hold for every route: sizes, parsing, problems, headers, logging. */
import { headerNames } from '@countersign/protocol'
import { type FastifyInstance, type FastifyRequest, fastify } from 'fastify'
import type { Context } from '../context.ts'
import { safeHeaders } from './headers.ts'
import { problemMediaType, problemOf, refusalOf } from './problem.ts'
import { Refusal } from './refusal.ts'
import { offerNonce } from './signed-request.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it came: signatures are over bytes. */
    rawBody: Uint8Array
  }
}

const maximumBody = 32_768

function parseJson(request: FastifyRequest, body: Buffer): unknown {
  request.rawBody = body
  if (body.length === 0) return undefined
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw new Refusal('invalid_request', { detail: 'The body is not JSON.' })
  }
}

// The pattern of the route, never the URL: ids of sign-ins are in paths.
function logAnswer(context: Context, request: FastifyRequest, status: number, milliseconds: number): void {
  context.log.debug(
    { request: request.id, method: request.method, route: request.routeOptions.url ?? null, status, milliseconds },
    'answered',
  )
}

function answerErrors(app: FastifyInstance, context: Context): void {
  app.setErrorHandler((error, request, reply) => {
    const refusal = refusalOf(error)
    if (refusal === null) context.log.error({ request: request.id, err: error }, 'a bug was met')
    const problem =
      refusal === null ? { ...problemOf(new Refusal('internal')), request: request.id } : problemOf(refusal)
    if (problem.retry_after !== undefined) reply.header('retry-after', problem.retry_after)
    return reply.code(problem.status).type(problemMediaType).send(JSON.stringify(problem))
  })
  app.setNotFoundHandler(() => {
    throw new Refusal('not_found')
  })
}

const headersOf = ({ config, clock }: Context) => ({
  ...safeHeaders,
  [headerNames.time]: String(clock.now()),
  ...(config.issuer.startsWith('https:') ? { 'strict-transport-security': 'max-age=31536000' } : {}),
})

function addHeaders(app: FastifyInstance, context: Context): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headersOf(context))
    if (request.url.startsWith('/v1/')) offerNonce(context, request, reply)
  })
}

// The phone app lives on an origin of its own and calls the API across; nobody else may (product decision, architecture).
function allowPhoneApp(app: FastifyInstance, context: Context): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!request.url.startsWith('/v1/')) return
    reply.header('vary', 'origin')
    if (request.headers.origin !== context.config.phoneUrl) return
    reply.headers({
      'access-control-allow-origin': context.config.phoneUrl,
      'access-control-expose-headers': `${headerNames.nonce}, ${headerNames.time}, retry-after`,
      'cross-origin-resource-policy': 'cross-origin',
    })
    if (request.method === 'OPTIONS') {
      return reply
        .headers({
          'access-control-allow-methods': 'GET, POST, PUT, DELETE',
          'access-control-allow-headers': `content-type, content-digest, signature, signature-input, ${headerNames.client}`,
          'access-control-max-age': '7200',
        })
        .code(204)
        .send()
    }
  })
}

/** Makes an application without routes. Bodies are JSON, at most 32 kB; anything else is refused. */
export function createApp(context: Context): FastifyInstance {
  const app = fastify({
    bodyLimit: maximumBody,
    logger: false,
    genReqId: () => context.random.id('req'),
    requestTimeout: 30_000,
    // A HEAD of an event stream would be a stream of nothing.
    exposeHeadRoutes: false,
    // What is refused before any route: an address that cannot be read, or is too long to be one of ours.
    frameworkErrors: (_error, _request, reply) => {
      const problem = problemOf(new Refusal('not_found'))
      reply.hijack()
      const headers = { ...headersOf(context), 'content-type': problemMediaType }
      reply.raw.writeHead(problem.status, headers).end(JSON.stringify(problem))
    },
    // A signature is over the path as it was sent: no second spelling of a route may exist.
    routerOptions: {
      caseSensitive: true,
      ignoreTrailingSlash: false,
      ignoreDuplicateSlashes: false,
      maxParamLength: 200,
    },
  })
  app.decorateRequest('rawBody')
  app.addHook('onRequest', async (request) => {
    request.rawBody = new Uint8Array()
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) =>
    parseJson(request, body),
  )
  addHeaders(app, context)
  allowPhoneApp(app, context)
  answerErrors(app, context)
  app.addHook('onResponse', async (request, reply) => logAnswer(context, request, reply.statusCode, reply.elapsedTime))
  return app
}
