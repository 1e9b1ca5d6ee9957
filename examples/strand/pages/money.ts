/** Amounts and days as people write them. */
import type { Locale } from './language.ts'

const tags: Record<Locale, string> = { sv: 'sv-SE', en: 'en-GB' }

/** @param amount in öre */
export const formatAmount = (amount: number, locale: Locale, sign: 'auto' | 'always' = 'auto'): string =>
  new Intl.NumberFormat(tags[locale], {
    style: 'currency',
    currency: 'SEK',
    signDisplay: sign === 'always' ? 'exceptZero' : 'auto',
  }).format(amount / 100)

/** An amount as somebody would type it. @param amount in öre */
export const typedAmount = (amount: number, locale: Locale): string =>
  (amount / 100).toFixed(2).replace('.', locale === 'sv' ? ',' : '.')

/** @param time in milliseconds since the epoch */
export const formatDay = (time: number, locale: Locale): string =>
  new Intl.DateTimeFormat(tags[locale], { day: 'numeric', month: 'short', timeZone: 'Europe/Stockholm' }).format(time)
