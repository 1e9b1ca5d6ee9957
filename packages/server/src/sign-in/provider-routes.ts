/** oidc-provider within our HTTP server: only the routes that it is meant to have, and its bodies left to it. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Provider } from 'oidc-provider'
import { Refusal } from '../http/index.ts'
import { providerRoutes } from './provider.ts'
import { smallPagePolicy } from './small-page.ts'

const discovery = '/.well-known/openid-configuration'

const routes = [
  ['GET', discovery],
  ['GET', providerRoutes.authorization],
  ['GET', `${providerRoutes.authorization}/:uid`],
  ['POST', providerRoutes.token],
  ['GET', providerRoutes.jwks],
  ['GET', providerRoutes.userinfo],
  ['POST', providerRoutes.userinfo],
  ['GET', providerRoutes.end_session],
  ['POST', `${providerRoutes.end_session}/confirm`],
  ['GET', `${providerRoutes.end_session}/success`],
] as const

const maximumBody = 32_768

/** Serves the provider. */
export async function registerProvider(app: FastifyInstance, provider: Provider): Promise<void> {
  const callback = provider.callback()
  const handle = async (request: FastifyRequest, reply: FastifyReply) => {
    if (Number(request.headers['content-length'] ?? 0) > maximumBody) throw new Refusal('too_large')
    reply.header('content-security-policy', smallPagePolicy(null))
    reply.hijack()
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value)
    }
    await callback(request.raw, reply.raw)
  }
  await app.register(async (scope) => {
    // The provider reads the body itself, and takes forms alone.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
    for (const [method, url] of routes) scope.route({ method, url, handler: handle })
  })
}
