import { describe, expect, test } from 'vitest'
import { readImport } from './import-file.ts'

const anna = {
  email: 'anna@strand.example',
  name: 'Anna Lind',
  phoneNumber: '+46701740605',
  locale: 'sv',
  secret: { password: 'morgonbris' },
}

describe('CSV', () => {
  const header = 'email,name,phone,locale,password,password_hash'

  test('is read by the names of its header', () => {
    const text = 'name,locale,email,phone,password\nAnna Lind,sv,anna@strand.example,+46701740605,morgonbris\n'
    expect(readImport(text)).toEqual({ lines: [{ line: 2, account: anna }], faults: [] })
  })

  test('may have quotes, commas and line breaks in fields, a byte order mark and the line ends of Windows', () => {
    const text = `\uFEFF${header}\r\n"anna@strand.example","Lind, ""Anna""\nB",+46701740605,sv,,$hash\r\nerik@strand.example,Erik,+46701740606,en,pass,`
    expect(readImport(text).lines).toEqual([
      { line: 2, account: { ...anna, name: 'Lind, "Anna"\nB', secret: { passwordHash: '$hash' } } },
      {
        line: 4,
        account: {
          email: 'erik@strand.example',
          name: 'Erik',
          phoneNumber: '+46701740606',
          locale: 'en',
          secret: { password: 'pass' },
        },
      },
    ])
  })

  test.each([
    ['too few fields', 'a@b.se,Anna', 'The line has 2 fields, the header has 6.'],
    ['a language that we do not speak', 'a@b.se,Anna,+46701740605,de,pass,', 'Not as it should be: locale.'],
    ['no password', 'a@b.se,Anna,+46701740605,sv,,', 'A line needs password or password_hash, and not both.'],
    ['two passwords', 'a@b.se,Anna,+46701740605,sv,a,b', 'A line needs password or password_hash, and not both.'],
  ])('with %s is a fault with its line', (_, row, fault) => {
    expect(readImport(`${header}\n\n${row}\n`)).toEqual({ lines: [], faults: [{ line: 3, fault }] })
  })

  test('with a column that nobody knows is a fault', () => {
    const { faults } = readImport('email,name,phone,locale,password,shoes\na@b.se,Anna,+46701740605,sv,pass,42')
    expect(faults).toEqual([{ line: 2, fault: 'Not as it should be: shoes.' }])
  })

  test('with a quote that is never closed is a fault', () => {
    expect(readImport(`${header}\n"a@b.se,Anna`).faults).toEqual([
      { line: 1, fault: 'The quotes of the file do not match.' },
    ])
  })

  test('of nothing gives nothing', () => {
    expect(readImport('')).toEqual({ lines: [], faults: [] })
    expect(readImport(`${header}\n`)).toEqual({ lines: [], faults: [] })
  })
})

describe('JSON lines', () => {
  const row = { email: anna.email, name: anna.name, phone: anna.phoneNumber, locale: 'sv', password: 'morgonbris' }

  test('are read', () => {
    expect(readImport(`${JSON.stringify(row)}\n\n${JSON.stringify({ ...row, email: 'b@c.se' })}`).lines).toEqual([
      { line: 1, account: anna },
      { line: 3, account: { ...anna, email: 'b@c.se' } },
    ])
  })

  test('that are none are faults with their lines', () => {
    expect(readImport(`${JSON.stringify(row)}\n{oh\n`).faults).toEqual([{ line: 2, fault: 'The line is not JSON.' }])
  })
})
