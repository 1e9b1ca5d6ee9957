import { describe, expect, test } from 'vitest'
import { enter, isComplete } from './passcode-entry.ts'

const keyed = (keys: string) =>
  Array.from(keys).reduce((entered, digit) => enter(entered, { type: 'digit', digit }), '')

describe('entering a passcode', () => {
  test('takes six digits, and no seventh', () => {
    expect(keyed('48291')).toBe('48291')
    expect(isComplete(keyed('48291'))).toBe(false)
    expect(keyed('4829157')).toBe('482915')
    expect(isComplete(keyed('482915'))).toBe(true)
  })

  test('takes back the last digit', () => {
    expect(enter('482', { type: 'delete' })).toBe('48')
    expect(enter('', { type: 'delete' })).toBe('')
  })

  test('takes what a keyboard sets, digits only', () => {
    expect(enter('1', { type: 'set', text: '48 29-15x' })).toBe('482915')
    expect(enter('48', { type: 'set', text: '' })).toBe('')
  })
})
