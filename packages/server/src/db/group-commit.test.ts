/** When a group of writes is told, and what a disk that fails does to it. */
import { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, test } from 'vitest'
import { GroupCommit } from './group-commit.ts'

describe('a group of writes', () => {
  let database: DatabaseSync
  let syncs: { readonly done: () => void; readonly fail: (error: Error) => void }[]
  let group: GroupCommit

  beforeEach(() => {
    database = new DatabaseSync(':memory:')
    database.exec('create table notes (text)')
    syncs = []
    group = new GroupCommit(database, () => {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      syncs.push({ done: resolve, fail: reject })
      return promise
    })
    return () => database.close()
  })

  const write = (text: string) =>
    group.write(async () => {
      database.prepare('insert into notes values (?)').run(text)
      return text
    })
  const notes = () =>
    database
      .prepare('select text from notes')
      .all()
      .map(({ text }) => text)
  const syncing = (count: number) => expect.poll(() => syncs.length).toBe(count)

  test('is told, and what was read of it too, only once it is durable', async () => {
    const told: string[] = []
    const written = Promise.all([write('a'), write('b')]).then(() => told.push('written'))
    await syncing(1)
    expect(notes()).toEqual(['a', 'b'])
    const read = group.durable().then(() => told.push('read'))
    await new Promise((resolve) => setImmediate(resolve))
    expect(told).toEqual([])
    syncs[0]?.done()
    await Promise.all([written, read])
    expect(told.sort()).toEqual(['read', 'written'])
  })

  test('is one with all that came while the one before was being made durable', async () => {
    const first = write('a')
    await syncing(1)
    const others = ['b', 'c', 'd'].map(write)
    await new Promise((resolve) => setImmediate(resolve))
    expect(notes()).toEqual(['a'])
    syncs[0]?.done()
    expect(await first).toBe('a')
    await syncing(2)
    syncs[1]?.done()
    expect(await Promise.all(others)).toEqual(['b', 'c', 'd'])
    expect(syncs).toHaveLength(2)
  })

  test('that the disk does not take is the last: nothing is told or written any more', async () => {
    const lost = write('a')
    await syncing(1)
    const read = group.durable()
    const late = write('b')
    syncs[0]?.fail(new Error('the disk failed'))
    for (const outcome of [lost, read, late, write('c'), group.durable()]) {
      await expect(outcome).rejects.toThrow('the disk failed')
    }
    expect(notes()).toEqual(['a'])
    expect(syncs).toHaveLength(1)
  })
})
