import { describe, expect, test } from 'vitest'
import { refusalOfStep } from './linking.ts'
import { words } from './words.ts'

describe('a step', () => {
  const now = 1_000
  test.each([
    { state: 'code', expiresAt: 1_001, wanted: 'code', refusal: null },
    { state: 'code', expiresAt: 1_000, wanted: 'code', refusal: 'link_expired' },
    { state: 'code', expiresAt: 1_001, wanted: 'keys', refusal: 'wrong_step' },
    { state: 'code', expiresAt: 1_001, wanted: 'activate', refusal: 'wrong_step' },
    { state: 'keys', expiresAt: 1_001, wanted: 'keys', refusal: null },
    { state: 'keys', expiresAt: 1_001, wanted: 'code', refusal: 'wrong_step' },
    { state: 'keys', expiresAt: 999, wanted: 'keys', refusal: 'link_expired' },
    { state: 'activate', expiresAt: 1_001, wanted: 'activate', refusal: null },
    { state: 'activate', expiresAt: 1_001, wanted: 'code', refusal: 'wrong_step' },
    { state: 'ended', expiresAt: 1_001, wanted: 'code', refusal: 'link_expired' },
    { state: 'ended', expiresAt: 1_001, wanted: 'activate', refusal: 'link_expired' },
    { state: 'done', expiresAt: 1_001, wanted: 'activate', refusal: 'wrong_step' },
    { state: 'done', expiresAt: 999, wanted: 'code', refusal: 'wrong_step' },
  ] as const)('$wanted in state $state, until $expiresAt: $refusal', ({ state, expiresAt, wanted, refusal }) => {
    expect(refusalOfStep({ state, expiresAt }, wanted, now)).toBe(refusal)
  })
})

test('the SMS says what it is for, and warns', () => {
  expect(words.en.smsCode('Strand')).toBe('Code to connect a NEW PHONE to Strand. Never tell it to anyone.')
  expect(words.sv.smsCode('Strand')).toMatch(/^Kod för att koppla en NY TELEFON till Strand\./)
})
