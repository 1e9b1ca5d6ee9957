/** Amounts of money as text: `1250.00 SEK`. Never a floating-point number, and one spelling for each amount. */
import * as z from 'zod/mini'

/** ISO 4217 */
export const Currency = z.string().check(z.regex(/^[A-Z]{3}$/))

/** A decimal amount without sign, leading zeros or exponent, of less than a million million. */
export const DecimalAmount = z.string().check(z.regex(/^(0|[1-9]\d{0,11})(\.\d{1,4})?$/))

const withoutDecimals = new Set('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' '))
const withThree = new Set('BHD IQD JOD KWD LYD OMR TND'.split(' '))
const withFour = new Set(['CLF', 'UYW'])

/** How many decimals an amount of a currency has (ISO 4217, minor unit). */
export function decimalsOf(currency: string): number {
  if (withoutDecimals.has(currency)) return 0
  if (withThree.has(currency)) return 3
  return withFour.has(currency) ? 4 : 2
}

export interface Money {
  readonly currency: string
  /** In the currency's smallest unit. */
  readonly minor: bigint
}

const form = /^((?:0|[1-9]\d{0,11})(?:\.\d{1,4})?) ([A-Z]{3})$/

/** The amount in its smallest unit, or null when it has more or fewer decimals than its currency. */
export function minorUnits(amount: string, currency: string): bigint | null {
  if (!DecimalAmount.safeParse(amount).success) return null
  const [whole = '', decimals = ''] = amount.split('.')
  return decimals.length === decimalsOf(currency) ? BigInt(whole + decimals) : null
}

/** Reads `1250.00 SEK`. Null for any other spelling of it, signs and exponents among them. */
export function parseMoney(text: string): Money | null {
  const [, amount, currency] = form.exec(text) ?? []
  if (amount === undefined || currency === undefined) return null
  const minor = minorUnits(amount, currency)
  return minor === null ? null : { currency, minor }
}

/** `1250.00 SEK`, the one spelling that `parseMoney` takes. @throws RangeError when negative, or too much to say */
export function formatMoney({ minor, currency }: Money): string {
  const decimals = decimalsOf(currency)
  const digits = minor.toString().padStart(decimals + 1, '0')
  const point = digits.length - decimals
  const text = `${digits.slice(0, point)}${decimals === 0 ? '' : `.${digits.slice(point)}`} ${currency}`
  if (!form.test(text)) throw new RangeError('Not an amount of money that can be written.')
  return text
}
