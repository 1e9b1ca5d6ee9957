import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { accountNumberFault, type PaymentForm, readAmount, readPayment } from './payment.ts'

const good: PaymentForm = {
  amount: '1 250,50',
  payee: 'Elnät Syd AB',
  accountNumber: 'SE45 5000 0000 0583 9825 7466',
  message: '',
}
const faultsOf = (more: Partial<PaymentForm>) => {
  const read = readPayment({ ...good, ...more })
  return read.kind === 'faults' ? read.faults : {}
}

describe('an amount', () => {
  test.each([
    ['1250', 125_000],
    ['1250,5', 125_050],
    ['1250.50', 125_050],
    ['1 250,50', 125_050],
    ['1\u00a0250,50', 125_050],
    ['1,250.50', 125_050],
    ['1.250,50', 125_050],
    ['  99,90  ', 9_990],
    ['1250 kr', 125_000],
    ['1250,50 SEK', 125_050],
    ['SEK 1,250.50', 125_050],
    ['kr 12', 1_200],
    ['12:-', 1_200],
    ['0,01', 1],
    ['007', 700],
    ['100 000', 10_000_000],
    ['100,000.00', 10_000_000],
  ])('%j is %i öre', (typed, amount) => {
    expect(readAmount(typed)).toEqual({ kind: 'amount', amount })
  })

  test.each([
    ['', 'missing'],
    ['\u00a0', 'missing'],
    ['0', 'zero'],
    ['0,00', 'zero'],
    ['-5', 'negative'],
    ['\u22125,00 kr', 'negative'],
    ['- 5', 'negative'],
    ['NaN', 'no-amount'],
    ['Infinity', 'no-amount'],
    ['1e5', 'no-amount'],
    ['0x10', 'no-amount'],
    ['--5', 'no-amount'],
    ['+5', 'no-amount'],
    ['12,', 'no-amount'],
    [',50', 'no-amount'],
    ['1 25', 'no-amount'],
    ['1,25,50', 'no-amount'],
    ['1,250,50', 'no-amount'],
    ['12 34 567', 'no-amount'],
    ['femtio', 'no-amount'],
    ['1\u0662', 'no-amount'],
    ['１２', 'no-amount'],
    ['1\u202e2', 'no-amount'],
    ['0,001', 'decimals'],
    ['12,345678', 'decimals'],
    ['1250.505', 'decimals'],
    ['1.250', 'ambiguous'],
    ['1,250', 'ambiguous'],
    ['100 EUR', 'currency'],
    ['EUR 100', 'currency'],
    ['$100', 'currency'],
    ['100 €', 'currency'],
    ['100 nok', 'currency'],
    ['100 000,01', 'too-much'],
    ['9'.repeat(30), 'too-much'],
    [`1${' 000'.repeat(10)}`, 'too-much'],
  ])('%j is none: %s', (typed, kind) => {
    expect(readAmount(typed)).toEqual({ kind })
  })

  test('is read as it was written, in both languages, to the öre', () => {
    const writers = ['sv-SE', 'en-GB', 'de-DE'].map(
      (tag) => new Intl.NumberFormat(tag, { minimumFractionDigits: 2, maximumFractionDigits: 2 }),
    )
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000_00 }), (amount) => {
        for (const writer of writers)
          expect(readAmount(writer.format(amount / 100))).toEqual({ kind: 'amount', amount })
      }),
    )
  })

  test('is whole and more than nothing, whatever is typed', () => {
    const typed = fc.oneof(
      fc.string(),
      fc.stringMatching(/^[-+]?[\d ,.]{0,14}( kr| SEK| EUR)?$/),
      fc.double().map(String),
    )
    fc.assert(
      fc.property(typed, (text) => {
        const read = readAmount(text)
        if (!('amount' in read)) return
        expect(Number.isSafeInteger(read.amount) && read.amount > 0 && read.amount <= 100_000_00).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('a payment', () => {
  test('is what was typed, without what surrounds it', () => {
    const read = readPayment({ ...good, payee: '  Cafe\u0301 Kust ', message: ' ❤️ tack ' })
    expect(read).toEqual({
      kind: 'payment',
      payment: { amount: 125_050, payee: 'Café Kust', accountNumber: 'SE4550000000058398257466', message: '❤️ tack' },
    })
    expect(readPayment(good)).toMatchObject({ payment: { message: null } })
  })

  test.each([
    ['a line end', 'Elnät\nSyd'],
    ['a control', 'Elnät\u0007Syd'],
    ['another direction', 'Elnät \u202eDyS'],
    ['an isolate', '\u2066Elnät\u2069'],
    ['no width', 'El\u200bnät'],
    ['a soft hyphen', 'El\u00adnät'],
    ['half a character', 'Elnät \ud83d'],
    ['a heap of marks', `E${'\u0301'.repeat(9)}`],
    ['what looks like nothing', '\u3164'],
  ])('has no text with %s', (_, text) => {
    expect(faultsOf({ payee: text })).toEqual({ payee: 'hidden' })
    expect(faultsOf({ message: text })).toEqual({ message: 'hidden' })
  })

  test('says of every field at once what is wrong', () => {
    const faults = { amount: 'missing', payee: 'missing', accountNumber: 'missing' }
    expect(faultsOf({ amount: '', payee: ' ', accountNumber: '', message: '' })).toEqual(faults)
    expect(faultsOf({ payee: 'a'.repeat(61), message: 'a'.repeat(141) })).toEqual({
      payee: 'too-long',
      message: 'too-long',
    })
    expect(faultsOf({ payee: 'a'.repeat(60), message: 'a'.repeat(140) })).toEqual({})
  })
})

test.each([
  ['', null],
  ['SE45 5000', 'malformed'],
  ['SE45 5000 0000 0583 9825 7467', 'check-digits'],
  [good.accountNumber, 'right'],
] as const)('while typing, %j is %s', (typed, fault) => {
  expect(accountNumberFault(typed)).toBe(fault)
})
