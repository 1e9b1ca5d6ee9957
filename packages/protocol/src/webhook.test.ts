/** Signatures of webhooks, against the reference implementation of Standard Webhooks. */
import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { equalBytes } from './bytes.ts'
import { isWebhookSignature, signWebhook, WebhookEvent, webhookSecretOf } from './webhook.ts'

const keys = fc.uint8Array({ minLength: 24, maxLength: 64 })
const ids = fc.stringMatching(/^msg_[A-Za-z0-9_-]{22}$/)
const times = fc.integer({ min: 0, max: 4_000_000_000 })

describe('a signature', () => {
  // Svix, "Verifying webhooks manually": the example of the specification's own authors.
  test('is that of the published example', () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
    expect(signWebhook(secret, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, '{"test": 2432232314}')).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    )
  })

  test('is that of the reference implementation, whatever is signed', () => {
    fc.assert(
      fc.property(keys, ids, times, fc.string({ unit: 'binary' }), (key, id, seconds, body) => {
        const secret = webhookSecretOf(key)
        expect(signWebhook(secret, id, seconds, body)).toBe(
          new Webhook(secret).sign(id, new Date(seconds * 1_000), body),
        )
      }),
    )
  })

  test('abuse-49 is right for exactly what was signed, among any number of others', () => {
    fc.assert(
      fc.property(keys, keys, ids, times, fc.string(), (key, other, id, seconds, body) => {
        fc.pre(!equalBytes(key, other))
        const [secret, another] = [webhookSecretOf(key), webhookSecretOf(other)]
        const signed = { id, seconds, body, signatures: signWebhook(secret, id, seconds, body) }
        expect(isWebhookSignature(secret, signed)).toBe(true)
        const both = `${signWebhook(another, id, seconds, body)} ${signed.signatures}`
        expect(isWebhookSignature(secret, { ...signed, signatures: both })).toBe(true)
        expect(isWebhookSignature(another, { ...signed, signatures: both })).toBe(true)
        expect(isWebhookSignature(another, signed)).toBe(false)
        expect(isWebhookSignature(secret, { ...signed, body: `${body} ` })).toBe(false)
        expect(isWebhookSignature(secret, { ...signed, id: `${id}x` })).toBe(false)
        expect(isWebhookSignature(secret, { ...signed, seconds: seconds + 1 })).toBe(false)
        for (const signatures of ['', 'v1,', signed.signatures.slice(0, -1), signed.signatures.replace('v1', 'v1a')]) {
          expect(isWebhookSignature(secret, { ...signed, signatures })).toBe(false)
        }
      }),
    )
  })
})

test('an event says what happened to which approval, and nothing else is one', () => {
  const event = {
    type: 'approval.approved',
    timestamp: '2026-03-14T09:26:53.589Z',
    data: {
      approval: 'apr_AAAAAAAAAAAAAAAAAAAAAA',
      account: 'acc_AAAAAAAAAAAAAAAAAAAAAA',
      action: 'transfer.create',
      reason: null,
    },
  }
  expect(WebhookEvent.parse(event)).toEqual(event)
  for (const other of [{ ...event, type: 'approval.pending' }, { ...event, data: {} }, { type: event.type }, []]) {
    expect(WebhookEvent.safeParse(other).success).toBe(false)
  }
})
