/** Customers, and what each sees of the ledger. */
import type { DatabaseSync } from 'node:sqlite'
import * as z from 'zod'
import { type AccountView, type Entry, type EntryKind, entryKinds } from './account-view.ts'
import { inTransaction } from './database.ts'
import { accountOf, balanceOf, betweenAccounts, book, openAccount, otherSide } from './ledger.ts'

export interface Customer {
  /** The issuer's name for the person, which never changes. */
  readonly subject: string
  readonly name: string
  readonly email: string
}

export type CustomerView = Omit<Extract<AccountView, { state: 'customer' }>, 'state' | 'waiting'>

export interface AccountStore {
  /** Notes who logged in; at the first visit the account is opened with a balance, in öre. */
  welcome(customer: Customer, openingBalance: number | undefined, now: number): void
  /** Null for somebody who was never here. */
  view(subject: string): CustomerView | null
}

const day = 24 * 3_600_000
const shown = 20

/** A month of bookings for the demo, in öre; the first makes their sum the balance. */
const demoMonth = [
  { kind: 'salary', daysAgo: 12, amount: 31_840_00 },
  { kind: 'rent', daysAgo: 9, amount: -9_250_00 },
  { kind: 'groceries', daysAgo: 4, amount: -684_50 },
  { kind: 'travel', daysAgo: 2, amount: -43_00 },
] as const satisfies readonly { kind: EntryKind; daysAgo: number; amount: number }[]

/** The entries that an account begins with, oldest first; their sum is the balance. */
export function openingEntries(balance: number, now: number): Pick<Entry, 'kind' | 'amount' | 'bookedAt'>[] {
  const rest = demoMonth.reduce((sum, { amount }) => sum + amount, 0)
  const opening = { kind: 'opening', daysAgo: 30, amount: balance - rest } as const
  return [opening, ...demoMonth].map(({ kind, daysAgo, amount }) => ({ kind, amount, bookedAt: now - daysAgo * day }))
}

const CustomerRow = z.object({ name: z.string(), email: z.string() })
const PayeeRow = z.object({ name: z.string(), account_number: z.string() })
const EntryRow = z.object({
  id: z.int(),
  booked_at: z.int(),
  amount: z.int(),
  kind: z.enum(entryKinds),
  other: z.string().nullable(),
  message: z.string().nullable(),
})

function entriesOf(db: DatabaseSync, account: number): Entry[] {
  return db
    .prepare(
      `SELECT b.id, b.booked_at, p.amount, b.kind, t.message,
         CASE WHEN p.amount < 0 THEN t.payee ELSE c.name END AS other
       FROM postings p JOIN bookings b ON b.id = p.booking
       LEFT JOIN transfers t ON t.id = b.transfer LEFT JOIN customers c ON c.subject = t.subject
       WHERE p.account = ? ORDER BY b.booked_at DESC, b.id DESC LIMIT ?`,
    )
    .all(account, shown)
    .map((row) => EntryRow.parse(row))
    .map(({ booked_at: bookedAt, ...entry }) => ({ ...entry, bookedAt }))
}

const payeesOf = (db: DatabaseSync, subject: string) =>
  db
    .prepare('SELECT name, account_number FROM payees WHERE subject = ? ORDER BY name, account_number')
    .all(subject)
    .map((row) => PayeeRow.parse(row))
    .map(({ name, account_number: accountNumber }) => ({ name, accountNumber }))

export function accountStore(db: DatabaseSync): AccountStore {
  return {
    welcome: ({ subject, name, email }, openingBalance, now) =>
      inTransaction(db, () => {
        const isNew = db.prepare('SELECT 1 FROM customers WHERE subject = ?').get(subject) === undefined
        db.prepare(
          `INSERT INTO customers (subject, name, email) VALUES (?, ?, ?)
           ON CONFLICT (subject) DO UPDATE SET name = excluded.name, email = excluded.email`,
        ).run(subject, name, email)
        if (!isNew) return
        openAccount(db, subject)
        if (openingBalance === undefined) return
        const { id } = accountOf(db, subject)
        for (const { bookedAt, amount, kind } of openingEntries(openingBalance, now)) {
          book(db, { kind, bookedAt, transfer: null }, betweenAccounts(otherSide(kind), id, amount))
        }
      }),
    view: (subject) => {
      const row = db.prepare('SELECT name, email FROM customers WHERE subject = ?').get(subject)
      if (row === undefined) return null
      const { id, accountNumber } = accountOf(db, subject)
      const entries = entriesOf(db, id)
      return {
        ...CustomerRow.parse(row),
        accountNumber,
        balance: balanceOf(db, id),
        entries,
        payees: payeesOf(db, subject),
      }
    },
  }
}
