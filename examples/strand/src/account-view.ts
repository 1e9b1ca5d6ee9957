/** What Strand's server tells its own page, and what the page sends. */
import * as z from 'zod/mini'
import { PaymentFaults, PaymentForm } from './payment.ts'

export const entryKinds = ['opening', 'salary', 'rent', 'groceries', 'travel', 'transfer'] as const
export type EntryKind = (typeof entryKinds)[number]

/** One booking on the account. Amounts are öre; money out is negative. */
const Entry = z.object({
  id: z.int(),
  /** Milliseconds since the epoch. */
  bookedAt: z.int(),
  amount: z.int(),
  kind: z.enum(entryKinds),
  /** Of a transfer: who was paid, or who paid. */
  other: z.nullable(z.string()),
  message: z.nullable(z.string()),
})
export type Entry = z.infer<typeof Entry>

/** Somebody whom the customer pays again. */
const Payee = z.object({ name: z.string(), accountNumber: z.string() })
export type Payee = z.infer<typeof Payee>

const Payment = z.object({
  /** Öre. */
  amount: z.int(),
  payee: z.string(),
  accountNumber: z.string(),
  message: z.nullable(z.string()),
})

/** A transfer that the phone is asked about. */
export const WaitingTransfer = z.object({
  id: z.string(),
  payment: Payment,
  savePayee: z.boolean(),
  /** For the popup: where Countersign is, and what it waits for. */
  server: z.string(),
  approval: z.string(),
  pageToken: z.string(),
})
export type WaitingTransfer = z.infer<typeof WaitingTransfer>

/** Why a transfer came to nothing. In every case no money has moved. */
export const endReasons = [
  'declined',
  'wrong-number',
  'codes-spent',
  'expired',
  'cancelled',
  'no-device',
  'device-blocked',
  /** Countersign would not ask, or could not be reached in time. */
  'not-asked',
  /** Asked too often. */
  'too-many',
  // From here on it was approved, and was not carried out.
  /** The approval cannot be collected: too late, or the phone was unlinked since. */
  'void',
  /** What was approved is not this transfer, or is not proved. */
  'changed',
  'not-enough',
  'unknown-account',
] as const
export type EndReason = (typeof endReasons)[number]

/** `GET /api/account` */
export const AccountView = z.discriminatedUnion('state', [
  z.object({ state: z.literal('guest') }),
  z.object({
    state: z.literal('customer'),
    name: z.string(),
    email: z.string(),
    accountNumber: z.string(),
    balance: z.int(),
    /** The latest, newest first. */
    entries: z.array(Entry),
    payees: z.array(Payee),
    /** What this browser has asked for and the phone has not answered. */
    waiting: z.nullable(WaitingTransfer),
  }),
])
export type AccountView = z.infer<typeof AccountView>

/** `POST /api/transfers` */
export const TransferBody = z.strictObject({
  ...PaymentForm.shape,
  savePayee: z.boolean(),
  locale: z.enum(['sv', 'en']),
  /** Random, the same when the same form is sent again because no answer came. */
  attempt: z.string().check(z.regex(/^[\w-]{20,64}$/)),
})
export type TransferBody = z.infer<typeof TransferBody>

/** How a transfer stands: the answer of `POST /api/transfers` and `POST /api/transfers/{id}/settle`. */
export const TransferAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('faults'), faults: PaymentFaults }),
  z.object({ kind: z.literal('waiting'), transfer: WaitingTransfer }),
  z.object({ kind: z.literal('booked'), payment: Payment, bookedAt: z.int() }),
  z.object({ kind: z.literal('ended'), reason: z.enum(endReasons) }),
  /** Countersign does not answer. */
  z.object({ kind: z.literal('unreachable') }),
  /** Nobody is logged in any more. */
  z.object({ kind: z.literal('guest') }),
])
export type TransferAnswer = z.infer<typeof TransferAnswer>

/** `POST /logout`: where the browser goes next. */
export const LogoutAnswer = z.object({ location: z.string() })

/** Why a login came to nothing: `/problem/{kind}`. */
export const problemKinds = ['cancelled', 'expired', 'unreachable', 'failed'] as const
export type ProblemKind = (typeof problemKinds)[number]
