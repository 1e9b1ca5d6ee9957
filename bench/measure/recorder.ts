/**
 * Writes down every statement that goes to a database driver of this process, so that it can be done again without
 * anything above the driver.
 */
import { DatabaseSync, StatementSync } from 'node:sqlite'
import pg from 'pg'
import type { RecordedStatement } from './recorded.ts'

const recorded: RecordedStatement[] = []
const connections = new WeakMap<object, number>()
let lastConnection = 0

function connectionOf(connection: object): number {
  const number = connections.get(connection) ?? ++lastConnection
  connections.set(connection, number)
  return number
}

function recordSqlite(): void {
  const databases = new WeakMap<StatementSync, DatabaseSync>()
  const { prepare, exec } = DatabaseSync.prototype
  const { all, run } = StatementSync.prototype
  DatabaseSync.prototype.prepare = function recordedPrepare(...args) {
    const statement = prepare.apply(this, args)
    databases.set(statement, this)
    return statement
  }
  DatabaseSync.prototype.exec = function recordedExec(sql) {
    recorded.push({ connection: connectionOf(this), sql, parameters: [], name: null, answersRows: false })
    exec.call(this, sql)
  }
  const note = (statement: StatementSync, parameters: readonly unknown[], answersRows: boolean) => {
    const database = databases.get(statement)
    if (database === undefined) return
    recorded.push({ connection: connectionOf(database), sql: statement.sourceSQL, parameters, name: null, answersRows })
  }
  Object.assign(StatementSync.prototype, {
    all(this: StatementSync, ...parameters: Parameters<typeof all>) {
      note(this, parameters, true)
      return all.apply(this, parameters)
    },
    run(this: StatementSync, ...parameters: Parameters<typeof run>) {
      note(this, parameters, false)
      return run.apply(this, parameters)
    },
  })
}

function recordPostgres(): void {
  const { query } = pg.Client.prototype
  Object.assign(pg.Client.prototype, {
    query(this: pg.Client, ...args: readonly unknown[]) {
      const [asked, values] = args
      const { text, values: own, name } = askedOf(asked)
      recorded.push({
        connection: connectionOf(this),
        sql: text,
        parameters: own ?? (Array.isArray(values) ? values : []),
        name: name ?? null,
        answersRows: true,
      })
      return Reflect.apply(query, this, args)
    },
  })
}

interface AskedQuery {
  readonly text: string
  readonly values?: readonly unknown[]
  readonly name?: string
}

const isAskedQuery = (asked: unknown): asked is AskedQuery =>
  typeof asked === 'object' && asked !== null && 'text' in asked && typeof asked.text === 'string'

const askedOf = (asked: unknown): AskedQuery => (isAskedQuery(asked) ? asked : { text: String(asked) })

/** Records from now on. */
export function startRecording(): void {
  recordSqlite()
  recordPostgres()
}

/** What was recorded since the last time. */
export const takeRecorded = (): RecordedStatement[] => recorded.splice(0)
