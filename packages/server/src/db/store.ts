/** What a kind of database has to give; `index.ts` guards it and hands it out as `Database`. */
import type { Kysely, Transaction as KyselyTransaction } from 'kysely'
import type { Schema } from './schema.ts'

/**
 * Selects, and nothing else. Each statement sees all that was committed before it; two statements are not one
 * snapshot, so what must agree is asked in one statement, or in a write. A `Transaction` is also a `Query`.
 */
export type Query = Pick<Kysely<Schema>, 'selectFrom' | 'selectNoFrom' | 'fn' | 'case'>

/** One transaction (READ COMMITTED). A statement that fails ends it, also where the error is caught. */
export type Transaction = KyselyTransaction<Schema>

export interface Store {
  readonly kind: 'sqlite' | 'postgres'
  /** Runs selects. They see all that is committed and nothing else. */
  readonly read: <T>(work: (query: Query) => Promise<T>) => Promise<T>
  /**
   * Runs `work` in a transaction and resolves with its result once that is durable; when it throws, nothing was done.
   *
   * `work` awaits nothing but its own statements (crypto is done before), and has no other effect: it may be run
   * again when PostgreSQL ended it for a deadlock.
   */
  readonly write: <T>(work: (transaction: Transaction) => Promise<T>) => Promise<T>
  /** Whether an error says that the database does not work now, rather than something about the statement. */
  readonly isUnavailable: (error: unknown) => boolean
  /** Takes nothing new, waits for what is under way, then closes. */
  readonly close: () => Promise<void>
}
