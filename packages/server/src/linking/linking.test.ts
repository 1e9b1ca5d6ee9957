import { LinkingId } from '@countersign/protocol'
import { describe, expect, test } from 'vitest'
import { codeHashOf, refusalOfStep } from './linking.ts'
import { codeText } from './words.ts'

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

test('the same code of two linkings is kept as two hashes', () => {
  const key = new Uint8Array(32)
  const one = LinkingId.parse(`lnk_${'A'.repeat(22)}`)
  const other = LinkingId.parse(`lnk_${'Q'.repeat(22)}`)
  expect(codeHashOf(key, one, '123456')).not.toEqual(codeHashOf(key, other, '123456'))
  expect(codeHashOf(key, one, '123456')).not.toEqual(codeHashOf(new Uint8Array(32).fill(1), one, '123456'))
})

test('the SMS warns, and its last line binds the code to the host of the phone app', () => {
  expect(codeText('en', 'Strand', 'app.example.com', '012345')).toBe(
    'Code to connect a NEW PHONE to Strand. Never tell it to anyone.\n\n012345\n\n@app.example.com #012345',
  )
  expect(codeText('sv', 'Strand', 'app.example.com', '012345')).toMatch(
    /^Kod för att koppla en NY TELEFON till Strand\./,
  )
})
