/** What the tables themselves refuse, whoever asks: the last line of defence, on both databases. */
import { createDatabase, TestClock } from '@countersign/testkit'
import { sql } from 'kysely'
import { beforeEach, describe, expect, inject, test } from 'vitest'
import { type Database, openDatabase, type Transaction } from './index.ts'
import { insertAccount, insertApplication, insertApproval, insertDevice } from './rows-for-tests.ts'

const kinds = [
  { name: 'SQLite', newUrl: async () => 'sqlite::memory:' },
  { name: 'PostgreSQL', newUrl: () => createDatabase(inject('postgres') ?? '') },
]

describe.each(kinds)('on $name the tables allow', ({ name, newUrl }) => {
  let db: Database
  beforeEach(async ({ skip }) => {
    if (name === 'PostgreSQL' && inject('postgres') === null) skip('PostgreSQL is not installed here')
    db = await openDatabase({ url: await newUrl(), clock: new TestClock() })
    await db.write(async (transaction) => {
      await insertAccount(transaction, { id: 'acc_1' })
      await insertAccount(transaction, { id: 'acc_2' })
      await insertApplication(transaction)
      await insertDevice(transaction, { id: 'dev_1' })
      await insertApproval(transaction, { id: 'apr_1', live_key: 'live' })
    })
    return () => db.close()
  })

  const refused = (work: (transaction: Transaction) => Promise<unknown>) => expect(db.write(work)).rejects.toThrow()

  test('one account for an e-mail address', () => refused((t) => insertAccount(t, { email_key: 'acc_1@example.com' })))

  test('one device for a key', () => refused((t) => insertDevice(t, { key_thumbprint: 'thumbprint of dev_1' })))

  test('one authenticating device for an account', async () => {
    await refused((t) => insertDevice(t, { id: 'dev_2' }))
    await db.write((t) => insertDevice(t, { id: 'dev_2', authenticating: 0 }))
    await db.write((t) => insertDevice(t, { id: 'dev_3', account_id: 'acc_2' }))
  })

  test('a removed device neither to be asked nor to keep its secret', async () => {
    const set = (values: { authenticating: number; unlock_secret?: Uint8Array }) => (t: Transaction) =>
      t
        .updateTable('devices')
        .set({ state: 'removed', ...values })
        .execute()
    await refused(set({ authenticating: 1, unlock_secret: new Uint8Array(0) }))
    await refused(set({ authenticating: 0 }))
    await db.write(set({ authenticating: 0, unlock_secret: new Uint8Array(0) }))
  })

  test('one live approval of a kind, and any number of ended ones', async () => {
    await refused((t) => insertApproval(t, { id: 'apr_2', live_key: 'live' }))
    await db.write(async (t) => {
      await t.updateTable('approvals').set({ state: 'declined', live_key: null }).execute()
      await insertApproval(t, { id: 'apr_2', live_key: 'live' })
      await t.updateTable('approvals').set({ state: 'declined', live_key: null }).execute()
    })
  })

  test('a live key while pending and only then', async () => {
    await refused((t) => t.updateTable('approvals').set({ state: 'approved' }).execute())
    await refused((t) => t.updateTable('approvals').set({ live_key: null }).execute())
  })

  test('redeeming what was approved, and nothing else', async () => {
    const redeemed = { redemption_id: 'r', redeemed_at: 1, live_key: null }
    await refused((t) =>
      t
        .updateTable('approvals')
        .set({ ...redeemed, state: 'declined' })
        .execute(),
    )
    await db.write((t) =>
      t
        .updateTable('approvals')
        .set({ ...redeemed, state: 'approved' })
        .execute(),
    )
  })

  test('no state that is not named', () =>
    refused((t) => t.updateTable('accounts').set({ state: sql`'other'` }).execute()))

  test('no counter below zero', () => refused((t) => t.updateTable('devices').set({ unlock_tries_left: -1 }).execute()))

  test('no row that refers to nothing', () => refused((t) => insertDevice(t, { account_id: 'acc_unknown' })))

  test('no value of another type', () =>
    refused((t) => t.updateTable('accounts').set({ created_at: sql`'soon'` }).execute()))
})
