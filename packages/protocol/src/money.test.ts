import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Currency, DecimalAmount, decimalsOf, formatMoney, minorUnits, parseMoney } from './money.ts'

describe('money', () => {
  test.each([
    ['1250.00 SEK', 125_000n, 'SEK'],
    ['0.01 EUR', 1n, 'EUR'],
    ['0.00 SEK', 0n, 'SEK'],
    ['1500 JPY', 1500n, 'JPY'],
    ['0 ISK', 0n, 'ISK'],
    ['1.500 KWD', 1500n, 'KWD'],
    ['1.0001 CLF', 10_001n, 'CLF'],
    ['999999999999.99 SEK', 99_999_999_999_999n, 'SEK'],
  ])('%s is %s of the smallest unit', (text, minor, currency) => {
    expect(parseMoney(text)).toEqual({ minor, currency })
    expect(formatMoney({ minor, currency })).toBe(text)
  })

  test('has one spelling for each amount', () => {
    const amount = fc.record({
      minor: fc.bigInt({ min: 0n, max: 99_999_999_999_999n }),
      currency: fc.constantFrom('SEK', 'EUR', 'USD', 'KWD', 'CLF'),
    })
    fc.assert(
      fc.property(amount, (money) => {
        expect(parseMoney(formatMoney(money))).toEqual(money)
      }),
    )
    fc.assert(
      fc.property(fc.stringMatching(/^-?[0-9]{1,3}[.,][0-9]{1,3} [A-Z]{3}$/), (text) => {
        const money = parseMoney(text)
        expect(money && formatMoney(money)).toBe(money && text)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('abuse-52 no amount is made of', () => {
  test.each([
    ['a sign', '-1.00 SEK'],
    ['a plus', '+1.00 SEK'],
    ['minus nothing', '-0.00 SEK'],
    ['an exponent', '1e5 SEK'],
    ['hexadecimal', '0x10 SEK'],
    ['NaN', 'NaN SEK'],
    ['infinity', 'Infinity SEK'],
    ['no decimals', '1 SEK'],
    ['one decimal', '1.0 SEK'],
    ['three decimals', '1.000 SEK'],
    ['decimals that the currency does not have', '1.00 JPY'],
    ['a point alone', '1. SEK'],
    ['no whole part', '.50 SEK'],
    ['a comma', '1,00 SEK'],
    ['groups', '1 000.00 SEK'],
    ['a leading zero', '01.00 SEK'],
    ['two zeros', '00.00 SEK'],
    ['30 digits', `${'9'.repeat(30)}.00 SEK`],
    ['a million million', '1000000000000.00 SEK'],
    ['no currency', '1.00'],
    ['an empty currency', '1.00 '],
    ['a currency in small letters', '1.00 sek'],
    ['a currency of two letters', '1.00 KR'],
    ['a currency in front', 'SEK 1.00'],
    ['no space', '1.00SEK'],
    ['two spaces', '1.00  SEK'],
    ['a space that does not break', '1.00\u00a0SEK'],
    ['a space at the end', '1.00 SEK '],
    ['a line end', '1.00 SEK\n'],
    ['digits of another script', '١.٠٠ SEK'],
    ['wide digits', '１.００ SEK'],
    ['a letter that looks like one', '1.00 ЅEK'],
    ['a character that is not seen', '1\u200b0.00 SEK'],
    ['nothing', ''],
  ])('%s: %j', (_, text) => {
    expect(parseMoney(text)).toBeNull()
  })

  test.each([
    ['less than nothing', { minor: -1n, currency: 'SEK' }],
    ['much less than nothing', { minor: -12_345n, currency: 'JPY' }],
    ['a million million', { minor: 100_000_000_000_000n, currency: 'SEK' }],
    ['a currency that is none', { minor: 100n, currency: 'kr' }],
  ])('%s, which is not written either', (_, money) => {
    expect(() => formatMoney(money)).toThrow(RangeError)
  })
})

test('an amount without its currency says nothing of decimals, and minor units do', () => {
  expect(DecimalAmount.safeParse('1').success && DecimalAmount.safeParse('1.2345').success).toBe(true)
  for (const text of ['1.23456', '1000000000000', '-1', '1e3', '']) {
    expect(DecimalAmount.safeParse(text).success).toBe(false)
    expect(minorUnits(text, 'SEK')).toBeNull()
  }
  expect(minorUnits('1', 'SEK')).toBeNull()
  expect(minorUnits('1.00', 'SEK')).toBe(100n)
})

test('currencies have the decimals of ISO 4217, and two where nothing else is said', () => {
  expect(['SEK', 'JPY', 'BHD', 'UYW', 'XYZ'].map(decimalsOf)).toEqual([2, 0, 3, 4, 2])
  for (const text of ['SE', 'SEKK', 'sek', 'S3K', '']) expect(Currency.safeParse(text).success).toBe(false)
})
