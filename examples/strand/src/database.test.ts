import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { accountStore } from './account-store.ts'
import { openDatabase } from './database.ts'
import { betweenAccounts, book, equity } from './ledger.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'strand-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

/** What versions 1 and 2 had, and Anna and Erik in it. */
function makeOld(version: 1 | 2): void {
  const old = new DatabaseSync(join(directory, 'strand.db'))
  old.exec(`
    CREATE TABLE customers (subject TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL) STRICT;
    CREATE TABLE sessions (
      hash TEXT PRIMARY KEY, subject TEXT REFERENCES customers (subject), ${version === 1 ? 'id_token TEXT,' : ''}
      expires_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX sessions_by_expiry ON sessions (expires_at);
    CREATE TABLE logins (
      state_hash TEXT PRIMARY KEY, session TEXT NOT NULL REFERENCES sessions (hash) ON DELETE CASCADE,
      nonce TEXT NOT NULL, code_verifier TEXT NOT NULL, expires_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX logins_by_expiry ON logins (expires_at);
    CREATE INDEX logins_by_session ON logins (session);
    CREATE TABLE entries (
      id INTEGER PRIMARY KEY, subject TEXT NOT NULL REFERENCES customers (subject), booked_at INTEGER NOT NULL,
      amount INTEGER NOT NULL, kind TEXT NOT NULL
    ) STRICT;
    CREATE INDEX entries_by_customer ON entries (subject, booked_at DESC, id DESC);
    INSERT INTO customers VALUES ('acc_anna', 'Anna Lind', 'anna@strand.example'), ('acc_erik', 'Erik Berg', '');
    INSERT INTO sessions (hash, subject, expires_at) VALUES ('h', 'acc_anna', 1);
    INSERT INTO entries (subject, booked_at, amount, kind) VALUES
      ('acc_anna', 1, 100000, 'opening'), ('acc_anna', 3, -4300, 'travel'), ('acc_anna', 2, 25000, 'salary'),
      ('acc_erik', 1, 0, 'opening');
    PRAGMA user_version = ${version};
  `)
  old.close()
}

test.each([1, 2] as const)(
  'a database of version %i keeps customers and what was booked, by double entry',
  (version) => {
    makeOld(version)
    const db = openDatabase(directory)
    const accounts = accountStore(db)
    const [anna, erik] = [accounts.view('acc_anna'), accounts.view('acc_erik')]
    expect(anna).toMatchObject({ name: 'Anna Lind', email: 'anna@strand.example', balance: 120_700 })
    expect(anna?.entries).toMatchObject([
      { kind: 'travel', bookedAt: 3, amount: -4_300, other: null },
      { kind: 'salary', bookedAt: 2, amount: 25_000 },
      { kind: 'opening', bookedAt: 1, amount: 100_000 },
    ])
    expect(erik).toMatchObject({ balance: 0, entries: [{ kind: 'opening', amount: 0 }] })
    expect(anna?.accountNumber).not.toBe(erik?.accountNumber)
    expect(db.prepare('SELECT sum(amount) AS all_of_it FROM postings').get()).toEqual({ all_of_it: 0 })
    expect(db.prepare('SELECT count(*) AS sessions FROM sessions').get()).toEqual({ sessions: version - 1 })
    db.close()
    const again = openDatabase(directory)
    expect(accountStore(again).view('acc_anna')).toEqual(anna)
    again.close()
  },
)

test('no posting and no booking is ever changed or removed', () => {
  const db = openDatabase(directory)
  accountStore(db).welcome({ subject: 'acc_anna', name: 'Anna', email: '' }, 100, 0)
  for (const change of ['UPDATE postings SET amount = 0', 'UPDATE bookings SET booked_at = 0']) {
    expect(() => db.exec(change)).toThrow('never changed')
  }
  for (const removal of ['DELETE FROM postings', 'DELETE FROM bookings']) {
    expect(() => db.exec(removal)).toThrow('never removed')
  }
  db.close()
})

test.each([
  [
    'that do not sum to zero',
    [
      { account: equity, amount: 1 },
      { account: 1, amount: -2 },
    ],
  ],
  ['without another side', [{ account: equity, amount: 0 }]],
  ['of half an öre', betweenAccounts(1, equity, 0.5)],
])('nothing is booked with postings %s', (_, postings) => {
  const db = openDatabase(directory)
  expect(() => book(db, { kind: 'opening', bookedAt: 0, transfer: null }, postings)).toThrow(RangeError)
  expect(db.prepare('SELECT * FROM bookings').all()).toEqual([])
  db.close()
})
