/** All SQL of transfers. Each change is conditional: only what is still asked becomes something else. */
import type { DatabaseSync } from 'node:sqlite'
import * as z from 'zod'
import { isOfStrand } from './account-number.ts'
import { type EndReason, endReasons } from './account-view.ts'
import { inTransaction } from './database.ts'
import { accountAt, accountOf, balanceOf, betweenAccounts, book, type CustomerAccount, clearing } from './ledger.ts'
import type { Payment, PaymentFaults } from './payment.ts'
import type { Transfer } from './transfer.ts'

const Row = z.object({
  id: z.string(),
  subject: z.string(),
  session: z.string(),
  amount: z.int(),
  payee: z.string(),
  account_number: z.string(),
  message: z.string().nullable(),
  save_payee: z.int(),
  approval: z.string().nullable(),
  page_token: z.string().nullable(),
  state: z.enum(['asked', 'booked', 'ended']),
  reason: z.enum(endReasons).nullable(),
  booked_at: z.int().nullable(),
  created_at: z.int(),
})

function stateOf({ state, reason, booked_at: bookedAt }: z.infer<typeof Row>): Transfer['state'] {
  if (state === 'booked' && bookedAt !== null) return { kind: 'booked', bookedAt }
  return reason === null ? { kind: 'asked' } : { kind: 'ended', reason }
}

function parseTransfer(row: unknown): Transfer {
  const parsed = Row.parse(row)
  const { id, subject, session, amount, payee, message, approval, page_token: pageToken } = parsed
  return {
    id,
    subject,
    session,
    payment: { amount, payee, accountNumber: parsed.account_number, message },
    savePayee: parsed.save_payee === 1,
    asked: approval === null ? null : { approval, pageToken: pageToken ?? '' },
    state: stateOf(parsed),
    createdAt: parsed.created_at,
  }
}

const select = 'SELECT t.*, b.booked_at FROM transfers t LEFT JOIN bookings b ON b.transfer = t.id'

/** Where the money of a payment goes: an account here, or another bank; null where there is no such account. */
function destinationOf(db: DatabaseSync, { accountNumber }: Payment): Pick<CustomerAccount, 'id'> | null {
  return isOfStrand(accountNumber) ? accountAt(db, accountNumber) : { id: clearing }
}

/** What only the ledger knows of a payment's faults. */
function faultsOf(db: DatabaseSync, subject: string, payment: Payment): PaymentFaults {
  const own = accountOf(db, subject)
  const isOwn = payment.accountNumber === own.accountNumber
  return {
    ...(payment.amount > balanceOf(db, own.id) ? { amount: 'more-than-balance' } : {}),
    ...(isOwn ? { accountNumber: 'own-account' } : {}),
    ...(destinationOf(db, payment) === null ? { accountNumber: 'unknown-account' } : {}),
  }
}

interface NewTransfer extends Pick<Transfer, 'id' | 'subject' | 'session' | 'payment' | 'savePayee' | 'createdAt'> {
  readonly attempt: string
}

function insertTransfer(db: DatabaseSync, { payment, ...transfer }: NewTransfer): void {
  db.prepare(
    `INSERT INTO transfers
       (id, subject, attempt, session, amount, payee, account_number, message, save_payee, state, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'asked', ?)`,
  ).run(
    transfer.id,
    transfer.subject,
    transfer.attempt,
    transfer.session,
    payment.amount,
    payment.payee,
    payment.accountNumber,
    payment.message,
    transfer.savePayee ? 1 : 0,
    transfer.createdAt,
  )
}

export type Opened =
  | { readonly kind: 'opened'; readonly transfer: Transfer }
  | { readonly kind: 'faults'; readonly faults: PaymentFaults }

export interface TransferStore {
  find(subject: string, id: string): Transfer | null
  /** Makes a transfer, or finds the one that this attempt made. */
  open(transfer: NewTransfer): Opened
  /** Notes that Countersign asks. Returns the transfer that has this approval: another one, if that was first. */
  noteAsked(transfer: Transfer, approval: string, pageToken: string): Transfer
  /** Ends what is asked. */
  end(transfer: Transfer, reason: EndReason): Transfer
  /** Books what is asked, once; ends it where there is not enough money, or nowhere to bring it. */
  book(transfer: Transfer, receipt: string, now: number): Transfer
  /** Those that are asked: of one customer, or all. The oldest first. */
  listAsked(subject: string | null): Transfer[]
}

function getTransfer(db: DatabaseSync, id: string): Transfer {
  return parseTransfer(db.prepare(`${select} WHERE t.id = ?`).get(id))
}

function endTransfer(db: DatabaseSync, id: string, reason: EndReason): void {
  db.prepare(
    "UPDATE transfers SET state = 'ended', reason = ?, page_token = NULL WHERE id = ? AND state = 'asked'",
  ).run(reason, id)
}

function bookTransfer(db: DatabaseSync, id: string, receipt: string, now: number): void {
  const { subject, payment, savePayee, state } = getTransfer(db, id)
  if (state.kind !== 'asked') return
  const from = accountOf(db, subject)
  const to = destinationOf(db, payment)
  if (to === null || payment.amount > balanceOf(db, from.id)) {
    endTransfer(db, id, to === null ? 'unknown-account' : 'not-enough')
    return
  }
  db.prepare("UPDATE transfers SET state = 'booked', receipt = ?, page_token = NULL WHERE id = ?").run(receipt, id)
  book(db, { kind: 'transfer', bookedAt: now, transfer: id }, betweenAccounts(from.id, to.id, payment.amount))
  if (!savePayee) return
  db.prepare(
    `INSERT INTO payees (subject, account_number, name) VALUES (?, ?, ?)
     ON CONFLICT (subject, account_number) DO UPDATE SET name = excluded.name`,
  ).run(subject, payment.accountNumber, payment.payee)
}

export function transferStore(db: DatabaseSync): TransferStore {
  const change = ({ id }: Transfer, run: () => void): Transfer =>
    inTransaction(db, () => {
      run()
      return getTransfer(db, id)
    })
  return {
    find: (subject, id) => {
      const row = db.prepare(`${select} WHERE t.id = ? AND t.subject = ?`).get(id, subject)
      return row === undefined ? null : parseTransfer(row)
    },
    open: (transfer) =>
      inTransaction(db, () => {
        const { subject, attempt, payment } = transfer
        const known = db.prepare(`${select} WHERE t.subject = ? AND t.attempt = ?`).get(subject, attempt)
        if (known !== undefined) return { kind: 'opened', transfer: parseTransfer(known) }
        const faults = faultsOf(db, subject, payment)
        if (Object.keys(faults).length > 0) return { kind: 'faults', faults }
        insertTransfer(db, transfer)
        return { kind: 'opened', transfer: getTransfer(db, transfer.id) }
      }),
    noteAsked: (transfer, approval, pageToken) =>
      inTransaction(db, () => {
        const other = db.prepare(`${select} WHERE t.approval = ? AND t.id <> ?`).get(approval, transfer.id)
        // The same payment was asked for in another tab: Countersign asks about both at once, so they are one.
        const { id } = other === undefined ? transfer : parseTransfer(other)
        if (id !== transfer.id) endTransfer(db, transfer.id, 'not-asked')
        db.prepare("UPDATE transfers SET approval = ?, page_token = ? WHERE id = ? AND state = 'asked'").run(
          approval,
          pageToken,
          id,
        )
        return getTransfer(db, id)
      }),
    end: (transfer, reason) => change(transfer, () => endTransfer(db, transfer.id, reason)),
    book: (transfer, receipt, now) => change(transfer, () => bookTransfer(db, transfer.id, receipt, now)),
    listAsked: (subject) =>
      db
        .prepare(`${select} WHERE t.state = 'asked' AND (?1 IS NULL OR t.subject = ?1) ORDER BY t.created_at, t.id`)
        .all(subject)
        .map(parseTransfer),
  }
}
