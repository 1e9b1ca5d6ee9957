/** Everything that is written down anywhere while a person signs in: logs, rows, addresses, what browsers keep. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { DatabaseSync } from 'node:sqlite'
import { Writable } from 'node:stream'
import type { Context } from '@countersign/server'
import type { BrowserContext, Page } from 'playwright-core'
import { vi } from 'vitest'

/** Where something was found written. */
export type Place = 'log' | 'database' | 'address' | 'browser'

/** A text, and everything that stands in it as hexadecimal or base64url, read as text too. */
function withDecoded(text: string): string {
  const hex = text.match(/(?:[0-9a-f]{2}){8,}/gi) ?? []
  const base64 = text.match(/[\w+/-]{16,}/g) ?? []
  const decoded = [
    ...hex.map((found) => Buffer.from(found, 'hex')),
    ...base64.map((found) => Buffer.from(found.replaceAll('+', '-').replaceAll('/', '_'), 'base64url')),
  ]
  return [text, ...decoded.map((bytes) => bytes.toString('latin1'))].join('\n')
}

/** What was written, each text once. */
export class WrittenDown {
  readonly #texts = new Map<Place, Set<string>>()

  add(place: Place, text: string): void {
    const known = this.#texts.get(place) ?? new Set()
    known.add(text)
    this.#texts.set(place, known)
  }

  in(place: Place): string[] {
    return [...(this.#texts.get(place) ?? [])]
  }

  /** All of a place in one text, with what is encoded in it. */
  allIn(place: Place): string {
    return this.in(place).map(withDecoded).join('\n')
  }

  /** A stream whose lines are kept as log. */
  log(): Writable {
    return new Writable({
      write: (chunk, _encoding, done) => {
        this.add('log', String(chunk))
        done()
      },
    })
  }
}

/** Every row of every table, as text; bytes as hexadecimal. */
function dump(file: DatabaseSync): string[] {
  const tables = file.prepare("select name from sqlite_master where type = 'table'").all()
  return tables.flatMap(({ name }) =>
    file
      .prepare(`select * from ${name}`)
      .all()
      .map((row) => {
        const values = Object.values(row).map((value) =>
          value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
        )
        return `${name} ${JSON.stringify(values)}`
      }),
  )
}

/** Looks at the whole database, a file of SQLite, after every write, so that what is there for a moment is seen too. */
export function watchDatabase(context: Context, path: string, written: WrittenDown): void {
  const file = new DatabaseSync(path, { readOnly: true })
  const { write } = context.db
  vi.spyOn(context.db, 'write').mockImplementation(async (work) => {
    const result = await write(work)
    for (const row of dump(file)) written.add('database', row)
    return result
  })
}

const requestIn = (message: unknown): { url: string; headers: Record<string, unknown> } => {
  const { request } = Object(message)
  return { url: String(request.url), headers: Object(request.headers) }
}

/** Keeps the address of every request that a server of this process gets, with where it says that it comes from. */
export function watchServers(written: WrittenDown): () => void {
  const onRequest = (message: unknown) => {
    const { url, headers } = requestIn(message)
    written.add('address', `${headers.host}${url}`)
    if (headers.referer !== undefined) written.add('address', String(headers.referer))
  }
  subscribe('http.server.request.start', onRequest)
  return () => unsubscribe('http.server.request.start', onRequest)
}

/** Keeps every address that a browser asks for or shows, and what its pages say to the console. */
export function watchBrowser(context: BrowserContext, written: WrittenDown): void {
  context.on('request', (request) => written.add('address', request.url()))
  context.on('console', (message) => written.add('log', message.text()))
  const watchPage = (page: Page) => page.on('framenavigated', (frame) => written.add('address', frame.url()))
  for (const page of context.pages()) watchPage(page)
  context.on('page', watchPage)
}

/** All that the page's origin keeps in this browser, but for cookies; keys that cannot be exported are named. */
export function keptBy(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
    const said = (value: unknown): unknown => {
      if (value instanceof CryptoKey) return `${value.type} key, extractable=${value.extractable}`
      if (value instanceof ArrayBuffer) return hex(new Uint8Array(value))
      if (ArrayBuffer.isView(value)) return hex(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
      if (Array.isArray(value)) return value.map(said)
      if (typeof value !== 'object' || value === null || value instanceof Date) return value
      return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, said(member)]))
    }
    const settled = <Result>(request: IDBRequest<Result>) =>
      new Promise<Result>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    const databases: unknown[] = []
    for (const { name } of await indexedDB.databases()) {
      const database = await settled(indexedDB.open(name ?? ''))
      for (const store of database.objectStoreNames) {
        const reading = database.transaction(store).objectStore(store)
        const [keys, values] = await Promise.all([settled(reading.getAllKeys()), settled(reading.getAll())])
        databases.push({ name, store, keys: keys.map(said), values: values.map(said) })
      }
      database.close()
    }
    const caches: unknown[] = []
    for (const name of await globalThis.caches.keys()) {
      const cache = await globalThis.caches.open(name)
      for (const request of await cache.keys()) {
        const answer = await cache.match(request)
        const isText = /json|html/.test(answer?.headers.get('content-type') ?? '')
        caches.push([name, request.url, isText ? await answer?.text() : null])
      }
    }
    return JSON.stringify({
      databases,
      caches,
      local: { ...localStorage },
      session: { ...sessionStorage },
      history: history.state,
      name: window.name,
      cookie: document.cookie,
    })
  })
}
