/** What a transfer is, and whether what was approved is this one. */
import type { EndReason } from './account-view.ts'
import type { Payment } from './payment.ts'

export interface Transfer {
  /** Also the id of its redemption, so that whoever redeems again gets the same. */
  readonly id: string
  /** The customer who pays. */
  readonly subject: string
  /** The browser that asked. */
  readonly session: string
  readonly payment: Payment
  /** Whether the payee is kept once the transfer is booked. */
  readonly savePayee: boolean
  /** Null until Countersign has said that it asks. */
  readonly asked: { readonly approval: string; readonly pageToken: string } | null
  readonly state:
    | { readonly kind: 'asked' }
    | { readonly kind: 'booked'; readonly bookedAt: number }
    | { readonly kind: 'ended'; readonly reason: EndReason }
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

/** What the person approved, as the receipt proves it. */
export interface ApprovedDocument {
  readonly approval: string
  readonly account: string
  readonly action: string
  readonly data: Readonly<Record<string, string>>
}

/** The action's name at Countersign. */
export const transferAction = 'transfer.create'

/** `1250.00 SEK` */
const moneyText = (amount: number): string => `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')} SEK`

/** What Countersign is told, and shows on the phone. */
export const dataOf = ({ amount, payee, accountNumber, message }: Payment): Record<string, string> => ({
  amount: moneyText(amount),
  payee,
  account_number: accountNumber,
  ...(message === null ? {} : { message }),
})

const spelled = (data: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(data).sort(([one], [other]) => (one < other ? -1 : 1)))

export const isSamePayment = (one: Payment, other: Payment): boolean => spelled(dataOf(one)) === spelled(dataOf(other))

/** Whether a document is about this transfer, to the letter: the same approval, customer, amount, payee and message. */
export const isAbout = (document: ApprovedDocument, { asked, subject, payment }: Transfer): boolean =>
  document.approval === asked?.approval &&
  document.account === subject &&
  document.action === transferAction &&
  spelled(document.data) === spelled(dataOf(payment))
