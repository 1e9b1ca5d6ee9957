/** One suite for every kind of database: what works on one works on the others. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDatabase, TestClock } from '@countersign/testkit'
import { sql } from 'kysely'
import { afterAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { systemClock } from '../platform/clock.ts'
import {
  type Database,
  DatabaseUnavailable,
  forUpdate,
  now_ms,
  nowMs,
  openDatabase,
  prepareChange,
  prepareSelect,
  type Query,
  type Transaction,
} from './index.ts'

const directory = mkdtempSync(join(tmpdir(), 'countersign-db-'))
let files = 0

const kinds = [
  { name: 'SQLite in a file', newUrl: async () => `sqlite:${join(directory, `${++files}.db`)}` },
  { name: 'SQLite in memory', newUrl: async () => 'sqlite::memory:' },
  { name: 'PostgreSQL', newUrl: () => createDatabase(inject('postgres') ?? '') },
]

const put = (transaction: Transaction, key: string, count = 0) =>
  transaction.insertInto('limits').values({ key, count, window_ends_at: 1_000 }).execute()

const keys = async (query: Query): Promise<string[]> => {
  const rows = await query.selectFrom('limits').select('key').orderBy('key').execute()
  return rows.map((row) => row.key)
}

const inParallel = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)))

describe.each(kinds)('$name', ({ name, newUrl }) => {
  const inMemory = name === 'SQLite in memory'
  let db: Database
  let clock: TestClock

  beforeEach(async ({ skip }) => {
    if (name === 'PostgreSQL' && inject('postgres') === null) skip('PostgreSQL is not installed here')
    clock = new TestClock()
    db = await openDatabase({ url: await newUrl(), clock })
    return () => db.close()
  })

  describe('a write', () => {
    test('is seen by every read that starts after it resolved', async () => {
      await db.write((transaction) => put(transaction, 'a'))
      expect(await db.read(keys)).toEqual(['a'])
    })

    test('gives back what its work gave', async () => {
      expect(await db.write(async () => 'result')).toBe('result')
    })

    test('sees what it has written itself', async () => {
      const seen = await db.write(async (transaction) => {
        await put(transaction, 'a')
        return await keys(transaction)
      })
      expect(seen).toEqual(['a'])
    })

    test('that throws has done nothing, and says what was thrown', async () => {
      const refused = db.write(async (transaction) => {
        await put(transaction, 'a')
        throw new Error('refused')
      })
      await expect(refused).rejects.toThrow('refused')
      expect(await db.read(keys)).toEqual([])
    })

    test('is not seen by anybody before it is committed', async () => {
      const inserted = Promise.withResolvers<void>()
      const undo = Promise.withResolvers<void>()
      const undone = db.write(async (transaction) => {
        await put(transaction, 'a')
        inserted.resolve()
        await undo.promise
        throw new Error('undone')
      })
      const refused = expect(undone).rejects.toThrow('undone')
      await inserted.promise
      const seen = db.read(keys)
      // In memory there is one connection: the read waits. Elsewhere it must answer while the write is open.
      if (!inMemory) await seen
      undo.resolve()
      expect(await seen).toEqual([])
      await refused
    })

    test('that fails does not harm those beside it', async () => {
      const results = await Promise.allSettled([
        db.write((transaction) => put(transaction, 'a')),
        db.write(async (transaction) => {
          await put(transaction, 'b')
          throw new Error('refused')
        }),
        db.write(async (transaction) => {
          await put(transaction, 'c')
          await put(transaction, 'c')
        }),
        db.write((transaction) => put(transaction, 'd')),
      ])
      expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
      expect(await db.read(keys)).toEqual(['a', 'd'])
    })

    test('in which a statement failed cannot go on, also where the error was caught', async () => {
      const caught = db.write(async (transaction) => {
        await put(transaction, 'a')
        await put(transaction, 'a').catch(() => {})
        await put(transaction, 'b')
      })
      await expect(caught).rejects.toThrow()
      const caughtLast = db.write(async (transaction) => {
        await put(transaction, 'a')
        await put(transaction, 'a').catch(() => {})
      })
      await expect(caughtLast).rejects.toThrow()
      expect(await db.read(keys)).toEqual([])
    })

    test("runs in its caller's asynchronous context, also beside others'", async () => {
      const request = new AsyncLocalStorage<string>()
      const seen = (name: string) => request.run(name, () => db.write(async () => request.getStore()))
      expect(await Promise.all([seen('first'), seen('second')])).toEqual(['first', 'second'])
    })

    test('whose transaction is used after its end is refused', async () => {
      const kept = await db.write(async (transaction) => ({ transaction }))
      await expect(put(kept.transaction, 'a')).rejects.toThrow()
      expect(await db.read(keys)).toEqual([])
    })
  })

  describe('a read', () => {
    test('cannot write: by its type, and in the database', async () => {
      // @ts-expect-error a Query selects and does nothing else
      const written = db.read((query) => put(query, 'a'))
      await expect(written).rejects.toThrow()
      expect(await db.read(keys)).toEqual([])
      await db.write((transaction) => put(transaction, 'b'))
    })

    test.each(['read', 'write'] as const)('or write within a %s is refused at once', async (outer) => {
      await expect(db[outer](() => db.read(keys))).rejects.toThrow('within a read or write')
      await expect(db[outer](() => db.write((transaction) => put(transaction, 'a')))).rejects.toThrow(
        'within a read or write',
      )
      expect(await db.read(keys)).toEqual([])
    })

    test('that a write left running may use the database once the write has ended', async () => {
      const ended = Promise.withResolvers<void>()
      const left = await db.write(async () => ({ reading: ended.promise.then(() => db.read(keys)) }))
      ended.resolve()
      expect(await left.reading).toEqual([])
    })
  })

  describe('a prepared statement', () => {
    const byKey = prepareSelect((query, { key }: { key: string }) =>
      query.selectFrom('limits').select(['key', 'count']).where('key', '=', key),
    )
    const raise = prepareChange((transaction, { key, by }: { key: string; by: number }) =>
      transaction
        .updateTable('limits')
        .set({ count: sql<number>`count + ${by}` })
        .where('key', '=', key),
    )
    const raiseAndTell = prepareChange((transaction, { key }: { key: string }) =>
      transaction.updateTable('limits').set({ count: 9 }).where('key', '=', key).returning('count'),
    )

    test('is built once, and takes ever other values', async () => {
      await db.write(async (transaction) => {
        await put(transaction, 'a')
        await put(transaction, 'b', 1)
      })
      expect(await db.read((query) => byKey.first(query, { key: 'a' }))).toEqual({ key: 'a', count: 0 })
      expect(await db.read((query) => byKey.one(query, { key: 'b' }))).toEqual({ key: 'b', count: 1 })
      expect(await db.read((query) => byKey.first(query, { key: 'c' }))).toBe(undefined)
      await expect(db.read((query) => byKey.one(query, { key: 'c' }))).rejects.toThrow('no row')
    })

    test('says how many rows it changed, and sees what its transaction has done', async () => {
      const [changed, none, seen, told] = await db.write(async (transaction) => {
        await put(transaction, 'a', 1)
        return [
          await raise.run(transaction, { key: 'a', by: 2 }),
          await raise.run(transaction, { key: 'b', by: 2 }),
          await byKey.all(transaction, { key: 'a' }),
          await raiseAndTell.first(transaction, { key: 'a' }),
        ]
      })
      expect([changed, none, seen, told]).toEqual([1, 0, [{ key: 'a', count: 3 }], { count: 9 }])
    })

    test('is refused after the end of its transaction', async () => {
      const kept = await db.write(async (transaction) => ({ transaction }))
      await expect(raise.run(kept.transaction, { key: 'a', by: 1 })).rejects.toThrow('has ended')
    })
  })

  describe('many at once', () => {
    test('64 conditional updates of one row have one winner', async () => {
      await db.write((transaction) => put(transaction, 'a', 0))
      const updates = await inParallel(64, (index) =>
        db.write((transaction) =>
          transaction
            .updateTable('limits')
            .set({ count: index + 1 })
            .where('key', '=', 'a')
            .where('count', '=', 0)
            .executeTakeFirstOrThrow(),
        ),
      )
      const winners = updates.flatMap((update, index) => (update.numUpdatedRows === 1n ? [index + 1] : []))
      expect(winners).toHaveLength(1)
      const { count } = await db.read((query) => query.selectFrom('limits').select('count').executeTakeFirstOrThrow())
      expect(count).toBe(winners[0])
    })

    test('64 inserts of one key, each ready to give way, have one winner', async () => {
      const inserts = await inParallel(64, () =>
        db.write((transaction) =>
          transaction
            .insertInto('nonces')
            .values({ nonce: 'a', expires_at: 1 })
            .onConflict((conflict) => conflict.doNothing())
            .executeTakeFirstOrThrow(),
        ),
      )
      expect(inserts.filter((insert) => insert.numInsertedOrUpdatedRows === 1n)).toHaveLength(1)
    })

    test('64 that read under a lock and write what they computed lose nothing', async () => {
      await db.write((transaction) => put(transaction, 'a', 0))
      await inParallel(64, () =>
        db.write(async (transaction) => {
          const row = await transaction.selectFrom('limits').select('count').$call(forUpdate).executeTakeFirstOrThrow()
          await transaction
            .updateTable('limits')
            .set({ count: row.count + 1 })
            .execute()
        }),
      )
      const { count } = await db.read((query) => query.selectFrom('limits').select('count').executeTakeFirstOrThrow())
      expect(count).toBe(64)
    })
  })

  describe('now_ms()', () => {
    test('says what the clock says, to reads and writes, and moves with it', async () => {
      expect(await db.read(nowMs)).toBe(clock.now())
      await clock.advance(90_000)
      expect(await db.read(nowMs)).toBe(clock.now())
      expect(await db.write(nowMs)).toBe(clock.now())
    })

    test('moves within a transaction', async () => {
      const [before, after] = await db.write(async (transaction) => {
        const before = await nowMs(transaction)
        await clock.advance(1_000)
        return [before, await nowMs(transaction)]
      })
      expect(after).toBe((before ?? 0) + 1_000)
    })

    test('is an integer, divided like one', async () => {
      await clock.advance(999)
      const { seconds } = await db.read((query) =>
        query.selectNoFrom(sql<number>`${now_ms()} / 1000`.as('seconds')).executeTakeFirstOrThrow(),
      )
      expect(seconds).toBe(Math.floor(clock.now() / 1_000))
    })

    test("is the time of day with the system's clock", async () => {
      const url = await newUrl()
      const real = await openDatabase({ url, clock: systemClock })
      const before = Date.now()
      const now = await real.read(nowMs)
      await real.close()
      expect(now).toBeGreaterThanOrEqual(before - 1)
      expect(now).toBeLessThanOrEqual(Date.now() + 1)
    })
  })

  test('bytes, integers, text and null come back as they were given', async () => {
    const payload = Uint8Array.from({ length: 256 }, (_, index) => index)
    const row = {
      id: 'out_å\u{1F511}',
      kind: JSON.stringify({ quote: '"', nested: [1, null, 'ö'] }),
      lane: null,
      payload,
      not_before: Number.MAX_SAFE_INTEGER,
      attempts: 0,
      created_at: Date.UTC(2026, 2, 10),
      expires_at: -1,
    }
    await db.write((transaction) => transaction.insertInto('outbox').values(row).execute())
    const read = await db.read((query) => query.selectFrom('outbox').selectAll().executeTakeFirstOrThrow())
    expect(read).toEqual(row)
    expect(read.payload.constructor).toBe(Uint8Array)
    await db.write((transaction) =>
      transaction
        .updateTable('outbox')
        .set({ payload: new Uint8Array(0) })
        .execute(),
    )
    const empty = await db.read((query) => query.selectFrom('outbox').select('payload').executeTakeFirstOrThrow())
    expect(empty.payload).toEqual(new Uint8Array(0))
  })

  test('counts are numbers, and audit rows are numbered upwards', async () => {
    const row = { at: now_ms(), kind: 'test', detail: '{}' }
    await db.write((transaction) => transaction.insertInto('audit').values([row, row]).execute())
    const seen = await db.read((query) =>
      query.selectFrom('audit').select(['seq', 'account_id']).orderBy('seq').execute(),
    )
    expect(seen).toEqual([
      { seq: 1, account_id: null },
      { seq: 2, account_id: null },
    ])
    const { count } = await db.read((query) =>
      query
        .selectFrom('audit')
        .select((select) => select.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow(),
    )
    expect(count).toBe(2)
  })

  test('text is ordered by its bytes', async () => {
    await db.write(async (transaction) => {
      for (const key of ['b', 'a', 'B', '_', 'ä']) await put(transaction, key)
    })
    expect(await db.read(keys)).toEqual(['B', '_', 'a', 'b', 'ä'])
  })

  test('a write after the end is refused, and one that is under way is finished', async () => {
    const url = await newUrl()
    const closing = await openDatabase({ url, clock })
    const writing = closing.write((transaction) => put(transaction, 'a'))
    await Promise.all([writing, closing.close()])
    await expect(closing.write((transaction) => put(transaction, 'b'))).rejects.toThrow(DatabaseUnavailable)
    await expect(closing.read(keys)).rejects.toThrow(DatabaseUnavailable)
  })
})

afterAll(() => rmSync(directory, { recursive: true, force: true }))
