import { beforeEach, expect, test } from 'vitest'
import { inParallel, onBothDatabases, type TestContext } from '../context-for-tests.ts'
import { refund, spend, sweepLimits } from './index.ts'

const limit = { maximum: 5, windowMs: 60_000 }

onBothDatabases((open) => {
  let context: TestContext
  beforeEach(async () => {
    context = await open()
  })

  const spendOne = (key = 'a') => context.db.write((transaction) => spend(transaction, key, limit))

  test('as many as the maximum are spent, then none', async () => {
    for (let count = 0; count < 5; count++) expect(await spendOne()).toEqual({ ok: true })
    await context.clock.advance(20_500)
    expect(await spendOne()).toEqual({ ok: false, retryAfter: 40 })
  })

  test('64 at once get no more than the maximum', async () => {
    const spent = await inParallel(64, () => spendOne())
    expect(spent.filter(({ ok }) => ok)).toHaveLength(5)
  })

  test('keys do not share a budget', async () => {
    await inParallel(5, () => spendOne('a'))
    expect(await spendOne('b')).toEqual({ ok: true })
  })

  test('a new window begins when the old one is over, and not before', async () => {
    await inParallel(5, () => spendOne())
    await context.clock.advance(59_999)
    expect((await spendOne()).ok).toBe(false)
    await context.clock.advance(1)
    const spent = await inParallel(64, () => spendOne())
    expect(spent.filter(({ ok }) => ok)).toHaveLength(5)
  })

  test('what is given back can be spent once more', async () => {
    await inParallel(5, () => spendOne())
    await context.db.write((transaction) => refund(transaction, 'a'))
    expect((await spendOne()).ok).toBe(true)
    expect((await spendOne()).ok).toBe(false)
  })

  test('giving back without having spent gives nothing', async () => {
    await context.db.write((transaction) => refund(transaction, 'a'))
    const spent = await inParallel(64, () => spendOne())
    expect(spent.filter(({ ok }) => ok)).toHaveLength(5)
  })

  test('a sweep forgets windows that are over and keeps the others', async () => {
    await spendOne('old')
    await context.clock.advance(60_000)
    await inParallel(5, () => spendOne('new'))
    await sweepLimits(context)
    const keys = await context.db.read((query) => query.selectFrom('limits').select('key').execute())
    expect(keys).toEqual([{ key: 'new' }])
  })
})
