/** The database on PostgreSQL. */
import {
  type CompiledQuery,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type Transaction,
} from 'kysely'
import pg from 'pg'
import type { Clock } from '../platform/clock.ts'
import { DatabaseTooNew, DatabaseUnusable } from './errors.ts'
import { migrate } from './migrate.ts'
import { postgresWords } from './migrations/migration.ts'
import { createReaders } from './postgres-readers.ts'
import type { Schema } from './schema.ts'
import { readingBy, transactionBy, wordsOf } from './statements.ts'
import type { Store } from './store.ts'

/** Connections of one process. Reads have their own, so that waiting writes do not starve them. */
export const poolSize = { read: 4, write: 16 }
/** How long to wait for a connection, in milliseconds. */
const connectionTimeout = 10_000
/** How often a write is run at most, when PostgreSQL ends it in favour of another one. */
const tries = 5
/**
 * serialization_failure, deadlock_detected, and invalid_sql_statement_name, which befalls what was sent right behind the
 * first use of a statement that failed: nothing was done, and the same may succeed now.
 */
const worthAnotherTry = new Set(['40001', '40P01', '26000'])
/** The advisory lock under which the schema changes. A number of ours, with no other meaning. */
const migrationLock = 7_302_615_849_201

/** Opens and migrates the database at `url`, a connection URI. */
export async function openPostgres(url: string, clock: Clock): Promise<Store> {
  const writers = createPool(url, poolSize.write)
  const readOnly = { ...connectionTo(url), options: '-c default_transaction_read_only=on' }
  const readers = createReaders(readOnly, poolSize.read, isOutdated)
  const close = async () => {
    await Promise.all([readers.close(), writers.end()])
  }
  try {
    await inTransaction(writers, async (client, begun) => {
      await begun
      await migratePostgres(client)
    })
    await clock.onMove?.(await testClockOf(writers))
  } catch (error) {
    await close()
    throw error instanceof DatabaseTooNew ? error : new DatabaseUnusable('on PostgreSQL', error)
  }
  const query = readingBy(words, (statement) => tryAgain(async () => toResult(await readers.run(asSent(statement)))))
  return {
    kind: 'postgres',
    read: (work) => work(query),
    write: (work) => tryAgain(() => inTransaction(writers, (client, begun) => workOn(client, begun, work))),
    isUnavailable,
    close,
  }
}

/**
 * Classes of PostgreSQL's error codes (appendix A of its manual): connection exception, insufficient resources,
 * operator intervention, read-only transaction (a standby that was not promoted), a deadlock at the last try; then the
 * system's own.
 */
const unavailableCodes =
  /^(08...|53...|57P..|57014|25006|40001|40P01|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOENT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/
/** What the driver says without a code, on a connection that was cut or could not be had. */
const unavailableMessages = /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered)/

const isUnavailable = (error: unknown): boolean =>
  error instanceof Error &&
  (unavailableMessages.test(error.message) || ('code' in error && unavailableCodes.test(String(error.code))))

const connectionTo = (connectionString: string): pg.ClientConfig => ({
  connectionString,
  application_name: 'countersign',
  connectionTimeoutMillis: connectionTimeout,
  types: { getTypeParser: parserOf },
})

function createPool(url: string, max: number): pg.Pool {
  const pool = new pg.Pool({ ...connectionTo(url), max, pipeline: true })
  // A connection that is cut, idle or between two statements, says so in an event that would end the process unheard.
  // The pool replaces it; whoever was using it is told by the next statement.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

/** The types that PostgreSQL's driver would give us otherwise than SQLite's. */
function parserOf(type: number, format?: 'text' | 'binary') {
  if (type === pg.types.builtins.INT8) return parseInteger
  if (type === pg.types.builtins.BYTEA) return parseBytes
  return pg.types.getTypeParser(type, format)
}

function parseInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError('The database holds an integer that JavaScript does not.')
  return value
}

/** `bytea` in text format: `\x` and hex digits. */
function parseBytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.slice(2), 'hex'))
}

/** `work` is given the connection before its transaction has begun, and must change nothing until `begun` resolves. */
async function inTransaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient, begun: Promise<unknown>) => Promise<T>,
): Promise<T> {
  const client = await pool.connect()
  let isGood = false
  try {
    const begun = client.query('begin isolation level read committed')
    // Work may end without having waited for it.
    begun.catch(() => {})
    const result = await work(client, begun)
    await begun
    const { command } = await client.query('commit')
    isGood = true
    if (command !== 'COMMIT') throw new Error('A statement of this transaction has failed: nothing of it was kept.')
    return result
  } catch (error) {
    isGood ||= !isOutdated(error) && (await isRolledBack(client))
    throw error
  } finally {
    // A connection that is not good any more is thrown away, and its transaction with it.
    client.release(!isGood)
  }
}

const isRolledBack = (client: pg.PoolClient): Promise<boolean> =>
  client.query('rollback').then(
    () => true,
    () => false,
  )

async function migratePostgres(client: pg.PoolClient): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1)', [migrationLock])
  await migrate({
    words: postgresWords,
    execute: async (sql) => {
      await client.query(sql)
    },
    version: async () => {
      const { rows } = await client.query('select coalesce(max(version), 0) as version from schema_version')
      return Number(rows[0]?.version)
    },
  })
}

/** PostgreSQL, as Kysely has it. */
const words = wordsOf({
  createAdapter: () => new PostgresAdapter(),
  createQueryCompiler: () => new PostgresQueryCompiler(),
  createIntrospector: (kysely) => new PostgresIntrospector(kysely),
})

/** Statements kept prepared on every connection: planning one costs more than running it. */
const statementsKept = 500
const names = new Map<string, string>()

/** The name under which a statement is kept; none for what comes after the first many, such as lists of any length. */
function nameOf(sql: string): string | undefined {
  const known = names.get(sql)
  if (known !== undefined || names.size >= statementsKept) return known
  const name = `s${names.size + 1}`
  names.set(sql, name)
  return name
}

const changes = new Set(['INSERT', 'UPDATE', 'DELETE'])

const asSent = ({ sql, parameters }: CompiledQuery): pg.QueryConfig => ({
  text: sql,
  values: [...parameters],
  name: nameOf(sql),
})

const toResult = <Row>({ command, rowCount, rows }: pg.QueryResult): QueryResult<Row> =>
  changes.has(command) ? { rows, numAffectedRows: BigInt(rowCount ?? 0) } : { rows }

async function workOn<T>(
  client: pg.PoolClient,
  begun: Promise<unknown>,
  work: (transaction: Transaction<Schema>) => Promise<T>,
): Promise<T> {
  let hasBegun = false
  begun.then(
    () => {
      hasBegun = true
    },
    () => {},
  )
  let isOver = false
  const { transaction, end } = transactionBy(words, async (statement) => {
    // What only looks may be sent right behind the BEGIN. What changes something would do so for good if that failed.
    if (!hasBegun && !statement.sql.startsWith('select ')) await begun
    // It may have ended meanwhile, by another part of the work that threw: this would not be undone with it any more.
    if (isOver) throw new Error('This transaction has ended.')
    return toResult(await client.query(asSent(statement)))
  })
  try {
    return await work(transaction)
  } finally {
    isOver = true
    end()
  }
}

/**
 * A statement was prepared before the schema changed under it, as it does when a newer version starts beside this one.
 * The connection is thrown away with it, so that this ends with the last of them.
 */
const isOutdated = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.routine === 'RevalidateCachedQuery'

async function tryAgain<T>(run: () => Promise<T>): Promise<T> {
  for (let left = tries - 1; ; ) {
    try {
      return await run()
    } catch (error) {
      if (isOutdated(error)) continue
      const isWorthIt = error instanceof pg.DatabaseError && worthAnotherTry.has(error.code ?? '')
      if (left === 0 || !isWorthIt) throw error
      left -= 1
    }
  }
}

/**
 * Makes `now_ms()` read a table of one row, and gives back what writes it. A table, because a statement that waits for
 * a lock, and a second process, must see the clock move as they would see the real one.
 */
async function testClockOf(pool: pg.Pool): Promise<(now: number) => Promise<void>> {
  await inTransaction(pool, async (client, begun) => {
    await begun
    await client.query('select pg_advisory_xact_lock($1)', [migrationLock])
    await client.query('create table if not exists test_clock (id integer primary key, now bigint not null)')
    await client.query(
      `create or replace function now_ms() returns bigint language sql volatile as 'select now from test_clock'`,
    )
  })
  return async (now) => {
    await pool.query('insert into test_clock values (1, $1) on conflict (id) do update set now = excluded.now', [now])
  }
}
