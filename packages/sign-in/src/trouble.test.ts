import { errorCodes } from '@countersign/protocol'
import { describe, expect, test } from 'vitest'
import type { Refused } from './api.ts'
import { troubleText } from './trouble.ts'
import { duration, words } from './words.ts'

const refused = (code: Refused['code'], more: Partial<Refused> = {}): Refused => ({
  outcome: 'refused',
  code,
  triesLeft: null,
  retryAfter: null,
  request: null,
  ...more,
})

describe.each([words.en, words.sv])('what is told of a refusal', (language) => {
  test.each(errorCodes)('%s has a sentence', (code) => {
    expect(troubleText(language, refused(code)).length).toBeGreaterThan(20)
  })

  test('one sentence stands for everything that can be wrong with e-mail and password', () => {
    expect(troubleText(language, refused('sign_in_failed'))).toBe(language.refusedSignIn)
  })

  test('a wait is named where the server named it', () => {
    expect(troubleText(language, refused('rate_limited', { retryAfter: 40 }))).toContain(duration(language, 40))
    expect(troubleText(language, refused('offline_locked', { retryAfter: 900 }))).toContain(duration(language, 900))
    expect(troubleText(language, refused('offline_locked'))).not.toMatch(/null|undefined/)
  })

  test('a fault of the server carries the number for support', () => {
    expect(troubleText(language, refused('internal', { request: 'req_abc' }))).toContain('req_abc')
  })

  test('a line that broke says that nothing typed was lost', () => {
    expect(troubleText(language, { outcome: 'unreachable' })).toBe(language.unreachable)
  })
})

test('a refused code names the clock, in both languages', () => {
  expect(troubleText(words.en, refused('code_refused'))).toContain('clock')
  expect(troubleText(words.sv, refused('code_refused'))).toContain('klocka')
})

test.each([
  [0, '1 sekund'],
  [1, '1 sekund'],
  [59, '59 sekunder'],
  [60, '1 minut'],
  [61, '2 minuter'],
  [900, '15 minuter'],
  [3_600, '1 timme'],
  [86_400, '24 timmar'],
])('%i seconds are “%s”', (seconds, text) => {
  expect(duration(words.sv, seconds)).toBe(text)
})
