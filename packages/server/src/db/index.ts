/**
 * The database: `read` and `write`, and nothing else; no other code sees a connection.
 *
 * Owns the schema, its migrations and what is different between SQLite and PostgreSQL. Promises that a `write` which
 * resolved is durable, that nobody reads what is not, and that both databases behave alike (`database.test.ts` runs on
 * both). Must never hold a rule of a feature: each table's statements are in the feature that owns it.
 *
 * Functions of a store take a `Query` or a `Transaction`, never a `Database`, so that a use case opens one transaction
 * and hands it down. A `read` or `write` within another one is refused where it is called: it would wait for itself.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { type RawBuilder, sql } from 'kysely'
import type { Clock } from '../platform/clock.ts'
import { DatabaseUnavailable } from './errors.ts'
import { prepareSelect } from './prepared.ts'
import { openSqlite } from './sqlite.ts'
import type { Query, Store } from './store.ts'

export { DatabaseTooNew, DatabaseUnavailable, DatabaseUnusable, DataDirectoryUnwritable } from './errors.ts'
export { forShare, forUpdate } from './locks.ts'
export { prepareChange, prepareSelect } from './prepared.ts'
export type * from './schema.ts'
export type { Query, Transaction } from './store.ts'

/** `read` and `write` throw what their work throws, and `DatabaseUnavailable`. */
export type Database = Omit<Store, 'isUnavailable'>

/**
 * Opens the database and brings it to the schema of this version.
 *
 * `url` is `sqlite:/path/to/file.db`, `sqlite::memory:` (tests) or `postgres://…`. `clock` is what `now_ms()` says; on
 * PostgreSQL the system's clock is the database's own.
 *
 * Throws `DatabaseTooNew`, `DataDirectoryUnwritable` or `DatabaseUnusable`, each with a sentence for the operator.
 */
export async function openDatabase({ url, clock }: { url: string; clock: Clock }): Promise<Database> {
  const [scheme, rest] = [url.slice(0, url.indexOf(':')), url.slice(url.indexOf(':') + 1)]
  return guard(scheme === 'sqlite' ? await openSqlite(rest, clock) : await openPostgres(url, clock))
}

/** Its driver is loaded when asked for: a start on SQLite does without it. */
const openPostgres = async (url: string, clock: Clock): Promise<Store> =>
  (await import('./postgres.ts')).openPostgres(url, clock)

/** The database's clock in milliseconds, as a part of a statement. It moves within a transaction. */
export const now_ms = (): RawBuilder<number> => sql<number>`now_ms()`

const theTime = prepareSelect((query) => query.selectNoFrom(now_ms().as('now')))

/** The database's clock in milliseconds. */
export async function nowMs(query: Query): Promise<number> {
  return (await theTime.one(query, {})).now
}

/** Refuses what would wait for itself and what comes after `close`, which waits for what is under way. */
function guard(store: Store): Database {
  const current = new AsyncLocalStorage<{ open: boolean }>()
  const underWay = new Set<Promise<unknown>>()
  let closed: Promise<void> | null = null

  /** Marks `work` as being within a read or write until it has ended. */
  const scoped =
    <Given, T>(work: Work<Given, T>): Work<Given, T> =>
    async (given) => {
      const scope = { open: true }
      try {
        return await current.run(scope, () => work(given))
      } finally {
        // What was started in it and is still running (a timer, a stream) may use the database from now on.
        scope.open = false
      }
    }

  const run = async <Given, T>(begin: (work: Work<Given, T>) => Promise<T>, work: Work<Given, T>): Promise<T> => {
    if (closed) throw new DatabaseUnavailable()
    if (current.getStore()?.open) {
      throw new Error('The database was used within a read or write: use what that one was given.')
    }
    const running = begin(scoped(work))
    underWay.add(running)
    try {
      return await running
    } catch (error) {
      throw store.isUnavailable(error) ? new DatabaseUnavailable(error) : error
    } finally {
      underWay.delete(running)
    }
  }

  return {
    kind: store.kind,
    read: (work) => run(store.read, work),
    write: (work) => run(store.write, work),
    close() {
      closed ??= Promise.allSettled(underWay).then(() => store.close())
      return closed
    },
  }
}

type Work<Given, T> = (given: Given) => Promise<T>
