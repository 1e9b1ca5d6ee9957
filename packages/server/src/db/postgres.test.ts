/** What only PostgreSQL does: connections that are cut, deadlocks, waiting for a row. */
import { createDatabase, TestClock } from '@countersign/testkit'
import { sql } from 'kysely'
import pg from 'pg'
import { beforeEach, describe, expect, inject, test, vi } from 'vitest'
import {
  type Database,
  DatabaseTooNew,
  DatabaseUnavailable,
  DatabaseUnusable,
  forUpdate,
  now_ms,
  openDatabase,
  type Query,
  type Transaction,
} from './index.ts'

const administrator = inject('postgres')

describe.skipIf(administrator === null)('PostgreSQL', () => {
  let url: string
  let clock: TestClock
  let db: Database

  beforeEach(async () => {
    url = await createDatabase(administrator ?? '')
    clock = new TestClock()
    db = await openDatabase({ url, clock })
    return () => db.close()
  })

  const put = (transaction: Transaction, key: string) =>
    transaction
      .insertInto('limits')
      .values({ key, count: 0, window_ends_at: clock.now() + 1_000 })
      .execute()

  const increment = (transaction: Transaction, key: string) =>
    transaction.updateTable('limits').set({ count: sql<number>`count + 1` }).where('key', '=', key).execute()

  const counts = async (query: Query): Promise<number[]> => {
    const rows = await query.selectFrom('limits').select('count').orderBy('key').execute()
    return rows.map((row) => row.count)
  }

  test('runs a write again that it ended for a deadlock', async () => {
    await db.write(async (transaction) => {
      await put(transaction, 'a')
      await put(transaction, 'b')
    })
    const [firstHasLocked, secondHasLocked] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let runs = 0
    await Promise.all([
      db.write(async (transaction) => {
        runs += 1
        await increment(transaction, 'a')
        firstHasLocked.resolve()
        await secondHasLocked.promise
        await increment(transaction, 'b')
      }),
      db.write(async (transaction) => {
        runs += 1
        await increment(transaction, 'b')
        secondHasLocked.resolve()
        await firstHasLocked.promise
        await increment(transaction, 'a')
      }),
    ])
    // Once more at least: who is quick may meet the other again.
    expect(runs).toBeGreaterThanOrEqual(3)
    expect(await db.read(counts)).toEqual([2, 2])
  })

  test('lets nobody in who waited for a row until it was too late', async () => {
    await db.write((transaction) => put(transaction, 'a'))
    const locked = Promise.withResolvers<void>()
    const unlock = Promise.withResolvers<void>()
    const holder = db.write(async (transaction) => {
      await transaction.selectFrom('limits').select('key').$call(forUpdate).execute()
      locked.resolve()
      await unlock.promise
    })
    await locked.promise
    const late = db.write(async (transaction) => {
      await transaction.selectFrom('limits').select('key').$call(forUpdate).execute()
      const inTime = transaction.updateTable('limits').set({ count: 9 }).where('window_ends_at', '>', now_ms())
      return await inTime.executeTakeFirstOrThrow()
    })
    await expect.poll(() => waitingForLock(db)).toBe(1)
    await clock.advance(1_001)
    unlock.resolve()
    await holder
    expect((await late).numUpdatedRows).toBe(0n)
  })

  test('changes nothing where a transaction could not begin', async () => {
    const { query } = pg.Client.prototype
    const failing = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...args) {
      if (String(args[0]).startsWith('begin'))
        return Promise.reject(new Error('canceling statement due to user request'))
      return Reflect.apply(query, this, args)
    })
    const first = db.write((transaction) => put(transaction, 'a'))
    await expect(first).rejects.toThrow('canceling')
    const afterLooking = db.write(async (transaction) => {
      await counts(transaction)
      await put(transaction, 'b')
    })
    await expect(afterLooking).rejects.toThrow('canceling')
    failing.mockRestore()
    expect(await db.read(counts)).toEqual([])
  })

  test('keeps nothing of a write that threw before its transaction had begun', async () => {
    for (const key of ['a', 'b', 'c']) {
      const refused = db.write((transaction) =>
        Promise.all([put(transaction, key), Promise.reject(new Error('refused by a rule'))]),
      )
      await expect(refused).rejects.toThrow('refused by a rule')
    }
    expect(await db.read(counts)).toEqual([])
  })

  test('answers each of many reads at once for itself, also where one of them fails', async () => {
    await db.write((transaction) => put(transaction, 'a'))
    const asked = Array.from({ length: 60 }, (_, at) =>
      db.read(async (query) => {
        const said = sql<number>`${at}::int / ${at % 7 === 3 ? 0 : 1}`.as('said')
        return (await query.selectNoFrom(said).executeTakeFirst())?.said
      }),
    )
    const answers = await Promise.allSettled(asked)
    expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : 'failed'))).toEqual(
      asked.map((_, at) => (at % 7 === 3 ? 'failed' : at)),
    )
  })

  test('says that it is not available when a connection is cut, and goes on', async () => {
    await db.write((transaction) => put(transaction, 'a'))
    const other = await openDatabase({ url, clock })
    const cut = db.write(async (transaction) => {
      await put(transaction, 'b')
      await other.write(cutOthers)
      await put(transaction, 'c')
    })
    await expect(cut).rejects.toThrow(DatabaseUnavailable)
    await other.close()
    await db.write((transaction) => put(transaction, 'd'))
    expect(await db.read(counts)).toEqual([0, 0])
  })

  test('goes on when a newer version changes the schema under statements that are kept prepared', async () => {
    const readAll = (query: Query) => query.selectFrom('limits').selectAll().execute()
    await db.write((transaction) => put(transaction, 'a'))
    await Promise.all(Array.from({ length: 20 }, () => db.read(readAll)))
    await Promise.all(Array.from({ length: 20 }, () => db.write(readAll)))
    const newer = await openDatabase({ url, clock })
    await newer.write((transaction) => sql`alter table limits add column note text`.execute(transaction))
    await newer.close()
    const found = await Promise.all(
      Array.from({ length: 40 }, (_, at) => (at % 2 === 0 ? db.read(readAll) : db.write(readAll))),
    )
    expect(found.map((rows) => rows.length)).toEqual(Array(40).fill(1))
  })

  test('does not pass for kept when a statement failed and nobody said so', async () => {
    const silent = db.write(async (transaction) => {
      await put(transaction, 'a')
      await put(transaction, 'a').catch(() => {})
    })
    await expect(silent).rejects.toThrow('nothing of it was kept')
    expect(await db.read(counts)).toEqual([])
  })

  test('is migrated once by processes that start together', async () => {
    const empty = await createDatabase(administrator ?? '')
    const opened = await Promise.all(Array.from({ length: 4 }, () => openDatabase({ url: empty, clock })))
    await opened[0]?.write((transaction) => put(transaction, 'a'))
    expect(await opened[3]?.read(counts)).toEqual([0])
    await Promise.all(opened.map((one) => one.close()))
  })

  test('of a newer version is refused', async () => {
    await db.write((transaction) => sql`insert into schema_version (version) values (999)`.execute(transaction))
    await expect(openDatabase({ url, clock })).rejects.toThrow(DatabaseTooNew)
  })

  test('that is not there is refused, in a sentence without the password', async () => {
    const nowhere = url.replace(/\/test_\w+/, '/nowhere').concat('&password=swordfish')
    const opened = openDatabase({ url: nowhere, clock })
    await expect(opened).rejects.toThrow(DatabaseUnusable)
    await expect(opened).rejects.toThrow(/^(?!.*swordfish).*nowhere/)
  })
})

const cutOthers = (transaction: Transaction) =>
  sql`
    select pg_terminate_backend(pid, 5000) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`.execute(transaction)

async function waitingForLock(db: Database): Promise<number> {
  const { rows } = await db.write((transaction) =>
    sql<{
      count: number
    }>`select count(*) as count from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`.execute(
      transaction,
    ),
  )
  return rows[0]?.count ?? 0
}
