/**
 * One connection of `node:sqlite`. A transaction of ours is a savepoint within the one that `group-commit.ts` has opened.
 *
 * As on PostgreSQL, a transaction in which a statement has failed takes no further ones and cannot be committed, so
 * that what works on one database works on the other.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { type CompiledQuery, type QueryResult, SqliteAdapter, SqliteIntrospector } from 'kysely'
import { LocklessSqliteCompiler } from './locks.ts'
import { wordsOf } from './statements.ts'

/** Statements kept prepared. Our statements are few; only lists of values of ever other lengths make more. */
const statementsKept = 500

/** SQLite, as Kysely has it, but for row locks. */
export const sqliteStatementWords = wordsOf({
  createAdapter: () => new SqliteAdapter(),
  createQueryCompiler: () => new LocklessSqliteCompiler(),
  createIntrospector: (kysely) => new SqliteIntrospector(kysely),
})

export class SqliteConnection {
  readonly #database: DatabaseSync
  readonly #prepared = new Map<string, { statement: StatementSync; answersRows: boolean }>()
  #inSavepoint = false
  #failed = false

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  async run<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
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

  begin(): void {
    this.#prepare('savepoint member').statement.run()
    this.#inSavepoint = true
    this.#failed = false
  }

  commit(): void {
    this.#refuseIfFailed()
    this.#prepare('release member').statement.run()
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
