import { expect, test } from 'vitest'
import { formatAmount, formatDay } from './money.ts'

// Non-breaking spaces and the true minus are the formats' own.
const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ').replaceAll('\u2212', '-')

test.each([
  [4_825_050, 'sv', '48 250,50 kr'],
  [4_825_050, 'en', 'SEK 48,250.50'],
  [-68_450, 'sv', '-684,50 kr'],
  [0, 'sv', '0,00 kr'],
] as const)('%i öre are, in %s, %s', (amount, locale, text) => {
  expect(plain(formatAmount(amount, locale))).toBe(text)
})

test('money that came in has a sign where it is asked for', () => {
  expect(plain(formatAmount(3_184_000, 'sv', 'always'))).toBe('+31 840,00 kr')
  expect(plain(formatAmount(0, 'sv', 'always'))).toBe('0,00 kr')
})

test('a day is the day in Sweden', () => {
  expect(formatDay(Date.UTC(2026, 10, 21, 23, 30), 'sv')).toBe('22 nov.')
  expect(formatDay(Date.UTC(2026, 10, 21, 23, 30), 'en')).toBe('22 Nov')
})
