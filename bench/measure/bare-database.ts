/**
 * A database driver alone, for statements that the server made: SQLite with one COMMIT and one `fdatasync` in the thread
 * pool for all who wait meanwhile, as the server has it; PostgreSQL with pools of the server's sizes.
 */
import { closeSync, fdatasync, openSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import pg from 'pg'
import { poolSize } from '../../packages/server/src/db/postgres.ts'
import type { Names } from './recorded.ts'
import type { RepeatableStatement, Step } from './statements.ts'

export interface BareDatabase {
  /** Does one step; resolves once it is durable. */
  step(step: Step, names: Names, passed: number): Promise<void>
  close(): Promise<void>
}

function connectSqlite(path: string, readOnly: boolean) {
  const database = new DatabaseSync(path, { readOnly })
  database.function('now_ms', () => BigInt(Date.now()))
  const prepared = new Map<string, StatementSync>()
  const prepare = (sql: string) => {
    const statement = prepared.get(sql) ?? database.prepare(sql)
    prepared.set(sql, statement)
    return statement
  }
  const run = ({ sql, answersRows, parametersOf }: RepeatableStatement, names: Names, passed: number) => {
    const parameters = parametersOf(names, passed) as SQLInputValue[]
    if (answersRows) prepare(sql).all(...parameters)
    else prepare(sql).run(...parameters)
  }
  return { database, run, exec: (sql: string) => prepare(sql).run() }
}

function openSqlite(path: string): BareDatabase {
  const writer = connectSqlite(path, false)
  writer.database.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma wal_autocheckpoint = 4000')
  writer.database.exec('select count(*) from accounts')
  const reader = connectSqlite(path, true)
  const log = openSync(`${path}-wal`, 'r+')
  const synced = () => new Promise<void>((resolve) => fdatasync(log, () => resolve()))
  let waiting: (() => () => void)[] = []
  let isBusy = false
  const commitAll = async () => {
    isBusy = true
    while (waiting.length > 0) {
      await new Promise((resolve) => setImmediate(resolve))
      const members = waiting
      waiting = []
      writer.exec('begin immediate')
      const told = members.map((member) => member())
      writer.exec('commit')
      await synced()
      for (const tell of told) tell()
    }
    isBusy = false
  }
  return {
    step(step, names, passed) {
      if (step.kind === 'read') {
        reader.run(step.statement, names, passed)
        return Promise.resolve()
      }
      return new Promise((resolve) => {
        waiting.push(() => {
          writer.exec('savepoint member')
          for (const statement of step.statements) writer.run(statement, names, passed)
          writer.exec('release member')
          return resolve
        })
        if (!isBusy) void commitAll()
      })
    },
    async close() {
      reader.database.close()
      writer.database.close()
      closeSync(log)
    },
  }
}

function openPostgres(url: string): BareDatabase {
  // The server's readers each send many statements at once; these wait for one answer at a time, and are twice as many.
  const readers = new pg.Pool({ connectionString: url, max: 2 * poolSize.read })
  const writers = new pg.Pool({ connectionString: url, max: poolSize.write })
  const queryOf = ({ sql, name, parametersOf }: RepeatableStatement, names: Names, passed: number) => ({
    text: sql,
    values: parametersOf(names, passed),
    ...(name === null ? {} : { name }),
  })
  return {
    async step(step, names, passed) {
      if (step.kind === 'read') {
        await readers.query(queryOf(step.statement, names, passed))
        return
      }
      const client = await writers.connect()
      await client.query('begin')
      for (const statement of step.statements) await client.query(queryOf(statement, names, passed))
      await client.query('commit')
      client.release()
    },
    async close() {
      await Promise.all([readers.end(), writers.end()])
    },
  }
}

/** Opens what a server has left behind at this URL. */
export const openBareDatabase = (url: string): BareDatabase =>
  url.startsWith('sqlite:') ? openSqlite(url.slice('sqlite:'.length)) : openPostgres(url)
