/** Holds every answer of a server to its OpenAPI document: a route, a status or a body that it does not name is a fault. */
import { documentOf, operations } from '@countersign/server/openapi'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

type Json = { readonly [name: string]: unknown }

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce((found, name) => (isJson(found) ? found[name] : undefined), value)

const document = documentOf({ server: 'http://localhost', version: '0' })
const ajv = new Ajv2020({ strict: false, validateFormats: false, schemas: [{ ...document, $id: 'document' }] })
const compiled = new Map<string, ValidateFunction>()

/** The document's path of a route: `/v1/approvals/:approval` is `/v1/approvals/{approval}`. */
export const pathOf = (url: string): string => url.replace(/:(\w+)/g, '{$1}')

const pointer = (text: string) => text.replaceAll('~', '~0').replaceAll('/', '~1')

/** Checks a body against the schema at a place in the document. */
function faultOf(path: string, method: string, status: string, type: string, body: unknown): string | null {
  const place = ['paths', path, method, 'responses', status, 'content', type, 'schema']
  const reference = `document#/${place.map((part) => encodeURIComponent(pointer(part))).join('/')}`
  const validate = compiled.get(reference) ?? ajv.compile({ $ref: reference })
  compiled.set(reference, validate)
  if (validate(body)) return null
  const [first] = validate.errors ?? []
  const said = JSON.stringify(body).slice(0, 200)
  return `answers ${said}: ${first?.instancePath ?? ''} ${first?.message ?? 'is not what the document says'}`
}

/** Routes that are no part of the document: pages, their files, OpenID Connect, and what the demo alone has. */
const isBeside = (path: string) =>
  /^\/(oidc|dev|sign-in-assets|\.well-known)(\/|$)/.test(path) ||
  path === '/sign-in/{signIn}' ||
  path === '/docs' ||
  path === '/openapi.json' ||
  path === '*' ||
  path === '/*'

/** Every route that a server has, beside those that are no part of the document: `get /v1/server`. */
export interface Contract {
  readonly routes: ReadonlySet<string>
  readonly faults: readonly string[]
}

const known = new Set(operations.map(({ method, path }) => `${method} ${path}`))

function judge(request: FastifyRequest, reply: FastifyReply, payload: unknown): string | null {
  const url = request.routeOptions.url
  const method = request.method.toLowerCase()
  const status = String(reply.statusCode)
  if (url === undefined || method === 'options' || method === 'head') return null
  const path = pathOf(url)
  if (isBeside(path)) return null
  if (!known.has(`${method} ${path}`)) return 'is a route that the document does not have'
  const answer = at(document, 'paths', path, method, 'responses', status)
  if (answer === undefined)
    return `answers ${status}, which the document does not name: ${String(payload).slice(0, 200)}`
  if (typeof payload !== 'string' || payload === '') return null
  const type = String(reply.getHeader('content-type')).split(';')[0] ?? ''
  if (at(answer, 'content', type) === undefined) return `answers ${status} as ${type}, which the document does not name`
  return faultOf(path, method, status, type, JSON.parse(payload))
}

/** Watches an application's answers. To be called before its routes are registered. */
export function holdToContract(app: FastifyInstance): Contract {
  const routes = new Set<string>()
  const faults: string[] = []
  app.addHook('onRoute', ({ method, url }) => {
    const path = pathOf(url)
    if (isBeside(path)) return
    for (const one of [method].flat()) {
      if (one !== 'HEAD' && one !== 'OPTIONS') routes.add(`${one.toLowerCase()} ${path}`)
    }
  })
  app.addHook('onSend', async (request, reply, payload) => {
    const fault = judge(request, reply, payload)
    if (fault !== null) faults.push(`${request.method} ${request.routeOptions.url} ${fault}`)
    return payload
  })
  return { routes, faults }
}

/** Takes every named schema of the document in. @throws Error where one is no JSON Schema, or refers to what is not there */
export function compileSchemas(): readonly string[] {
  const names = Object.keys(at(document, 'components', 'schemas') ?? {})
  for (const name of names) ajv.compile({ $ref: `document#/components/schemas/${name}` })
  return names
}

/** What the document names. */
export const documented: ReadonlySet<string> = known
