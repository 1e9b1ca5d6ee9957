import { describe, expect, test } from 'vitest'
import { emailKeyOf, isEmail, maskPhoneNumber, phoneNumberOf } from './account.ts'

describe('an e-mail address', () => {
  test.each([
    [' Anna@Strand.Example ', 'anna@strand.example'],
    // The same letter, composed and not.
    ['A\u030Asa@strand.example', '\u00e5sa@strand.example'],
  ])('%j is compared as %j', (email, key) => {
    expect(emailKeyOf(email)).toBe(key)
  })

  test.each([
    'anna',
    'anna@',
    '@strand.example',
    'a b@strand.example',
    'a@b@c',
    `${'a'.repeat(250)}@b.se`,
    'a\u202eb@c.se',
  ])('%j is none', (email) => {
    expect(isEmail(email)).toBe(false)
  })

  test('with a plus and an umlaut is one', () => {
    expect(isEmail('åsa+bank@strand.example')).toBe(true)
  })
})

describe('a phone number', () => {
  test.each(['+46 70 174 06 05', '+46701740605', '+46 (0)70-174 06 05'])('%j is +46701740605', (text) => {
    expect(phoneNumberOf(text)).toBe('+46701740605')
  })

  test.each(['0701740605', '+4670', 'call me: +46701740605', '+46701740605;ext=2', ''])('%j is none', (text) => {
    expect(phoneNumberOf(text)).toBeNull()
  })

  test('shows its last two digits and no other', () => {
    expect(maskPhoneNumber('+46701740605')).toBe('+•• •• ••• •• 05')
  })
})
