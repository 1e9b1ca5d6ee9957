/** The contract of documents: what every one of them has to say. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ApprovalDocument } from './document.ts'

const id = 'A'.repeat(22)

const document = {
  v: 1,
  approval: `apr_${id}`,
  round: 1,
  audience: 'https://id.strand.example',
  account: `acc_${id}`,
  device: `dev_${id}`,
  application: { id: 'strand', name: 'Strand' },
  action: 'login',
  template: 1,
  locale: 'sv',
  headline: 'Logga in på Strand',
  lines: [
    { label: 'Konto', value: 'anna@strand.example' },
    { label: 'Webbläsare', value: 'Firefox, Linux' },
    { label: 'Plats (ungefärlig)', value: 'Okänd' },
  ],
  data: {},
  context: { place: null, browser: 'Firefox, Linux' },
  binding: 'number',
  nonce: 'A'.repeat(43),
  issued: '2026-03-01T12:00:00.000Z',
  expires: '2026-03-01T12:01:30.000Z',
} as const

const isDocument = (value: unknown) => ApprovalDocument.safeParse(value).success

/** The document with something else at a place. */
function withChange(path: readonly (string | number)[], change: unknown): unknown {
  const copy: Record<string | number, unknown> = structuredClone(document)
  const [last = '', ...before] = path.toReversed()
  const parent = before.reverse().reduce<Record<string | number, unknown>>((at, step) => Object(at[step]), copy)
  if (change === undefined) delete parent[last]
  else parent[last] = change
  return copy
}

test('this is one', () => {
  expect(isDocument(document)).toBe(true)
})

describe('abuse-8 a document that leaves something out is none', () => {
  test.each(Object.keys(document))('without %s', (member) => {
    expect(isDocument(withChange([member], undefined))).toBe(false)
  })

  test.each([
    ['the place', ['context', 'place']],
    ['the browser', ['context', 'browser']],
    ['the name of the application', ['application', 'name']],
    ['the label of a line', ['lines', 0, 'label']],
    ['the value of a line', ['lines', 0, 'value']],
  ])('without %s', (_, path) => {
    expect(isDocument(withChange(path, undefined))).toBe(false)
    expect(isDocument(withChange(path, ''))).toBe(false)
    expect(isDocument(withChange(path, ' '))).toBe(false)
  })

  test('unknown is said, and only of place and browser', () => {
    expect(isDocument(withChange(['context'], { place: null, browser: null }))).toBe(true)
    for (const path of [['context'], ['headline'], ['application', 'name'], ['lines', 0, 'value'], ['lines']]) {
      expect(isDocument(withChange(path, null))).toBe(false)
    }
  })

  test('more lines than a person reads, or a member that nobody knows, are refused too', () => {
    expect(isDocument(withChange(['lines'], Array(13).fill(document.lines[0])))).toBe(false)
    for (const path of [['fee'], ['context', 'ip'], ['application', 'logo'], ['lines', 0, 'hidden']]) {
      expect(isDocument(withChange(path, 'x'))).toBe(false)
    }
  })
})

test('abuse-7 no text that is shown takes a character that is not seen', () => {
  const shown = [
    ['application', 'name'],
    ['headline'],
    ['lines', 0, 'label'],
    ['lines', 1, 'value'],
    ['context', 'place'],
    ['context', 'browser'],
  ]
  const unseen = fc.constantFrom(
    '\u202e',
    '\u2066',
    '\u200b',
    '\u200d',
    '\u2028',
    '\n',
    '\0',
    '\u3164',
    '\ufe0f',
    '\u00ad',
    '\ud800',
  )
  const split = fc.tuple(fc.constantFrom('', 'Strand', 'å', '12 450,00 kr'), unseen, fc.constantFrom('', 'Bank', '.'))
  fc.assert(
    fc.property(fc.constantFrom(...shown), split, (path, parts) => {
      expect(isDocument(withChange(path, parts.join('')))).toBe(false)
    }),
    { numRuns: 600 },
  )
})
