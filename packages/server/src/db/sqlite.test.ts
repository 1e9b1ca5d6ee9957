/** What only the SQLite file promises: durability, one commit for many, and the file itself. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../platform/clock.ts'
import {
  type Database,
  DatabaseTooNew,
  DatabaseUnavailable,
  DatabaseUnusable,
  DataDirectoryUnwritable,
  openDatabase,
  type Transaction,
} from './index.ts'

let directory: string
let file: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'countersign-sqlite-'))
  file = join(directory, 'countersign.db')
})

afterEach(() => rmSync(directory, { recursive: true, force: true }))

const open = (path = file): Promise<Database> => openDatabase({ url: `sqlite:${path}`, clock: systemClock })

const put = (transaction: Transaction, nonce: string) =>
  transaction.insertInto('nonces').values({ nonce, expires_at: 1 }).execute()

const kept = async (db: Database): Promise<string[]> => {
  const rows = await db.read((query) => query.selectFrom('nonces').select('nonce').orderBy('nonce').execute())
  return rows.map((row) => row.nonce)
}

describe('a group of writes', () => {
  let db: Database

  beforeEach(async () => {
    db = await open()
    return () => db.close()
  })

  test('is told, and seen, only after its one COMMIT', async () => {
    const events: string[] = []
    const lastInserted = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const first = db.write((transaction) => put(transaction, 'a')).then(() => events.push('first told'))
    const refused = db.write(() => Promise.reject(new Error('refused'))).catch(() => events.push('refusal told'))
    const last = db.write(async (transaction) => {
      await put(transaction, 'b')
      lastInserted.resolve()
      await goOn.promise
      events.push('last ends')
    })
    await lastInserted.promise
    expect(await kept(db)).toEqual([])
    goOn.resolve()
    await Promise.all([first, refused, last])
    expect(events).toEqual(['last ends', 'first told', 'refusal told'])
    expect(await kept(db)).toEqual(['a', 'b'])
  })

  test('fails as a whole when its COMMIT fails, the refused ones included', async () => {
    const results = await Promise.allSettled([
      db.write((transaction) => put(transaction, 'a')),
      db.write(() => Promise.reject(new Error('refused'))),
      db.write(async (transaction) => {
        // A reference to nothing that is looked at no earlier than in the outer COMMIT.
        await sql`pragma defer_foreign_keys = 1`.execute(transaction)
        const lock = { account_id: 'nobody', failures: 0, locked_until: null, until_online: 0 }
        await transaction.insertInto('offline_locks').values(lock).execute()
      }),
      db.write((transaction) => put(transaction, 'b')),
    ])
    const reasons = results.map((result) => (result.status === 'rejected' ? String(result.reason) : 'kept'))
    expect(new Set(reasons)).toEqual(new Set(['Error: FOREIGN KEY constraint failed']))
    expect(await kept(db)).toEqual([])
    await db.write((transaction) => put(transaction, 'c'))
    expect(await kept(db)).toEqual(['c'])
  })

  test('fails up to the error that ended its transaction, and who comes after is served', async () => {
    const results = await Promise.allSettled([
      db.write((transaction) => put(transaction, 'a')),
      db.write(async (transaction) => {
        await sql`insert or rollback into nonces values ('a', 1)`.execute(transaction).catch(() => {})
        // Would otherwise be kept on its own, outside any transaction.
        await put(transaction, 'b')
      }),
      db.write((transaction) => put(transaction, 'c')),
    ])
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected', 'fulfilled'])
    expect(await kept(db)).toEqual(['c'])
  })

  test('fails together when another process keeps the database locked', async () => {
    await db.write((transaction) => sql`pragma busy_timeout = 1`.execute(transaction))
    const other = new DatabaseSync(file)
    other.exec('begin immediate')
    const results = await Promise.allSettled(['a', 'b', 'c'].map((nonce) => db.write((t) => put(t, nonce))))
    for (const result of results) expect(result).toMatchObject({ reason: expect.any(DatabaseUnavailable) })
    other.exec('rollback')
    other.close()
    await db.write((transaction) => put(transaction, 'd'))
    expect(await kept(db)).toEqual(['d'])
  })

  test('lets the event loop turn, however many writes follow each other', async () => {
    let over = false
    const turned = new Promise<void>((resolve) => setTimeout(resolve, 1)).then(() => {
      over = true
    })
    let writes = 0
    for (; !over && writes < 100_000; writes += 1) await db.write(async () => {})
    await turned
    expect(writes).toBeLessThan(100_000)
  })
})

describe('the file', () => {
  test('and all that lies beside it can be read by its owner alone', async () => {
    const umask = process.umask(0)
    const db = await open(join(directory, 'new', 'countersign.db'))
    process.umask(umask)
    await db.write((transaction) => put(transaction, 'a'))
    const modes = readdirSync(join(directory, 'new')).map((name) => [
      name,
      (statSync(join(directory, 'new', name)).mode & 0o777).toString(8),
    ])
    await db.close()
    expect(modes).toEqual([
      ['countersign.db', '600'],
      ['countersign.db-shm', '600'],
      ['countersign.db-wal', '600'],
    ])
    expect((statSync(join(directory, 'new')).mode & 0o777).toString(8)).toBe('700')
  })

  test('is written ahead', async () => {
    const db = await open()
    const pragmas = await db.write(async (transaction) => [
      await sql`pragma journal_mode`.execute(transaction),
      await sql`pragma synchronous`.execute(transaction),
      await sql`pragma busy_timeout`.execute(transaction),
      await sql`pragma foreign_keys`.execute(transaction),
    ])
    await db.close()
    expect(pragmas.map(({ rows }) => rows[0])).toEqual([
      { journal_mode: 'wal' },
      // The log is made durable by the group of writes; see group-commit.test.ts.
      { synchronous: 1 },
      { timeout: 5_000 },
      { foreign_keys: 1 },
    ])
  })

  test('that cannot be made is one sentence', async () => {
    writeFileSync(file, '')
    const opened = open(join(file, 'countersign.db'))
    await expect(opened).rejects.toThrow(DataDirectoryUnwritable)
    await expect(opened).rejects.toThrow(file)
  })

  test('a directory where none can be made is refused in a sentence, and at once', async () => {
    const opened = openDatabase({ url: 'sqlite:/proc/nothing/here/countersign.db', clock: systemClock })
    await expect(opened).rejects.toThrow(/^The data directory \/proc\/nothing\/here cannot be written/)
  })

  test('that is no database is one sentence, and stays as it is', async () => {
    writeFileSync(file, 'A letter to somebody, quite unlike a database.'.repeat(100))
    await expect(open()).rejects.toThrow(DatabaseUnusable)
    expect(statSync(file).size).toBe(4_600)
  })

  test('of a newer version is one sentence, and stays as it is', async () => {
    const db = await open()
    await db.write((transaction) => sql`insert into schema_version (version) values (999)`.execute(transaction))
    await db.close()
    await expect(open()).rejects.toThrow(DatabaseTooNew)
    await expect(open()).rejects.toThrow('999')
  })
})

describe('processes', () => {
  /** A process that opens the database, writes without end, eight at a time, and prints what was acknowledged. */
  const writer = (name: string): ChildProcess & { lines: AsyncIterable<string> } => {
    const script = `
      import { openDatabase } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
      import { systemClock } from ${JSON.stringify(new URL('../platform/clock.ts', import.meta.url).href)}
      const db = await openDatabase({ url: 'sqlite:' + process.argv[1], clock: systemClock })
      let next = 0
      const write = async () => {
        for (;;) {
          const nonce = process.argv[2] + next++
          await db.write((transaction) => transaction.insertInto('nonces').values({ nonce, expires_at: 1 }).execute())
          process.stdout.write(nonce + '\\n')
        }
      }
      await Promise.all(Array.from({ length: 8 }, write))`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script, file, name], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    return Object.assign(child, { lines: createInterface({ input: child.stdout }) })
  }

  /** Waits for `count` acknowledged rows, kills the process, and gives everything that it had acknowledged. */
  async function killAfter(count: number, child: ReturnType<typeof writer>): Promise<string[]> {
    const acknowledged: string[] = []
    for await (const line of child.lines) if (acknowledged.push(line) === count) child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    return acknowledged
  }

  test('killed at any moment have kept all that they acknowledged', async () => {
    for (const round of ['a', 'b', 'c', 'd', 'e']) {
      const acknowledged = await killAfter(50, writer(round))
      const db = await open()
      const rows = new Set(await kept(db))
      expect(acknowledged.filter((nonce) => !rows.has(nonce))).toEqual([])
      expect(acknowledged.length).toBeGreaterThanOrEqual(50)
      const { rows: integrity } = await db.write((transaction) => sql`pragma integrity_check`.execute(transaction))
      expect(integrity).toEqual([{ integrity_check: 'ok' }])
      await db.close()
    }
  })

  test('that start together make one database, and take turns in it', async () => {
    const acknowledged = await Promise.all(['a', 'b', 'c'].map((name) => killAfter(20, writer(name))))
    const db = await open()
    const rows = new Set(await kept(db))
    await db.close()
    expect(acknowledged.flat().filter((nonce) => !rows.has(nonce))).toEqual([])
  })
})

test('a file that is no database is left as it is, its mode too', async () => {
  const other = join(directory, 'somebody-elses.txt')
  writeFileSync(other, 'x'.repeat(4096), { mode: 0o644 })
  await expect(open(other)).rejects.toThrow(DatabaseUnusable)
  expect(statSync(other).mode & 0o777).toBe(0o644)
})
