import { expect, test } from 'vitest'
import { pickLanguage } from './language.ts'

test.each([
  [null, ['sv-SE', 'en'], 'sv'],
  [null, ['de-DE', 'sv', 'en'], 'sv'],
  [null, ['fi'], 'en'],
  [null, [], 'en'],
  ['sv', ['en-US'], 'sv'],
  ['klingon', ['sv-SE'], 'sv'],
] as const)('chosen %j, with a browser of %j, speaks %s', (chosen, wanted, locale) => {
  expect(pickLanguage(chosen, wanted)).toBe(locale)
})
