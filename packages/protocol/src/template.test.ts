import { describe, expect, test } from 'vitest'
import { TemplateDefinition, TemplateField } from './template.ts'

const words = (text: string) => ({ sv: text, en: text })

const transfer = {
  binding: 'number',
  fields: {
    amount: { type: 'money', maximum: { SEK: '100000.00' } },
    payee: { type: 'text', maximum_length: 60 },
    account_number: { type: 'iban' },
    speed: { type: 'choice', options: { usual: words('Nästa bankdag'), instant: words('Strax') } },
    copy_to: { type: 'email', optional: true },
  },
  headline: { sv: 'Betala {amount} till {payee}', en: 'Pay {amount} to {payee}' },
  lines: [
    { label: { sv: 'Belopp', en: 'Amount' }, field: 'amount' },
    { label: { sv: 'Till', en: 'To' }, field: 'payee' },
    { label: { sv: 'Konto', en: 'Account' }, field: 'account_number' },
    { label: { sv: 'När', en: 'When' }, field: 'speed' },
    { label: { sv: 'Kopia', en: 'Copy' }, field: 'copy_to' },
  ],
}

const isDefinition = (value: unknown) => TemplateDefinition.safeParse(value).success
const isField = (value: unknown) => TemplateField.safeParse(value).success

test('this is a definition, and is kept as it is', () => {
  expect(TemplateDefinition.parse(transfer)).toEqual(transfer)
})

describe('a definition', () => {
  test.each(Object.keys(transfer))('has %s', (member) => {
    expect(isDefinition({ ...transfer, [member]: undefined })).toBe(false)
    expect(isDefinition({ ...transfer, [member]: null })).toBe(false)
  })

  test.each([
    ['nothing else', { ...transfer, html: '<b>' }],
    ['a binding that a page can show', { ...transfer, binding: 'code' }],
    ['a headline in every language', { ...transfer, headline: { en: 'Pay' } }],
    ['a headline in no other language', { ...transfer, headline: { ...transfer.headline, de: 'Zahlen' } }],
    ['a headline that is one line', { ...transfer, headline: words('Pay\n{amount}') }],
    ['a headline that reads one way', { ...transfer, headline: words('Pay \u202e{amount}') }],
    ['a headline of some length', { ...transfer, headline: words('x'.repeat(121)) }],
    ['a line at least', { ...transfer, lines: [] }],
    ['10 lines at most', { ...transfer, lines: Array(11).fill(transfer.lines[0]) }],
    ['lines with labels', { ...transfer, lines: [{ field: 'amount' }] }],
    ['labels in every language', { ...transfer, lines: [{ label: { sv: 'Belopp' }, field: 'amount' }] }],
    ['labels that are seen', { ...transfer, lines: [{ label: words('\u200b'), field: 'amount' }] }],
    ['fields with names', { ...transfer, fields: { 'the amount': transfer.fields.amount } }],
    ['names in small letters', { ...transfer, fields: { Amount: transfer.fields.amount } }],
    ['names that begin with a letter', { ...transfer, fields: { __proto: transfer.fields.amount } }],
  ])('takes %s', (_, value) => {
    expect(isDefinition(value)).toBe(false)
  })
})

describe('a field', () => {
  test.each([
    ['a type', {}],
    ['a known type', { type: 'html' }],
    ['text with a length', { type: 'text' }],
    ['text of one character at least', { type: 'text', maximum_length: 0 }],
    ['text of 200 characters at most', { type: 'text', maximum_length: 201 }],
    ['text of a whole number of characters', { type: 'text', maximum_length: 1.5 }],
    ['money with a limit', { type: 'money' }],
    ['money with a currency', { type: 'money', maximum: {} }],
    ['money with a currency of ISO 4217', { type: 'money', maximum: { kr: '1.00' } }],
    ['money whose limit is an amount', { type: 'money', maximum: { SEK: '1e6' } }],
    ['money whose limit is text', { type: 'money', maximum: { SEK: 100 } }],
    ['money with no limit below nothing', { type: 'money', maximum: { SEK: '-1.00' } }],
    ['a choice with options', { type: 'choice' }],
    ['a choice with one option at least', { type: 'choice', options: {} }],
    ['options with words in every language', { type: 'choice', options: { now: { en: 'Now' } } }],
    ['options with plain names', { type: 'choice', options: { 'Now!': words('Now') } }],
    ['optional or not', { type: 'iban', optional: 'yes' }],
    ['nothing else', { type: 'iban', countries: ['SE'] }],
  ])('has %s', (_, value) => {
    expect(isField(value)).toBe(false)
  })

  test.each(Object.entries(transfer.fields))('such as %s may be left out where it says so', (_, field) => {
    expect(TemplateField.parse({ ...field, optional: true })).toEqual({ ...field, optional: true })
  })
})
