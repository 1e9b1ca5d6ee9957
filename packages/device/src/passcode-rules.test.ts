import { describe, expect, test } from 'vitest'
import { type PasscodeFault, passcodeFault } from './passcode-rules.ts'

const cases: readonly (readonly [string, PasscodeFault | null])[] = [
  ['12345', 'not-six-digits'],
  ['1234567', 'not-six-digits'],
  ['48291a', 'not-six-digits'],
  ['٤٨٢٩١٣', 'not-six-digits'],
  ['', 'not-six-digits'],
  ['000000', 'repeated'],
  ['777777', 'repeated'],
  ['121212', 'repeated'],
  ['123123', 'repeated'],
  ['123321', 'repeated'],
  ['112233', 'repeated'],
  ['111222', 'repeated'],
  ['123456', 'sequence'],
  ['456789', 'sequence'],
  ['890123', 'sequence'],
  ['654321', 'sequence'],
  ['210987', 'sequence'],
  ['199012', 'year'],
  ['311987', 'year'],
  ['122024', 'year'],
  ['482913', null],
  ['100000', null],
  ['205713', null],
  ['135792', null],
]

describe('passcodes that a thief tries first are refused', () => {
  test.each(cases)('%s: %s', (passcode, fault) => {
    expect(passcodeFault(passcode)).toBe(fault)
  })

  test('all others are not: at least nine of ten passcodes stand', () => {
    const some = Array.from({ length: 100_000 }, (_, number) => String((number * 7919) % 1_000_000).padStart(6, '0'))
    expect(some.filter((passcode) => passcodeFault(passcode) === null).length).toBeGreaterThan(90_000)
  })
})
