/** The database on PostgreSQL. */
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Clock } from '../platform/clock.ts'
import { DatabaseTooNew, DatabaseUnusable } from './errors.ts'
import { migrate } from './migrate.ts'
import { postgresWords } from './migrations/migration.ts'
import type { Schema } from './schema.ts'
import type { Store } from './store.ts'

/** Connections of one process. Reads have a pool of their own, so that waiting writes do not starve them. */
export const poolSize = { read: 8, write: 16 }
/** How long to wait for a connection, in milliseconds. */
const connectionTimeout = 10_000
/** How often a write is run at most, when PostgreSQL ends it in favour of another one. */
const tries = 5
/** serialization_failure and deadlock_detected: nothing was done, and the same may succeed now. */
const worthAnotherTry = new Set(['40001', '40P01'])
/** The advisory lock under which the schema changes. A number of ours, with no other meaning. */
const migrationLock = 7_302_615_849_201

/** Opens and migrates the database at `url`, a connection URI. */
export async function openPostgres(url: string, clock: Clock): Promise<Store> {
  const writers = createPool(url, poolSize.write, '')
  const readers = createPool(url, poolSize.read, '-c default_transaction_read_only=on')
  const close = async () => {
    await Promise.all([readers.end(), writers.end()])
  }
  try {
    await inTransaction(writers, migratePostgres)
    await clock.onMove?.(await testClockOf(writers))
  } catch (error) {
    await close()
    throw error instanceof DatabaseTooNew ? error : new DatabaseUnusable('on PostgreSQL', error)
  }
  const reading = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: readers }) })
  const writing = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: writers }) })
  return {
    kind: 'postgres',
    read: (work) => work(reading),
    write: (work) => tryAgain(() => writing.transaction().setIsolationLevel('read committed').execute(work)),
    isUnavailable,
    close,
  }
}

/**
 * Classes of PostgreSQL's error codes (appendix A of its manual): connection exception, insufficient resources,
 * operator intervention, read-only transaction (a standby that was not promoted); then the system's own.
 */
const unavailableCodes =
  /^(08...|53...|57P..|25006|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOENT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/
/** What the driver says without a code, on a connection that was cut or could not be had. */
const unavailableMessages = /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered)/

const isUnavailable = (error: unknown): boolean =>
  error instanceof Error &&
  (unavailableMessages.test(error.message) || ('code' in error && unavailableCodes.test(String(error.code))))

function createPool(connectionString: string, max: number, options: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max,
    options,
    application_name: 'countersign',
    connectionTimeoutMillis: connectionTimeout,
    types: { getTypeParser: parserOf },
  })
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

async function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    client.release()
    return result
  } catch (error) {
    // The connection is thrown away, and the transaction with it.
    client.release(true)
    throw error
  }
}

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

async function tryAgain<T>(write: () => Promise<T>): Promise<T> {
  for (let left = tries - 1; ; left -= 1) {
    try {
      return await write()
    } catch (error) {
      if (left === 0 || !(error instanceof pg.DatabaseError) || !worthAnotherTry.has(error.code ?? '')) throw error
    }
  }
}

/**
 * Makes `now_ms()` read a table of one row, and gives back what writes it. A table, because a statement that waits for
 * a lock, and a second process, must see the clock move as they would see the real one.
 */
async function testClockOf(pool: pg.Pool): Promise<(now: number) => Promise<void>> {
  await inTransaction(pool, async (client) => {
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
