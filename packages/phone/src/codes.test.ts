import { describe, expect, test } from 'vitest'
import { caretAfter, digitsOf, grouped } from './codes.ts'

describe('a code', () => {
  test('is taken as people paste it', () => {
    expect(digitsOf('4915 8823', 8)).toBe('49158823')
    expect(digitsOf(' Kod: 4915-8823.\n', 8)).toBe('49158823')
    expect(digitsOf('491588231', 8)).toBe('49158823')
    expect(digitsOf('abc', 8)).toBe('')
  })

  test('is shown in two groups of four', () => {
    expect(grouped('')).toBe('')
    expect(grouped('4915')).toBe('4915')
    expect(grouped('49158')).toBe('4915 8')
    expect(grouped('49158823')).toBe('4915 8823')
  })

  test('keeps the caret after the digit that it was after', () => {
    for (let digits = 0; digits <= 8; digits += 1) {
      const before = grouped('49158823').slice(0, caretAfter(digits))
      expect(digitsOf(before, 8)).toHaveLength(digits)
    }
  })
})
