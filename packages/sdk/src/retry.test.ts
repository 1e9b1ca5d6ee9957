import { expect, test } from 'vitest'
import { CountersignError, type CountersignErrorCode } from './countersign-error.ts'
import { delayAfter, isPassing } from './retry.ts'

const error = (code: CountersignErrorCode, details = {}) => new CountersignError(code, 'x', details)

test.each(['network', 'timeout', 'rate_limited', 'internal', 'unavailable', 'idempotency_in_flight'] as const)(
  '%s may pass',
  (code) => expect(isPassing(error(code))).toBe(true),
)

test.each(['aborted', 'key_refused', 'already_redeemed', 'data_refused', 'idempotency_mismatch', 'not_found'] as const)(
  '%s does not pass by itself',
  (code) => expect(isPassing(error(code))).toBe(false),
)

test('an answer of something in between passes where it says that the server is away', () => {
  expect(isPassing(error('unexpected_answer', { status: 502 }))).toBe(true)
  expect(isPassing(error('unexpected_answer', { status: 200 }))).toBe(false)
  expect(isPassing(error('unexpected_answer', { status: 404 }))).toBe(false)
  expect(isPassing(new Error('network'))).toBe(false)
})

test('each wait is about twice the one before, up to five seconds, and never all of them the same', () => {
  const network = error('network')
  expect([1, 2, 3, 4, 5, 6, 7, 60].map((failures) => delayAfter(network, failures, 1))).toEqual([
    250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000,
  ])
  expect([1, 2, 6].map((failures) => delayAfter(network, failures, 0))).toEqual([125, 250, 2_500])
})

test('never less than the server asks for', () => {
  expect(delayAfter(error('rate_limited', { retryAfter: 20 }), 1, 0.5)).toBe(20_000)
  expect(delayAfter(error('rate_limited', { retryAfter: 0 }), 1, 1)).toBe(250)
})
