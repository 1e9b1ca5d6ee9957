/**
 * The API against its own document: every route is in it and no other; every answer that a test gets is as it says (the
 * testkit's worlds see to that); and what is sent in its name, valid or hostile, gets an answer that it names, never a fault.
 */
import { startLinking } from '@countersign/device'
import { documentOf, operations } from '@countersign/server/openapi'
import { startWorld, type World } from '@countersign/testkit'
import { compileSchemas, documented } from '@countersign/testkit/contract'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

const document = documentOf({ server: 'https://id.example.com', version: '1.0.0' })

type Json = { readonly [name: string]: unknown }
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce((found, name) => (isJson(found) ? found[name] : undefined), value)

describe('the document', () => {
  test('names every route of the server, and no other', () => {
    expect([...world.contract.routes].toSorted()).toEqual([...documented].toSorted())
  })

  test('is served as it is made, and shown as a page that needs no script', async () => {
    const served = await fetch(`${world.config.issuer}/openapi.json`)
    expect(served.headers.get('content-type')).toContain('application/json')
    expect(await served.json()).toMatchObject({ openapi: '3.1.0', servers: [{ url: world.config.issuer }] })
    const page = await fetch(`${world.config.issuer}/docs`)
    const html = await page.text()
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'nonce-/)
    for (const { id, path } of operations) {
      expect(html).toContain(`id="${id}"`)
      expect(html).toContain(path)
    }
    expect(html).not.toMatch(/<script|javascript:|\son\w+=/)
  })

  test('has schemas that a validator takes, no dangling reference, and an id for each operation', () => {
    const names = compileSchemas()
    const text = JSON.stringify(document)
    for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) expect(names).toContain(name)
    const ids = operations.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

const secrets = { key: '', page: '', approval: '', account: '' }

/** An account with a phone, and an approval that waits, for what is sent to be about something. */
async function prepare(): Promise<void> {
  const anna = await world.addAccount('Anna')
  const phone = await world.linkPhone(anna)
  const { context } = world.running
  const { id } = phone.stored.account
  await context.db.write((transaction) =>
    transaction
      .insertInto('relations')
      .values({ application_id: world.application.id, account_id: id, external_id: 'anna' })
      .execute(),
  )
  secrets.key = world.application.apiKey
  secrets.account = id
  const send = (method: string, path: string, body: object) =>
    fetch(world.config.issuer + path, {
      method,
      headers: { authorization: `Bearer ${secrets.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const fields = { note: { type: 'text', maximum_length: 40 } }
  const lines = [{ label: { sv: 'Text', en: 'Text' }, field: 'note' }]
  const headline = { sv: 'Gör det', en: 'Do it' }
  await send('PUT', '/v1/templates/thing.do', { binding: 'plain', fields, headline, lines })
  const started = await send('POST', '/v1/approvals', startBody)
  const answer: unknown = await started.json()
  secrets.approval = String(at(answer, 'approval', 'id'))
  secrets.page = String(at(answer, 'page_token'))
}

const startBody = {
  account: { external_id: 'anna' },
  action: 'thing.do',
  data: { note: 'this' },
  context: { place: null, browser: null },
  session: 'one',
}

const hostileTexts = [
  '',
  '\0',
  '\u202e',
  '<script>alert(1)</script>',
  "' or 1=1 --",
  '%{jndi:ldap://x}',
  '../../etc/passwd',
  '%00',
  '\ud800',
  'a'.repeat(5_000),
  '__proto__',
  'constructor',
  '９９９',
  'apr_AAAAAAAAAAAAAAAAAAAAAA',
  'acc_AAAAAAAAAAAAAAAAAAAAAA',
]
const hostile = fc.oneof(
  fc.constantFrom<unknown>(...hostileTexts),
  fc.constantFrom<unknown>(null, true, -1, 0, 1e308, Number.MAX_SAFE_INTEGER + 1, [], {}, [[[[[[]]]]]]),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.json().map((text): unknown => JSON.parse(text)),
)

/** A value that a schema of the document takes, more or less. */
function valueFor(schema: unknown, depth = 0): fc.Arbitrary<unknown> {
  if (!isJson(schema) || depth > 6) return hostile
  if (typeof schema.$ref === 'string') return valueFor(at(document, ...schema.$ref.slice(2).split('/')), depth + 1)
  if ('const' in schema) return fc.constant(schema.const)
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum)
  const variants = schema.anyOf ?? schema.oneOf
  if (Array.isArray(variants)) return fc.oneof(...variants.map((variant) => valueFor(variant, depth + 1)))
  switch (schema.type) {
    case 'object': {
      const properties = isJson(schema.properties) ? schema.properties : {}
      const names = Object.keys(properties)
      if (names.length === 0)
        return fc.dictionary(fc.constantFrom('note', 'amount', '__proto__', 'x'), hostile, { maxKeys: 3 })
      return fc.record(Object.fromEntries(names.map((name) => [name, valueFor(properties[name], depth + 1)])))
    }
    case 'array':
      return fc.array(valueFor(schema.items, depth + 1), { maxLength: 3 })
    case 'string':
      return typeof schema.pattern === 'string' && schema.pattern.length < 120
        ? fc.stringMatching(new RegExp(schema.pattern))
        : fc.string({ maxLength: 30 })
    case 'integer':
    case 'number':
      return fc.integer({ min: 0, max: 100 })
    case 'boolean':
      return fc.boolean()
    default:
      return hostile
  }
}

/** The value with one of its members gone, replaced by something hostile, or one too many. */
const spoiled = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(value, fc.nat(), fc.constantFrom('drop', 'replace', 'add', 'whole'), hostile)
    .map(([given, nth, how, other]) => {
      if (!isJson(given) || how === 'whole') return other
      const names = Object.keys(given)
      const name = names[nth % Math.max(1, names.length)] ?? 'x'
      if (how === 'drop') return Object.fromEntries(Object.entries(given).filter(([key]) => key !== name))
      return { ...given, [how === 'add' ? 'unexpected' : name]: other }
    })

const tokens = () => [
  secrets.key,
  secrets.page,
  'csk_',
  `csk_${'a'.repeat(12)}_${'A'.repeat(43)}`,
  'x',
  `cpt_${'A'.repeat(43)}`,
]

const parameters: Readonly<Record<string, () => readonly string[]>> = {
  approval: () => [secrets.approval, 'apr_AAAAAAAAAAAAAAAAAAAAAA'],
  account: () => ['anna', 'nobody', 'new'],
  action: () => ['thing.do', 'login', 'other'],
}

interface Sent {
  readonly operation: (typeof operations)[number]
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

const anything = fc.oneof(
  { weight: 4, arbitrary: fc.constant<string | null>(null) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<string | null>(...hostileTexts.filter((text) => text !== '' && text.isWellFormed())),
  },
)

const sent: fc.Arbitrary<Sent> = fc.constantFrom(...operations).chain((operation) => {
  const schema = operation.body === undefined ? null : at(document, 'components', 'schemas', operation.body)
  const json = schema === null ? fc.constant(null) : fc.oneof(valueFor(schema), spoiled(valueFor(schema)))
  const body = fc.oneof(
    { weight: 8, arbitrary: json.map((value) => (value === null ? null : JSON.stringify(value))) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '{',
        '',
        'null',
        '"text"',
        '[]',
        `{"a":${'['.repeat(2_000)}`,
        `"${'a'.repeat(40_000)}"`,
      ),
    },
  )
  return fc
    .record({
      body,
      nth: fc.nat(),
      wild: anything,
      token: fc.nat(),
      origin: fc.constantFrom(null, 'http://localhost:4999', 'https://evil.example', 'null', '::'),
      type: fc.constantFrom('application/json', 'application/json', 'text/plain', 'application/json; charset=utf-16'),
      key: fc.constantFrom(null, 'a', 'b', ' ', 'ö', 'x'.repeat(300)),
      query: fc.constantFrom(
        '',
        '',
        '?limit=0',
        '?cursor=x',
        '?wait=0&after=x',
        '?wait=NaN',
        '?%',
        '?a[]=1',
        '?state=pending&limit=2',
      ),
    })
    .map(({ body, nth, wild, token, origin, type, key, query }): Sent => {
      const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => {
        const given = wild ?? parameters[name]?.()[nth % (parameters[name]?.().length ?? 1)] ?? 'x'
        return encodeURIComponent(given)
      })
      const all = tokens()
      return {
        operation,
        path: path + query,
        headers: {
          authorization: `Bearer ${all[token % all.length]}`,
          ...(body === null ? {} : { 'content-type': type }),
          ...(origin === null ? {} : { origin }),
          ...(key === null || !/^[\x20-\x7e]*$/.test(key) ? {} : { 'idempotency-key': key }),
        },
        body: operation.method === 'get' ? null : body,
      }
    })
})

async function send({
  operation,
  path,
  headers,
  body,
}: Sent): Promise<{ status: number; text: string; headers: Headers }> {
  const stop = new AbortController()
  const request = { method: operation.method.toUpperCase(), headers, body, signal: stop.signal }
  const ask = () => fetch(world.config.issuer + path, request)
  // A body that is too large is refused while it is still being sent: the answer may be lost with the connection.
  const answer = await ask().catch(ask)
  const isStream = answer.headers.get('content-type')?.startsWith('text/event-stream') ?? false
  const text = isStream ? '' : await answer.text()
  stop.abort()
  return { status: answer.status, text, headers: answer.headers }
}

const runs = Number(process.env.CONTRACT_RUNS ?? 1_500)

test(`whatever is sent, ${runs} times, gets an answer that the document names`, { timeout: 120_000 }, async () => {
  await prepare()
  const statuses = new Map<number, number>()
  await fc.assert(
    fc.asyncProperty(sent, async (one) => {
      const { status, text, headers } = await send(one)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      expect(status).not.toBe(500)
      expect(at(document, 'paths', one.operation.path, one.operation.method, 'responses', String(status))).toBeDefined()
      expect(text).not.toMatch(/\.ts:\d+|node_modules|at .*\(.*:\d+:\d+\)|SQLITE|select \*/i)
      // abuse-52: every answer, whatever it is.
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(world.contract.faults).toEqual([])
    }),
    { numRuns: runs },
  )
  // It was not all refused at the door.
  expect([...statuses.keys()].toSorted()).toEqual(expect.arrayContaining([200, 400, 401, 404]))
})

test('a phone that is no phone gets nowhere, and is answered as the document says', async () => {
  const linking = startLinking({
    apiUrl: world.config.issuer,
    email: 'nobody@example.com',
    password: 'wrong',
    deviceName: 'Telefon',
    locale: 'sv',
    platform: 'virtual',
    appVersion: '0.1.0',
  })
  await expect(linking).rejects.toMatchObject({ code: 'link_failed' })
  expect(world.contract.faults).toEqual([])
})
