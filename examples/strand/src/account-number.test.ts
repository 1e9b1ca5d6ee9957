import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatAccountNumber, isOfStrand, readAccountNumber, strandNumber } from './account-number.ts'

const kindOf = (typed: string) => readAccountNumber(typed).kind

describe('account numbers', () => {
  // The examples of the registry of ISO 13616.
  test.each([
    'SE45 5000 0000 0583 9825 7466',
    'se4550000000058398257466',
    'DE89 3704 0044 0532 0130 00',
    'GB29 NWBK 6016 1331 9268 19',
    'NO93 8601 1117 947',
    'MT84 MALT 0110 0001 2345 MTLC AST0 01S',
  ])('%s is one', (typed) => {
    expect(readAccountNumber(typed)).toEqual({ kind: 'number', number: typed.replaceAll(' ', '').toUpperCase() })
  })

  test.each([
    ['', 'missing'],
    ['   ', 'missing'],
    ['SE45 5000 0000 0583 9825 7467', 'check-digits'],
    ['SE54 5000 0000 0583 9825 7466', 'check-digits'],
    // 98 is the highest that the arithmetic gives, so 99 or 00 for 97 is a second spelling.
    ['SE45 5000 0000 0583 9825 746', 'malformed'],
    ['SE45 5000 0000 0583 9825 7466 1', 'malformed'],
    ['5000 0000 0583', 'malformed'],
    ['SE45-5000-0000-0583-9825-7466', 'malformed'],
    ['SE45 5000 0000 0583 9825 746\u0666', 'malformed'],
    ['\u202eSE4550000000058398257466', 'malformed'],
  ])('%j is none: %s', (typed, kind) => {
    expect(kindOf(typed)).toBe(kind)
  })

  test('of Strand are right and Strand’s, each serial with one of its own', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e15 }), (serial) => {
        const number = strandNumber(serial)
        expect(readAccountNumber(formatAccountNumber(number))).toEqual({ kind: 'number', number })
        expect(isOfStrand(number)).toBe(true)
        expect(Number(number.slice(7))).toBe(serial)
      }),
    )
    expect(isOfStrand('SE4550000000058398257466')).toBe(false)
    expect(strandNumber(42)).toBe('SE5399900000000000000042')
  })

  test('one digit that is wrong, or two neighbours that changed places, are noticed', () => {
    const digits = fc.tuple(
      fc.integer({ min: 0, max: 1e15 }),
      fc.integer({ min: 2, max: 23 }),
      fc.integer({ min: 0, max: 9 }),
    )
    fc.assert(
      fc.property(digits, ([serial, at, digit]) => {
        const right = strandNumber(serial)
        const other = `${right.slice(0, at)}${digit}${right.slice(at + 1)}`
        expect(kindOf(other)).toBe(other === right ? 'number' : 'check-digits')
        const swapped = `${right.slice(0, at)}${right[at + 1] ?? ''}${right[at] ?? ''}${right.slice(at + 2)}`
        expect(kindOf(swapped)).toBe(swapped === right ? 'number' : 'check-digits')
      }),
    )
  })

  test('are shown in groups of four', () => {
    expect(formatAccountNumber('SE4550000000058398257466')).toBe('SE45 5000 0000 0583 9825 7466')
    expect(formatAccountNumber('NO9386011117947')).toBe('NO93 8601 1117 947')
  })
})
