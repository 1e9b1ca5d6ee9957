/**
 * Kysely on `node:sqlite`, one connection. A transaction of Kysely's is a savepoint within the transaction that
 * `group-commit.ts` has opened.
 *
 * As on PostgreSQL, a transaction in which a statement has failed takes no further ones and cannot be committed, so
 * that what works on one database works on the other.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
} from 'kysely'
import { LocklessSqliteCompiler } from './locks.ts'

/** Statements kept prepared. Our statements are few; only lists of values of ever other lengths make more. */
const statementsKept = 500

class SqliteConnection implements DatabaseConnection {
  readonly #database: DatabaseSync
  readonly #prepared = new Map<string, { statement: StatementSync; answersRows: boolean }>()
  #inSavepoint = false
  #failed = false

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    this.#refuseIfFailed()
    try {
      const { statement, answersRows } = this.#prepare(query.sql)
      const parameters = query.parameters as readonly SQLInputValue[]
      if (answersRows) return { rows: statement.all(...parameters) as Row[] }
      return { rows: [], numAffectedRows: BigInt(statement.run(...parameters).changes) }
    } catch (error) {
      this.#failed = this.#inSavepoint
      throw error
    }
  }

  streamQuery(): never {
    throw new Error('Rows are not streamed: SQLite answers at once.')
  }

  begin(): void {
    this.#database.exec('savepoint member')
    this.#inSavepoint = true
    this.#failed = false
  }

  commit(): void {
    this.#refuseIfFailed()
    this.#database.exec('release member')
    this.#inSavepoint = false
  }

  rollback(): void {
    this.#inSavepoint = false
    this.#failed = false
    // Some errors (a full disk, a failed write) end the outer transaction, and every savepoint with it.
    if (this.#database.isTransaction) this.#database.exec('rollback to member; release member')
  }

  #refuseIfFailed(): void {
    if (this.#failed) throw new Error('A statement of this transaction has failed: it can only be rolled back.')
  }

  #prepare(sql: string) {
    const known = this.#prepared.get(sql)
    if (known) return known
    if (this.#prepared.size >= statementsKept) this.#prepared.clear()
    const statement = this.#database.prepare(sql)
    const prepared = { statement, answersRows: statement.columns().length > 0 }
    this.#prepared.set(sql, prepared)
    return prepared
  }
}

class SqliteDriver implements Driver {
  readonly #connection: SqliteConnection

  constructor(database: DatabaseSync) {
    this.#connection = new SqliteConnection(database)
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<SqliteConnection> {
    return this.#connection
  }

  async beginTransaction(connection: SqliteConnection): Promise<void> {
    connection.begin()
  }

  async commitTransaction(connection: SqliteConnection): Promise<void> {
    connection.commit()
  }

  async rollbackTransaction(connection: SqliteConnection): Promise<void> {
    connection.rollback()
  }

  async releaseConnection(): Promise<void> {}

  /** The connection is closed by whoever opened it. */
  async destroy(): Promise<void> {}
}

/** Kysely's dialect for one open connection. */
export const sqliteDialect = (database: DatabaseSync): Dialect => ({
  createDriver: () => new SqliteDriver(database),
  createQueryCompiler: () => new LocklessSqliteCompiler(),
  createAdapter: () => new SqliteAdapter(),
  createIntrospector: (kysely) => new SqliteIntrospector(kysely),
})
