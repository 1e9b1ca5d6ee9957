import { describe, expect, test } from 'vitest'
import { usualPushHosts } from '../push-settings.ts'
import { isPushEndpoint } from './endpoint.ts'

const usual = { push: { hosts: usualPushHosts }, outbound: { origins: [] } }

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
    const own = {
      push: { hosts: ['localhost:8123', '*.up.example'] },
      outbound: { origins: ['http://localhost:8123', 'http://localhost:8124'] },
    }
    expect(isPushEndpoint('http://localhost:8123/a', own)).toBe(true)
    expect(isPushEndpoint('http://localhost:8124/a', own)).toBe(false)
    expect(isPushEndpoint('http://localhost/a', own)).toBe(false)
    expect(isPushEndpoint('http://a.b.up.example/a', own)).toBe(false)
    expect(isPushEndpoint('https://a.b.up.example/a', own)).toBe(true)
    expect(isPushEndpoint('https://up.example/a', own)).toBe(false)
  })
})
