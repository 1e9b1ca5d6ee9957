import { describe, expect, test } from 'vitest'
import { usualPushHosts } from '../push-settings.ts'
import { deliveryStateOf, isPushEndpoint, outcomeOf, retryAfterOf } from './push-service.ts'

const usual = { hosts: usualPushHosts, allowsThisMachine: false }

describe('an endpoint', () => {
  test.each([
    'https://fcm.googleapis.com/fcm/send/abc',
    'https://updates.push.services.mozilla.com/wpush/v2/abc',
    'https://web.push.apple.com/abc',
    'https://wns2-db5p.notify.windows.com/w/?token=abc',
  ])('of a push service is one: %s', (endpoint) => {
    expect(isPushEndpoint(endpoint, usual)).toBe(true)
  })

  test.each([
    'https://example.com/abc',
    'http://fcm.googleapis.com/fcm/send/abc',
    'https://fcm.googleapis.com.example.com/abc',
    'https://evil-fcm.googleapis.com/abc',
    'https://push.apple.com/abc',
    'https://evilpush.apple.com/abc',
    'https://xpush.services.mozilla.com/abc',
    'https://push.services.mozilla.com.evil.example/abc',
    'https://fcm.googleapis.com:8443/abc',
    'https://user@fcm.googleapis.com/abc',
    'https://fcm.googleapis.com@evil.example/abc',
    'https://evil.example/#fcm.googleapis.com',
    'https://evil.example\\@fcm.googleapis.com/abc#x',
    'https://127.0.0.1/abc',
    'https://[::1]/abc',
    'https://fcm.googleapis.com./abc',
    'https://fcm。googleapis.com.evil.example/abc',
    'javascript:alert(1)',
    'not an address',
    '',
  ])('abuse-47 of anybody else is none: %s', (endpoint) => {
    expect(isPushEndpoint(endpoint, usual)).toBe(false)
  })

  test('of a push service of the operator’s own is one at exactly its port', () => {
    const own = { hosts: ['localhost:8123', '*.up.example'], allowsThisMachine: true }
    expect(isPushEndpoint('http://localhost:8123/a', own)).toBe(true)
    expect(isPushEndpoint('http://localhost:8124/a', own)).toBe(false)
    expect(isPushEndpoint('http://localhost/a', own)).toBe(false)
    expect(isPushEndpoint('https://a.b.up.example/a', own)).toBe(true)
    expect(isPushEndpoint('https://up.example/a', own)).toBe(false)
  })
})

test.each([
  ['accepted', [200, 201, 202, 204]],
  ['gone', [404, 410]],
  ['failed', [408, 425, 429, 500, 502, 503, 504]],
  ['refused', [301, 307, 400, 401, 403, 413, 415, 0]],
])('the answer of a push service means %s', (outcome, statuses) => {
  for (const status of statuses) expect(outcomeOf(status)).toBe(outcome)
})

test('how long to wait is heard in seconds and as a moment', () => {
  const now = Date.parse('2026-01-01T00:00:00Z')
  const after = (header: string | undefined) => retryAfterOf({ status: 429, headers: { 'retry-after': header } }, now)
  expect(after('7')).toBe(7_000)
  expect(after('Thu, 01 Jan 2026 00:00:30 GMT')).toBe(30_000)
  expect(after('Wed, 31 Dec 2025 00:00:00 GMT')).toBe(0)
  expect(after('soon')).toBeNull()
  expect(after(undefined)).toBeNull()
})

test('how it stands with waking a phone', () => {
  const nothing = { subscribed: false, received: false, accepted: false, lastOutcome: null }
  expect(deliveryStateOf(nothing)).toBe('none')
  expect(deliveryStateOf({ ...nothing, subscribed: true })).toBe('sending')
  expect(deliveryStateOf({ ...nothing, subscribed: true, lastOutcome: 'failed' })).toBe('sending')
  expect(deliveryStateOf({ ...nothing, lastOutcome: 'gone' })).toBe('failed')
  expect(deliveryStateOf({ ...nothing, subscribed: true, lastOutcome: 'refused' })).toBe('failed')
  expect(deliveryStateOf({ ...nothing, subscribed: true, accepted: true, lastOutcome: 'failed' })).toBe('sent')
  expect(deliveryStateOf({ ...nothing, received: true, lastOutcome: 'gone' })).toBe('received')
})
