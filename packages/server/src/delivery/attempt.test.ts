import { expect, test } from 'vitest'
import { deliveryStateOf, outcomeOf } from './attempt.ts'

test.each([
  ['accepted', [200, 201, 202, 204]],
  ['gone', [404, 410]],
  ['failed', [408, 425, 429, 500, 502, 503, 504]],
  ['refused', [301, 307, 400, 401, 403, 413, 415, 0]],
])('the answer of a push service means %s', (outcome, statuses) => {
  for (const status of statuses) expect(outcomeOf(status)).toBe(outcome)
})

test('how it stands with waking a phone', () => {
  const nothing = { subscribed: false, received: null, accepted: false, lastOutcome: null }
  expect(deliveryStateOf(nothing)).toBe('none')
  expect(deliveryStateOf({ ...nothing, subscribed: true })).toBe('sending')
  expect(deliveryStateOf({ ...nothing, subscribed: true, lastOutcome: 'failed' })).toBe('sending')
  expect(deliveryStateOf({ ...nothing, lastOutcome: 'gone' })).toBe('failed')
  expect(deliveryStateOf({ ...nothing, subscribed: true, lastOutcome: 'refused' })).toBe('failed')
  expect(deliveryStateOf({ ...nothing, subscribed: true, accepted: true, lastOutcome: 'failed' })).toBe('sent')
  expect(deliveryStateOf({ ...nothing, received: 'web-push', lastOutcome: 'gone' })).toBe('received')
  expect(deliveryStateOf({ ...nothing, received: 'stream', accepted: true })).toBe('in-app')
})
