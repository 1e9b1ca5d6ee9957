/** A payment, from what a person typed: the same rules in the page, while typing, and on Strand's server. */
import * as z from 'zod/mini'
import { type AccountNumberFault, readAccountNumber } from './account-number.ts'

/** What is to be paid. */
export interface Payment {
  /** Öre. */
  readonly amount: number
  readonly payee: string
  readonly accountNumber: string
  readonly message: string | null
}

/** The form as it was typed. */
export const PaymentForm = z.object({
  amount: z.string().check(z.maxLength(200)),
  payee: z.string().check(z.maxLength(500)),
  accountNumber: z.string().check(z.maxLength(200)),
  message: z.string().check(z.maxLength(500)),
})
export type PaymentForm = z.infer<typeof PaymentForm>

const fieldFaults = [
  'missing',
  // Of the amount.
  'no-amount',
  'negative',
  'zero',
  'decimals',
  /** Thousands in one language, decimals in the other. */
  'ambiguous',
  'currency',
  'too-much',
  // Of the account number.
  'malformed',
  'check-digits',
  // Of texts.
  'too-long',
  /** Characters that nobody sees, or that turn the direction of reading. */
  'hidden',
  // What only Strand's server knows.
  'more-than-balance',
  'own-account',
  'unknown-account',
] as const
export type FieldFault = (typeof fieldFaults)[number]

/** What is wrong, by the field. */
export const PaymentFaults = z.partialRecord(z.keyof(PaymentForm), z.enum(fieldFaults))
export type PaymentFaults = z.infer<typeof PaymentFaults>

/** Öre: the most that one payment may be. */
export const mostToPay = 100_000_00

const longest = { payee: 60, message: 140 } as const

const spaces = /[\u00a0\u2009\u202f]/g
const krona = /^(?:sek|kr\.?) ?|(?: ?(?:sek|kronor|kr\.?)|:-)$/gi
const otherCurrency = /\p{Sc}|\d ?[a-z]{3}$|^[a-z]{3} ?\d/iu
// Digits, in groups of three or not, and then decimals after the other sign.
const decimal = /^(\d+|\d{1,3}(?:([ .,])\d{3})(?:\2\d{3})*)(?:([.,])(\d+))?$/

type Amount = { readonly kind: 'amount'; readonly amount: number } | { readonly kind: FieldFault }

function readDigits(text: string): Amount {
  const [, whole = '', group, point, decimals = ''] = decimal.exec(text) ?? []
  if (whole === '' || (group !== undefined && group === point)) return { kind: 'no-amount' }
  const digits = whole.replaceAll(/\D/g, '')
  if (decimals.length === 3 && /^[1-9]\d{0,2}$/.test(whole)) return { kind: 'ambiguous' }
  if (decimals.length > 2) return { kind: 'decimals' }
  if (digits.replace(/^0+/, '').length > 9) return { kind: 'too-much' }
  const amount = Number(digits) * 100 + Number(decimals.padEnd(2, '0'))
  if (amount === 0) return { kind: 'zero' }
  return amount > mostToPay ? { kind: 'too-much' } : { kind: 'amount', amount }
}

/** Reads an amount of kronor as Swedes or the English write it: `1 250,50`, `1,250.50`, `1250 kr`. */
export function readAmount(typed: string): Amount {
  const text = typed.replaceAll(spaces, ' ').replaceAll('\u2212', '-').trim()
  if (text === '') return { kind: 'missing' }
  const bare = text.replaceAll(krona, '').trim()
  if (otherCurrency.test(bare)) return { kind: 'currency' }
  if (!bare.startsWith('-')) return readDigits(bare)
  return readDigits(bare.slice(1).trim()).kind === 'no-amount' ? { kind: 'no-amount' } : { kind: 'negative' }
}

// As Countersign has it for what is shown on a phone: controls and formats, and what fonts draw nothing for.
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}\u2800]/u
const pictures = /(\p{Extended_Pictographic})\uFE0F/gu
const heap = /\p{M}{5}/u

function readText(
  typed: string,
  maximum: number,
): { readonly kind: 'text'; readonly text: string } | { readonly kind: FieldFault } {
  const text = typed.normalize('NFC').trim()
  if (unseen.test(text.replaceAll(pictures, '$1')) || heap.test(text)) return { kind: 'hidden' }
  return text.length > maximum ? { kind: 'too-long' } : { kind: 'text', text }
}

function readPayee(typed: string): ReturnType<typeof readText> {
  const read = readText(typed, longest.payee)
  return read.kind === 'text' && read.text === '' ? { kind: 'missing' } : read
}

export type ReadPayment =
  | { readonly kind: 'payment'; readonly payment: Payment }
  | { readonly kind: 'faults'; readonly faults: PaymentFaults }

/** Reads the whole form; where something is wrong, says what of every field. */
export function readPayment(form: PaymentForm): ReadPayment {
  const amount = readAmount(form.amount)
  const payee = readPayee(form.payee)
  const number = readAccountNumber(form.accountNumber)
  const message = readText(form.message, longest.message)
  if (amount.kind === 'amount' && payee.kind === 'text' && number.kind === 'number' && message.kind === 'text') {
    const payment = { amount: amount.amount, payee: payee.text, accountNumber: number.number }
    return { kind: 'payment', payment: { ...payment, message: message.text === '' ? null : message.text } }
  }
  const faults: PaymentFaults = {
    ...(amount.kind === 'amount' ? {} : { amount: amount.kind }),
    ...(payee.kind === 'text' ? {} : { payee: payee.kind }),
    ...(number.kind === 'number' ? {} : { accountNumber: number.kind }),
    ...(message.kind === 'text' ? {} : { message: message.kind }),
  }
  return { kind: 'faults', faults }
}

/** Whether what was typed is an account number; null while there may be more to come. */
export function accountNumberFault(typed: string): Exclude<AccountNumberFault, 'missing'> | 'right' | null {
  const { kind } = readAccountNumber(typed)
  if (kind === 'missing') return null
  return kind === 'number' ? 'right' : kind
}
