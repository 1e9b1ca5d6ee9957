import { beforeEach, describe, expect, test } from 'vitest'
import { inParallel, onBothDatabases, type TestContext } from '../context-for-tests.ts'
import { announceOutbox, type Delivery, enqueue, runOutbox, startJobs } from './index.ts'
import { pauseAfter } from './outbox.ts'

describe('the pause after a failure', () => {
  test('doubles from one second, up to a minute', () => {
    expect([1, 2, 3, 6, 7, 50].map((attempts) => pauseAfter(attempts))).toEqual([
      1_000, 2_000, 4_000, 32_000, 60_000, 60_000,
    ])
  })

  test('is as long as the other side asks for, where that is longer, up to a minute', () => {
    expect([500, 5_000, 86_400_000].map((asked) => pauseAfter(2, asked))).toEqual([2_000, 5_000, 60_000])
  })
})

onBothDatabases((open) => {
  let context: TestContext
  let delivered: unknown[]
  beforeEach(async () => {
    context = await open()
    delivered = []
  })

  const put = (goodFor = 300_000) =>
    context.db.write((transaction) => enqueue(context, transaction, { kind: 'note', payload: { text: 'hi' }, goodFor }))
  const rows = () => context.db.read((query) => query.selectFrom('outbox').selectAll().execute())
  const note = async (payload: unknown): Promise<Delivery> => {
    delivered.push(payload)
    return { kind: 'delivered' }
  }
  const failing = async (): Promise<Delivery> => {
    delivered.push('tried')
    throw new Error('the gateway is asleep')
  }

  test('what was committed is delivered once and forgotten', async () => {
    await put()
    expect(await runOutbox(context, { note })).toBeNull()
    await runOutbox(context, { note })
    expect(delivered).toEqual([{ text: 'hi' }])
    expect(await rows()).toEqual([])
  })

  test('what was rolled back is never delivered', async () => {
    const undone = context.db.write(async (transaction) => {
      await enqueue(context, transaction, { kind: 'note', payload: { text: 'hi' }, goodFor: 1_000 })
      throw new Error('undone')
    })
    await expect(undone).rejects.toThrow('undone')
    await runOutbox(context, { note })
    expect(delivered).toEqual([])
  })

  test('the payload cannot be read in the database', async () => {
    await put()
    const [row] = await rows()
    expect(new TextDecoder('latin1').decode(row?.payload)).not.toContain('hi')
  })

  test('8 runners at once deliver each row once', async () => {
    await inParallel(20, () => put())
    await inParallel(8, () => runOutbox(context, { note }))
    expect(delivered).toHaveLength(20)
  })

  test('a delivery that failed is tried again after a pause, and the runner is told when', async () => {
    await put()
    expect(await runOutbox(context, { note: failing })).toBe(1_000)
    await runOutbox(context, { note: failing })
    expect(delivered).toHaveLength(1)
    await context.clock.advance(1_000)
    expect(await runOutbox(context, { note: failing })).toBe(2_000)
    await context.clock.advance(2_000)
    await runOutbox(context, { note })
    expect(delivered).toEqual(['tried', 'tried', { text: 'hi' }])
    expect(await rows()).toEqual([])
  })

  test('what a delivery writes down is written with its outcome, or neither is', async () => {
    await put()
    const told: string[] = []
    const recording = (fails: boolean) => async (): Promise<Delivery> => ({
      kind: 'delivered',
      record: async (transaction) => {
        await transaction.deleteFrom('outbox').execute()
        if (fails) throw new Error('the disk is full')
      },
      settled: () => {
        told.push('settled')
      },
    })
    await runOutbox(context, { note: recording(true) })
    expect([told, (await rows()).length]).toEqual([[], 1])
    await context.clock.advance(1_000)
    await runOutbox(context, { note: recording(false) })
    expect([told, await rows()]).toEqual([['settled'], []])
  })

  test('a delivery that may succeed later is tried when the other side asked for it', async () => {
    await put()
    const busy = async (): Promise<Delivery> => ({ kind: 'later', why: 'busy', pause: 20_000 })
    expect(await runOutbox(context, { note: busy })).toBe(20_000)
    await context.clock.advance(20_000)
    await runOutbox(context, { note })
    expect(delivered).toEqual([{ text: 'hi' }])
  })

  test('abuse-26 what a process was delivering when it died is delivered by another one', async () => {
    await put()
    const dies = async (): Promise<Delivery> => {
      await context.db.write((transaction) => transaction.updateTable('outbox').set({ attempts: 9 }).execute())
      throw new Error('its process is gone: its word does not count any more')
    }
    await runOutbox(context, { note: dies })
    await runOutbox(context, { note })
    expect(delivered).toEqual([])
    await context.clock.advance(30_000)
    await runOutbox(context, { note })
    expect(delivered).toEqual([{ text: 'hi' }])
  })

  test('a delivery that keeps a schedule of its own is tried when that says', async () => {
    const patient = async (): Promise<Delivery> => ({ kind: 'put-off', why: 'closed at night', pause: 7_200_000 })
    await put(8_000_000)
    expect(await runOutbox(context, { note: patient })).toBe(7_200_000)
    await context.clock.advance(7_199_999)
    await runOutbox(context, { note })
    expect(delivered).toEqual([])
    await context.clock.advance(1)
    await runOutbox(context, { note })
    expect(delivered).toEqual([{ text: 'hi' }])
  })

  test('what can never be delivered is dropped', async () => {
    await put()
    await runOutbox(context, { note: async () => ({ kind: 'undeliverable', why: 'no such number' }) })
    expect(await rows()).toEqual([])
  })

  test('what is too old is dropped and not delivered', async () => {
    await put(60_000)
    await context.clock.advance(60_000)
    await runOutbox(context, { note })
    expect(delivered).toEqual([])
    expect(await rows()).toEqual([])
  })

  test('a kind that this process does not know waits for one that does', async () => {
    await put()
    expect(await runOutbox(context, { other: note })).toBeNull()
    expect(await rows()).toHaveLength(1)
  })

  describe('the runner', () => {
    test('delivers at once what is announced', async () => {
      const jobs = startJobs(context, { handlers: { note }, sweeps: [] })
      await jobs.settled()
      await put()
      announceOutbox(context)
      await jobs.settled()
      expect(delivered).toHaveLength(1)
      await jobs.stop()
    })

    test('delivers what it is handed, once however often, without looking for anything else', async () => {
      const jobs = startJobs(context, { handlers: { note }, sweeps: [] })
      await jobs.settled()
      await put()
      const handed = await put()
      announceOutbox(context, handed)
      announceOutbox(context, handed)
      await jobs.settled()
      expect(delivered).toHaveLength(1)
      expect((await rows()).map(({ id }) => id)).not.toContain(handed.id)
      await context.clock.advance(5_000)
      await jobs.settled()
      expect(delivered).toHaveLength(2)
      await jobs.stop()
    })

    test('delivers in its turn what it is handed while it has no room', async () => {
      const held = Promise.withResolvers<Delivery>()
      let begun = 0
      const slow = (): Promise<Delivery> => {
        begun += 1
        return held.promise
      }
      const jobs = startJobs(context, { handlers: { note: slow }, sweeps: [] })
      for (let count = 0; count < 40; count++) announceOutbox(context, await put())
      while (begun < 32) await new Promise((resolve) => setImmediate(resolve))
      held.resolve({ kind: 'delivered' })
      await jobs.settled()
      expect([begun, await rows()]).toEqual([40, []])
      await jobs.stop()
    })

    test('keeps nobody waiting for a receiver that is slow', async () => {
      const slow = Promise.withResolvers<Delivery>()
      const quick = Promise.withResolvers<void>()
      let taken = 0
      const first = async (): Promise<Delivery> => {
        taken += 1
        if (taken === 1) return slow.promise
        quick.resolve()
        return { kind: 'delivered' }
      }
      const jobs = startJobs(context, { handlers: { note: first }, sweeps: [] })
      await put()
      announceOutbox(context)
      await put()
      announceOutbox(context)
      await quick.promise
      expect(await rows()).not.toEqual([])
      slow.resolve({ kind: 'delivered' })
      await jobs.settled()
      expect(await rows()).toEqual([])
      await jobs.stop()
    })

    test('gives up on a delivery that never ends, and tries it again', async () => {
      let tries = 0
      const endless = (): Promise<Delivery> => {
        tries += 1
        return tries === 1 ? new Promise(() => {}) : Promise.resolve({ kind: 'delivered' })
      }
      await put()
      const delivering = runOutbox(context, { note: endless })
      while (tries === 0) await new Promise((resolve) => setImmediate(resolve))
      await context.clock.advance(25_000)
      expect(await delivering).toBe(1_000)
      await context.clock.advance(1_000)
      await runOutbox(context, { note: endless })
      expect([tries, await rows()]).toEqual([2, []])
    })

    test('lets no kind of effect take the room of another', async () => {
      const never = Promise.withResolvers<Delivery>()
      const jobs = startJobs(context, { handlers: { slow: () => never.promise, note }, sweeps: [] })
      await context.db.write(async (transaction) => {
        for (let count = 0; count < 100; count++) {
          await enqueue(context, transaction, { kind: 'slow', payload: {}, goodFor: 60_000 })
        }
      })
      announceOutbox(context)
      await put()
      announceOutbox(context)
      while (delivered.length === 0) await new Promise((resolve) => setImmediate(resolve))
      never.resolve({ kind: 'delivered' })
      await jobs.settled()
      await jobs.stop()
    })

    test('abuse-48 lets no receiver take the room of the others of its kind', async () => {
      const never = Promise.withResolvers<Delivery>()
      const reached: unknown[] = []
      let held = 0
      const jobs = startJobs(context, {
        sweeps: [],
        handlers: {
          news: (payload) => {
            if (payload === null || typeof payload !== 'object' || 'slow' in payload) {
              held += 1
              return never.promise
            }
            reached.push(payload)
            return Promise.resolve({ kind: 'delivered' })
          },
        },
      })
      await context.db.write(async (transaction) => {
        for (let count = 0; count < 50; count++) {
          await enqueue(context, transaction, { kind: 'news', lane: 'slow', payload: { slow: true }, goodFor: 60_000 })
        }
      })
      announceOutbox(context)
      await context.db.write((transaction) =>
        enqueue(context, transaction, { kind: 'news', lane: 'other', payload: { count: 1 }, goodFor: 60_000 }),
      )
      announceOutbox(context)
      while (reached.length === 0 || held < 4) await new Promise((resolve) => setImmediate(resolve))
      expect([held, reached]).toEqual([4, [{ count: 1 }]])
      never.resolve({ kind: 'delivered' })
      await jobs.settled()
      expect([held, await rows()]).toEqual([50, []])
      await jobs.stop()
    })

    test('finds by its slow poll what nobody announced', async () => {
      const jobs = startJobs(context, { handlers: { note }, sweeps: [] })
      await jobs.settled()
      await put()
      await context.clock.advance(5_000)
      await jobs.settled()
      expect(delivered).toHaveLength(1)
      await jobs.stop()
    })

    test('delivers what waited for its start', async () => {
      await put()
      const jobs = startJobs(context, { handlers: { note }, sweeps: [] })
      await jobs.settled()
      expect(delivered).toHaveLength(1)
      await jobs.stop()
    })

    test('sweeps at its start and every ten minutes, also after a sweep that failed', async () => {
      let sweeps = 0
      const sweep = async () => {
        sweeps += 1
      }
      const broken = async () => {
        throw new Error('broken')
      }
      const jobs = startJobs(context, { handlers: {}, sweeps: [broken, sweep] })
      await jobs.settled()
      expect(sweeps).toBe(1)
      await context.clock.advance(600_000)
      await jobs.settled()
      expect(sweeps).toBe(2)
      await jobs.stop()
    })

    test('does nothing any more once it is stopped', async () => {
      const jobs = startJobs(context, { handlers: { note }, sweeps: [] })
      await jobs.stop()
      await put()
      announceOutbox(context)
      await context.clock.advance(60_000)
      await jobs.settled()
      expect(delivered).toEqual([])
    })
  })
})
