import { expect, test } from 'vitest'
import { pickLanguage } from './language.tsx'
import { words } from './words.ts'

test('the language is the chosen one, else the browser’s, else English', () => {
  expect(pickLanguage('en', ['sv-SE'])).toBe('en')
  expect(pickLanguage(null, ['de-DE', 'sv-SE', 'en'])).toBe('sv')
  expect(pickLanguage(null, ['EN-gb'])).toBe('en')
  expect(pickLanguage('xx', ['fi'])).toBe('en')
})

test('the Swedish labels that people know stand as they are', () => {
  const { sv } = words
  expect([sv.request.approve, sv.request.decline, sv.authenticate, sv.offline.generate, sv.more]).toEqual([
    'Godkänn',
    'Avböj',
    'Autentisera',
    'Generera',
    'Annat',
  ])
})
