/**
 * The ledger: double entry. A booking is made once, with all its postings, which sum to zero; none is ever changed.
 *
 * Balances are sums of postings and kept nowhere. Amounts are öre; what a customer has is positive. Every function that
 * writes must be called in a transaction.
 */
import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import * as z from 'zod'
import { strandNumber } from './account-number.ts'
import type { EntryKind } from './account-view.ts'

/** Other banks: what comes from them and goes to them. */
export const clearing = 1
/** What accounts were opened with. */
export const equity = 2

export interface Posting {
  readonly account: number
  readonly amount: number
}

interface Booking {
  readonly kind: EntryKind
  /** Milliseconds since the epoch. */
  readonly bookedAt: number
  /** The transfer that it carries out, if it does. */
  readonly transfer: string | null
}

/** The account at the other end of what is booked by itself. */
export const otherSide = (kind: EntryKind): number => (kind === 'opening' ? equity : clearing)

/** The postings that move an amount; one that is negative moves the other way. */
export const betweenAccounts = (from: number, to: number, amount: number): Posting[] => [
  { account: from, amount: -amount },
  { account: to, amount },
]

/** @throws RangeError where money would come from nowhere or be lost: a bug */
export function book(db: DatabaseSync, { kind, bookedAt, transfer }: Booking, postings: readonly Posting[]): void {
  const isWhole = postings.every(({ amount }) => Number.isSafeInteger(amount))
  const sum = postings.reduce((total, { amount }) => total + amount, 0)
  if (!isWhole || sum !== 0 || postings.length < 2) throw new RangeError('The postings of a booking must sum to zero.')
  const { lastInsertRowid: booking } = db
    .prepare('INSERT INTO bookings (kind, booked_at, transfer) VALUES (?, ?, ?)')
    .run(kind, bookedAt, transfer)
  const insert = db.prepare('INSERT INTO postings (account, booking, amount) VALUES (?, ?, ?)')
  for (const { account, amount } of postings) insert.run(account, booking, amount)
}

const AccountRow = z.object({ id: z.int(), account_number: z.string() })

export interface CustomerAccount {
  readonly id: number
  readonly accountNumber: string
}

function parseAccount(row: unknown): CustomerAccount {
  const { id, account_number: accountNumber } = AccountRow.parse(row)
  return { id, accountNumber }
}

/** Ten digits that go with a customer, and others on the next try. */
const serialOf = (subject: string, tries: number): number =>
  Number(BigInt(`0x${createHash('sha256').update(`${subject} ${tries}`).digest('hex')}`) % 10_000_000_000n)

/** Opens the account of a customer who has none, with the same number for the same customer. */
export function openAccount(db: DatabaseSync, subject: string): void {
  const insert = db.prepare(
    `INSERT INTO accounts (kind, subject, account_number) VALUES ('customer', ?, ?)
     ON CONFLICT (account_number) DO NOTHING`,
  )
  for (let tries = 0; insert.run(subject, strandNumber(serialOf(subject, tries))).changes === 0; tries++);
}

/** The account of a customer. @throws where there is none */
export const accountOf = (db: DatabaseSync, subject: string): CustomerAccount =>
  parseAccount(db.prepare('SELECT id, account_number FROM accounts WHERE subject = ?').get(subject))

/** The account at Strand that has this number, or null. */
export function accountAt(db: DatabaseSync, accountNumber: string): CustomerAccount | null {
  const row = db
    .prepare("SELECT id, account_number FROM accounts WHERE account_number = ? AND kind = 'customer'")
    .get(accountNumber)
  return row === undefined ? null : parseAccount(row)
}

/** The sum of an account's postings. */
export const balanceOf = (db: DatabaseSync, account: number): number =>
  z
    .object({ balance: z.int() })
    .parse(db.prepare('SELECT coalesce(sum(amount), 0) AS balance FROM postings WHERE account = ?').get(account))
    .balance
