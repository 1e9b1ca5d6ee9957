/** The database as one SQLite file, or in memory for tests. */
import { chmodSync, closeSync, existsSync, fdatasync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Transaction } from 'kysely'
import type { Clock } from '../platform/clock.ts'
import { DatabaseTooNew, DatabaseUnusable, DataDirectoryUnwritable } from './errors.ts'
import { GroupCommit } from './group-commit.ts'
import { migrate } from './migrate.ts'
import { sqliteWords } from './migrations/migration.ts'
import type { Schema } from './schema.ts'
import { SqliteConnection, sqliteStatementWords } from './sqlite-connection.ts'
import { readingBy, transactionBy } from './statements.ts'
import type { Store } from './store.ts'

/** How many pages of 4 kB the write-ahead log takes before they are moved into the file. */
const pagesInLog = 4_000
/** How long a statement waits for another process, in milliseconds. */
const busyTimeout = 5_000

/**
 * Opens, creates and migrates the database at `path`, or `:memory:`.
 *
 * In a file (mode 0600, like the `-wal` and `-shm` that SQLite makes beside it), reads have a read-only connection of
 * their own and tell nothing that is not yet durable. A database in memory is one connection: reads run between the
 * groups of writes and see what they would see in a file.
 */
export async function openSqlite(path: string, clock: Clock): Promise<Store> {
  const inMemory = path === ':memory:'
  if (!inMemory) prepareFile(path)
  const writer = await openWriter(path, clock)
  // Only now: a path that was mistyped may name a file that is somebody else's.
  if (!inMemory) chmodSync(path, 0o600)
  const reader = inMemory ? null : connect(path, clock, { readOnly: true })
  const log = inMemory ? null : openLog(path, writer)
  const group = new GroupCommit(writer, log === null ? async () => {} : log.sync)
  const writing = new SqliteConnection(writer)
  const reading = reader === null ? writing : new SqliteConnection(reader)
  const query = readingBy(sqliteStatementWords, (statement) => reading.run(statement))

  return {
    kind: 'sqlite',
    read: (work) =>
      reader === null
        ? group.between(() => withoutWriting(writer, () => work(query)))
        : toldOnceDurable(group, () => work(query)),
    write: (work) => group.write(() => inSavepoint(writing, work)),
    isUnavailable,
    async close() {
      reader?.close()
      writer.close()
      log?.close()
    },
  }
}

/**
 * The write-ahead log, which we make durable ourselves: SQLite would hold up the event loop for as long as the disk
 * takes. With synchronous=NORMAL it writes the log at each COMMIT, leaves the `fsync` to us, and does everything else
 * (checkpoints, the log's new beginnings) as with FULL. The file stays the same one for as long as the writer is open.
 * What a savepoint may have to undo stays in memory: SQLite would make a file of it, and remove it, for each group.
 */
function openLog(path: string, writer: DatabaseSync) {
  writer.exec(`pragma synchronous = normal; pragma temp_store = memory; pragma wal_autocheckpoint = ${pagesInLog}`)
  const log = openSync(`${path}-wal`, 'r+')
  const sync = () =>
    new Promise<void>((resolve, reject) => {
      fdatasync(log, (error) => (error === null ? resolve() : reject(error)))
    })
  return { sync, close: () => closeSync(log) }
}

/** What `work` saw may be committed and not yet durable: until it is, nobody hears of it. */
async function toldOnceDurable<T>(group: GroupCommit, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } finally {
    await group.durable()
  }
}

async function inSavepoint<T>(
  connection: SqliteConnection,
  work: (transaction: Transaction<Schema>) => Promise<T>,
): Promise<T> {
  const { transaction, end } = transactionBy(sqliteStatementWords, (statement) => connection.run(statement))
  connection.begin()
  try {
    const result = await work(transaction)
    connection.commit()
    return result
  } catch (error) {
    connection.rollback()
    throw error
  } finally {
    end()
  }
}

/** SQLITE_BUSY, _READONLY, _IOERR, _CORRUPT, _FULL, _CANTOPEN and _NOTADB (https://sqlite.org/rescode.html). */
const unavailable = new Set([5, 8, 10, 11, 13, 14, 26])

/** The low byte of an extended result code is the code that it refines. `syscall`: the log could not be made durable. */
const isUnavailable = (error: unknown): boolean =>
  error instanceof Error &&
  (('errcode' in error && unavailable.has(Number(error.errcode) & 0xff)) || 'syscall' in error)

/** One after another: where nothing can be made, as under /proc, Node's own `recursive` would not end. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return
  makeDirectory(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Another process that starts at the same time made it.
    if (!existsSync(path)) throw error
  }
}

/** Makes the file, so that it never exists with a wider mode, and its directory. */
function prepareFile(path: string): void {
  try {
    makeDirectory(dirname(path))
    closeSync(openSync(path, 'a', 0o600))
  } catch (error) {
    throw new DataDirectoryUnwritable(dirname(path), error)
  }
}

async function openWriter(path: string, clock: Clock): Promise<DatabaseSync> {
  const writer = connect(path, clock, { readOnly: false })
  try {
    writer.exec('pragma journal_mode = wal; pragma synchronous = full')
    await migrateSqlite(writer)
    return writer
  } catch (error) {
    writer.close()
    throw error instanceof DatabaseTooNew ? error : new DatabaseUnusable(path, error)
  }
}

function connect(path: string, clock: Clock, { readOnly }: { readOnly: boolean }): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly, timeout: busyTimeout, defensive: true })
  // A bigint, so that SQLite takes it for an integer: `now_ms() / 1000` is a whole number, as on PostgreSQL.
  database.function('now_ms', () => BigInt(clock.now()))
  return database
}

async function migrateSqlite(database: DatabaseSync): Promise<void> {
  database.exec('begin immediate')
  try {
    await migrate({
      words: sqliteWords,
      execute: async (sql) => database.exec(sql),
      version: async () =>
        Number(database.prepare('select coalesce(max(version), 0) as version from schema_version').get()?.version),
    })
    database.exec('commit')
  } catch (error) {
    if (database.isTransaction) database.exec('rollback')
    throw error
  }
}

async function withoutWriting<T>(database: DatabaseSync, work: () => Promise<T>): Promise<T> {
  database.exec('pragma query_only = 1')
  try {
    return await work()
  } finally {
    database.exec('pragma query_only = 0')
  }
}
