/** PURE: the OpenAPI 3.1 document of the server. */
import { type ErrorCode, errorStatus, headerNames } from '@countersign/protocol'
import * as z from 'zod/mini'
import { applicationOperations } from './application-operations.ts'
import { deviceOperations } from './device-operations.ts'
import { type Caller, type Operation, refusalsOf } from './operation.ts'
import { type SchemaName, schemas } from './schemas.ts'

export const operations: readonly Operation[] = [...applicationOperations, ...deviceOperations]

type Json = { readonly [name: string]: unknown }

const reference = (name: SchemaName): Json => ({ $ref: `#/components/schemas/${name}` })

// What JSON Schema cannot say (that a text is in NFC, that it shows nothing unseen) is left out of it, and judged all the same.
const jsonSchemaOf = (schema: z.ZodMiniType, io: 'input' | 'output' = 'output'): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}

const title = (code: ErrorCode) => code.replaceAll('_', ' ')

/** The problems of an operation, by status. */
function problemsOf(operation: Operation): Json {
  const byStatus = new Map<number, ErrorCode[]>()
  for (const code of refusalsOf(operation)) {
    const status = errorStatus[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return Object.fromEntries(
    [...byStatus]
      .toSorted(([a], [b]) => a - b)
      .map(([status, codes]) => [
        String(status),
        {
          description: codes.map(title).join('; '),
          content: {
            'application/problem+json': {
              schema: { allOf: [reference('Problem'), { properties: { code: { enum: codes } } }] },
            },
          },
        },
      ]),
  )
}

function answersOf({ answers, isStream = false }: Operation): Json {
  return Object.fromEntries(
    Object.entries(answers).map(([status, name]) => {
      if (name === null) return [status, { description: 'Done.' }]
      const type = isStream ? 'text/event-stream' : 'application/json'
      const schema = isStream
        ? { type: 'string', contentMediaType: 'application/json', contentSchema: reference(name) }
        : reference(name)
      return [
        status,
        { description: isStream ? 'Events, one for every change.' : 'Done.', content: { [type]: { schema } } },
      ]
    }),
  )
}

function parametersOf({ path, query, isOnce = false }: Operation): Json[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const properties = query === undefined ? {} : (jsonSchemaOf(query, 'input').properties ?? {})
  const inQuery = Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema }))
  const once = {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description: 'The same key gets the same answer for 24 hours, and nothing is done twice.',
    schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,200}$' },
  }
  return [...inPath, ...inQuery, ...(isOnce ? [once] : [])]
}

const securityOf: Readonly<Record<Caller, Json | null>> = {
  anyone: null,
  device: { signature: [] },
  application: { apiKey: [] },
  page: { pageToken: [] },
  browser: { signIn: [] },
}

const tagOf: Readonly<Record<Caller, string>> = {
  anyone: 'Server',
  device: 'Phones',
  application: 'Applications',
  page: 'Pages that wait',
  browser: 'Sign-in pages',
}

const operationObject = (operation: Operation): Json => {
  const { id, summary, description, callers, body } = operation
  const security = callers.map((caller) => securityOf[caller]).filter((one) => one !== null)
  return {
    operationId: id,
    summary,
    ...(description === undefined ? {} : { description }),
    tags: callers.map((caller) => tagOf[caller]),
    security,
    parameters: parametersOf(operation),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: reference(body) } } } }),
    responses: { ...answersOf(operation), ...problemsOf(operation) },
  }
}

const bearer = (description: string): Json => ({ type: 'http', scheme: 'bearer', description })

const securitySchemes: Json = {
  apiKey: bearer('An API key of an application (`countersign application key`): for back ends alone.'),
  pageToken: bearer(
    'The page token of one approval: it may watch, ask again, cancel, go offline and submit codes, never redeem.',
  ),
  signature: {
    type: 'apiKey',
    in: 'header',
    name: 'Signature',
    description: `A signature of the phone's key over the request (RFC 9421), with a nonce of the server's: docs/protocol.md, section 5. Beside it: Signature-Input, Content-Digest and ${headerNames.client}.`,
  },
  signIn: {
    type: 'apiKey',
    in: 'cookie',
    name: 'countersign_sign_in',
    description: 'The cookie of the browser that began the sign-in. Writes come from our own pages alone.',
  },
}

const bodies = new Set<string>(operations.flatMap(({ body }) => (body === undefined ? [] : [body])))

/** @param about what differs from one server to another */
export function documentOf(about: { readonly server: string; readonly version: string }): Json {
  const paths: Record<string, Record<string, Json>> = {}
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: operationObject(operation) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Countersign',
      version: about.version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description:
        'Approve logins, payments and other sensitive actions on a phone. Times are milliseconds since the epoch, refusals are problem details (RFC 9457) with a stable `code`. Logging in is OpenID Connect, described by `/.well-known/openid-configuration` and not here.',
    },
    servers: [{ url: about.server }],
    tags: Object.values(tagOf).map((name) => ({ name })),
    paths,
    components: {
      securitySchemes,
      schemas: Object.fromEntries(
        Object.entries(schemas).map(([name, schema]) => [
          name,
          jsonSchemaOf(schema, bodies.has(name) ? 'input' : 'output'),
        ]),
      ),
    },
  }
}
