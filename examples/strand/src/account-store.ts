/** Customers and what is booked on their accounts. The balance is the sum of the entries, and is kept nowhere else. */
import type { DatabaseSync } from 'node:sqlite'
import * as z from 'zod'
import { type AccountView, type Entry, entryKinds } from './account-view.ts'
import { inTransaction } from './database.ts'

export interface Customer {
  /** The issuer's name for the person, which never changes. */
  readonly subject: string
  readonly name: string
  readonly email: string
}

export interface AccountStore {
  /** Notes who logged in; at the first visit the account is opened with a balance, in öre. */
  welcome(customer: Customer, openingBalance: number | undefined, now: number): void
  /** Null for somebody who was never here. */
  view(subject: string): Extract<AccountView, { state: 'customer' }> | null
}

const day = 24 * 3_600_000
const shown = 20

/** A month of bookings for the demo, in öre; the first makes their sum the balance. */
const demoMonth = [
  { kind: 'salary', daysAgo: 12, amount: 31_840_00 },
  { kind: 'rent', daysAgo: 9, amount: -9_250_00 },
  { kind: 'groceries', daysAgo: 4, amount: -684_50 },
  { kind: 'travel', daysAgo: 2, amount: -43_00 },
] as const satisfies readonly { kind: Entry['kind']; daysAgo: number; amount: number }[]

/** The entries that an account begins with, oldest first; their sum is the balance. */
export function openingEntries(balance: number, now: number): Omit<Entry, 'id'>[] {
  const rest = demoMonth.reduce((sum, { amount }) => sum + amount, 0)
  const opening = { kind: 'opening', daysAgo: 30, amount: balance - rest } as const
  return [opening, ...demoMonth].map(({ kind, daysAgo, amount }) => ({ kind, amount, bookedAt: now - daysAgo * day }))
}

const CustomerRow = z.object({ name: z.string(), email: z.string(), balance: z.int() })
const EntryRow = z.object({ id: z.int(), booked_at: z.int(), amount: z.int(), kind: z.enum(entryKinds) })

export function accountStore(db: DatabaseSync): AccountStore {
  return {
    welcome: ({ subject, name, email }, openingBalance, now) =>
      inTransaction(db, () => {
        const isNew = db.prepare('SELECT 1 FROM customers WHERE subject = ?').get(subject) === undefined
        db.prepare(
          `INSERT INTO customers (subject, name, email) VALUES (?, ?, ?)
           ON CONFLICT (subject) DO UPDATE SET name = excluded.name, email = excluded.email`,
        ).run(subject, name, email)
        if (!isNew || openingBalance === undefined) return
        const insert = db.prepare('INSERT INTO entries (subject, booked_at, amount, kind) VALUES (?, ?, ?, ?)')
        for (const { bookedAt, amount, kind } of openingEntries(openingBalance, now)) {
          insert.run(subject, bookedAt, amount, kind)
        }
      }),
    view: (subject) => {
      const row = db
        .prepare(
          `SELECT name, email, (SELECT coalesce(sum(amount), 0) FROM entries e WHERE e.subject = c.subject) AS balance
           FROM customers c WHERE subject = ?`,
        )
        .get(subject)
      if (row === undefined) return null
      const entries = db
        .prepare(
          'SELECT id, booked_at, amount, kind FROM entries WHERE subject = ? ORDER BY booked_at DESC, id DESC LIMIT ?',
        )
        .all(subject, shown)
        .map((entry) => EntryRow.parse(entry))
        .map(({ booked_at: bookedAt, ...entry }) => ({ ...entry, bookedAt }))
      return { state: 'customer', ...CustomerRow.parse(row), entries }
    },
  }
}
