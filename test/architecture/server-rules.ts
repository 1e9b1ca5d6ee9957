/** The rules inside the server. Each gives one sentence for each fault, beginning with its place. */
import { posix } from 'node:path'
import type { Call, Source } from './source.ts'

const server = 'packages/server/src/'

/** Folders that are no features but the ground that features stand on: any of their files may be imported. */
const ground = ['db', 'platform']

/** The only files beside the folders that a feature may know. */
const rootFilesForAll = ['context.ts', 'config.ts']

/** The folder of the server that a file lies in; '' for the files that put the server together. */
function featureOf(path: string): string | null {
  if (!path.startsWith(server)) return null
  const parts = path.slice(server.length).split('/')
  return parts.length > 1 ? (parts[0] ?? '') : ''
}

interface Reach {
  readonly place: string
  readonly isTest: boolean
  readonly from: string
  readonly to: string
  /** The imported file inside that folder. */
  readonly file: string
}

/** Every import that crosses from one folder of the server to another. */
function reaches(sources: readonly Source[]): Reach[] {
  return sources.flatMap(({ path, isTest, imports }) =>
    imports.flatMap(({ specifier, line }) => {
      const from = featureOf(path)
      const target = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : ''
      const to = featureOf(target)
      if (from === null || to === null || from === to) return []
      return [
        {
          place: `${path}:${line}`,
          isTest,
          from,
          to,
          file: target.slice(server.length + (to === '' ? 0 : to.length + 1)),
        },
      ]
    }),
  )
}

/** Rule 2: a feature is reached through its `index.ts` alone. */
export function featuresByTheirFront(sources: readonly Source[]): string[] {
  return reaches(sources).flatMap(({ place, isTest, from, to, file }) => {
    if (to === '') {
      const puttingTogether = from === 'demo' || isTest
      return puttingTogether || rootFilesForAll.includes(file)
        ? []
        : [`${place} imports ${file}, which puts features together`]
    }
    if (ground.includes(to) || file === 'index.ts') return []
    return [`${place} imports ${to}/${file}; another feature is reached through ${to}/index.ts`]
  })
}

/** Rule 2: no feature needs another that needs the first, over any number of others. The ground is one piece. */
export function noCircles(sources: readonly Source[]): string[] {
  const needs = new Map<string, Set<string>>()
  for (const { from, to } of reaches(sources.filter(({ isTest }) => !isTest))) {
    const ofGround = ground.includes(from) && ground.includes(to)
    if (from !== '' && to !== '' && !ofGround) needs.set(from, (needs.get(from) ?? new Set()).add(to))
  }
  const faults = new Set<string>()
  const follow = (feature: string, trail: readonly string[]) => {
    const seenAt = trail.indexOf(feature)
    if (seenAt >= 0) {
      const circle = trail.slice(seenAt)
      const first = circle.indexOf([...circle].sort()[0] ?? '')
      const ordered = [...circle.slice(first), ...circle.slice(0, first)]
      faults.add(`${server}: ${[...ordered, ordered[0]].join(' → ')} is a circle`)
      return
    }
    for (const next of needs.get(feature) ?? []) follow(next, [...trail, feature])
  }
  for (const feature of needs.keys()) follow(feature, [])
  return [...faults]
}

const tableMethods = [
  ...['selectFrom', 'insertInto', 'replaceInto', 'updateTable', 'deleteFrom', 'mergeInto'],
  ...['innerJoin', 'leftJoin', 'rightJoin', 'fullJoin', 'crossJoin'],
]

/** Who owns which table, from the `Owner:` lines of db/schema.ts. */
function tableOwners(schema: string): ReadonlyMap<string, string> {
  const ownerOfType = new Map(
    [...schema.matchAll(/Owner: ([a-z-]+)[^*]*\*\/\s*export interface (\w+)/g)].map(([, owner = '', type = '']) => [
      type,
      owner,
    ]),
  )
  const tables = /export interface Schema \{([^}]*)\}/.exec(schema)?.[1] ?? ''
  return new Map(
    [...tables.matchAll(/(\w+): (\w+)/g)].map(([, table = '', type = '']) => [table, ownerOfType.get(type) ?? '']),
  )
}

/** Rule 2: each table has one owner, and only the owner's files name it. */
export function tablesByTheirOwner(sources: readonly Source[]): string[] {
  const schema = sources.find(({ path }) => path === `${server}db/schema.ts`)
  const owners = tableOwners(schema?.text ?? '')
  const unowned = [...owners]
    .filter(([, owner]) => owner === '')
    .map(([table]) => `${server}db/schema.ts: ${table} has no owner`)
  const foreign = sources
    .filter(({ path, isTest }) => !isTest && !['db', null].includes(featureOf(path)))
    .flatMap((source) => {
      const feature = featureOf(source.path)
      return tablesIn(source)
        .filter(({ table }) => owners.get(table) !== feature)
        .map(({ table, line }) => {
          const owner = owners.get(table)
          const why = owner === undefined ? 'which the schema does not name' : `which ${owner} owns`
          return `${source.path}:${line} uses the table ${table}, ${why}`
        })
    })
  return [...unowned, ...foreign]
}

function tablesIn({ calls, sql }: Source): { readonly table: string; readonly line: number }[] {
  const called = calls
    .filter(({ callee }) => tableMethods.includes(callee.split('.').at(-1) ?? ''))
    .flatMap(({ args, line }) => (args[0] ?? []).map((name) => ({ table: name.split(' as ')[0] ?? name, line })))
  const written = sql.flatMap(({ value, line }) =>
    [...value.matchAll(/\b(?:from|join|into|update)\s+([a-z_]+)/gi)].map(([, table = '']) => ({ table, line })),
  )
  return [...called, ...written]
}

/** What asks the system for the time, for randomness or for a turn later. */
const systemCalls = [
  ...['Date.now', 'performance.now', 'process.hrtime', 'process.hrtime.bigint'],
  ...[
    'Math.random',
    'crypto.getRandomValues',
    'crypto.randomUUID',
    'randomBytes',
    'randomInt',
    'randomUUID',
    'randomFill',
  ],
  ...['setTimeout', 'setInterval'],
]

function asksTheSystem({ callee, isNew, args }: Call): boolean {
  if (isNew && callee === 'Date') return args.length === 0
  return systemCalls.includes(callee.replace(/^(globalThis|webcrypto)\./, ''))
}

/** Rule 3: time, ids and randomness come in as values; only `platform/` asks the system. `protocol` asks nobody. */
export function systemThroughPlatform(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path, isTest }) => !isTest && (path.startsWith(server) || path.startsWith('packages/protocol/src/')))
    .filter(({ path }) => featureOf(path) !== 'platform')
    .flatMap(({ path, calls }) =>
      calls
        .filter(asksTheSystem)
        .map(
          ({ callee, line }) =>
            `${path}:${line} calls ${callee}; time and randomness come in as values, from platform/`,
        ),
    )
}

/** The edges where a value of unknown shape becomes one of ours: drivers, requests, the libraries' own types. */
const edges = /(\/db\/|\/platform\/|\/http\/|-adapter\.ts$|-routes\.ts$)/

/** Rule 4: after the edge, no `as`; and nowhere one that switches the types off. */
export function assertionsAtEdges(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path, isTest }) => path.startsWith(server) && !isTest)
    .flatMap(({ path, assertions }) =>
      assertions
        .filter(({ value }) => !edges.test(path) || ['any', 'unknown', 'never'].includes(value))
        .map(
          ({ value, line }) =>
            `${path}:${line} says "as ${value}"; parse it where it comes in, so that its type is known`,
        ),
    )
}

/** Rule 6: only these folders speak to the outside world; everybody else writes to the outbox. */
const outward = ['platform', 'http', 'sms', 'outbound', 'phone-app']

/** Rule 6: effects on the outside world leave through the outbox. */
export function effectsThroughOutbox(sources: readonly Source[]): string[] {
  const clients = ['node:http', 'node:https', 'node:http2', 'node:tls', 'undici']
  return sources
    .filter(({ path, isTest }) => path.startsWith(server) && !isTest)
    .filter(({ path }) => !outward.includes(featureOf(path) ?? ''))
    .flatMap(({ path, calls, imports }) => [
      ...calls
        .filter(({ callee }) => callee === 'fetch')
        .map(({ line }) => `${path}:${line} calls fetch; write to the outbox instead`),
      ...imports
        .filter(({ specifier }) => clients.includes(specifier))
        .map(({ specifier, line }) => `${path}:${line} imports ${specifier}; write to the outbox instead`),
    ])
}
