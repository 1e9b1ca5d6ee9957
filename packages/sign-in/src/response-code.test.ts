import { describe, expect, test } from 'vitest'
import { halvesOf, normaliseResponse, spoken } from './response-code.ts'

describe('a typed response code', () => {
  test.each([
    '12345678',
    ' 1234 5678 ',
    '1234-5678',
    '12–34–56–78',
    '1234\u00a05678',
    '1234\u200b5678',
    '12.34.56.78',
    '１２３４５６７８',
    '12345678\n',
  ])('%j is taken', (typed) => {
    expect(normaliseResponse(typed)).toBe('12345678')
  })

  test.each(['', '1234567', '123456789', '1234567a', '1234 567O', '1234/5678', '+12345678'])('%j is not', (typed) => {
    expect(normaliseResponse(typed)).toBeNull()
  })

  test('keeps a zero at the front', () => {
    expect(normaliseResponse('0000 0001')).toBe('00000001')
  })
})

test('a code is shown as two halves, and said figure by figure', () => {
  expect(halvesOf('48291736')).toEqual(['4829', '1736'])
  expect(spoken('48291736')).toBe('4 8 2 9, 1 7 3 6')
})
