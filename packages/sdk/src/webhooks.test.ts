import { signWebhook } from '@countersign/protocol'
import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { clientOf, pending, stillSystem } from './server-for-tests.ts'

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const another = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'
const body = JSON.stringify({
  type: 'approval.approved',
  timestamp: '2026-03-14T09:26:53.589Z',
  data: { approval: pending.id, account: pending.account, action: 'transfer.create', reason: null },
})

const system = stillSystem()
const now = Math.floor(system.now() / 1_000)
const { webhooks } = clientOf({ origin: 'https://id.example.com' }, system)

const headersOf = (key = secret, { id = 'msg_1', seconds = now, signed = body } = {}) => ({
  'webhook-id': id,
  'webhook-timestamp': String(seconds),
  'webhook-signature': signWebhook(key, id, seconds, signed),
})

const event = { ...JSON.parse(body), id: 'msg_1' }
const invalid = expect.objectContaining({ code: 'webhook_invalid' })

describe('a webhook', () => {
  test('is read from text or bytes, with headers of fetch or of Node', () => {
    expect(webhooks.verify(body, headersOf(), secret)).toEqual(event)
    expect(webhooks.verify(Buffer.from(body), new Headers(headersOf()), secret)).toEqual(event)
  })

  test('of the reference implementation is one', () => {
    const at = new Date(system.now())
    const headers = { ...headersOf(), 'webhook-signature': new Webhook(secret).sign('msg_1', at, body) }
    expect(webhooks.verify(body, headers, secret)).toEqual(event)
  })

  test('is signed by any secret that is in force, and may carry several signatures', () => {
    expect(webhooks.verify(body, headersOf(another), [secret, another])).toEqual(event)
    const both = `${headersOf(another)['webhook-signature']} ${headersOf()['webhook-signature']}`
    expect(webhooks.verify(body, { ...headersOf(), 'webhook-signature': both }, secret)).toEqual(event)
  })

  test.each([-300, 300])('may be %s seconds off', (off) => {
    expect(webhooks.verify(body, headersOf(secret, { seconds: now + off }), secret)).toEqual(event)
  })
})

describe('abuse-49 no webhook is', () => {
  test.each([
    ['one by another secret', headersOf(another)],
    ['one whose id is another one', { ...headersOf(), 'webhook-id': 'msg_2' }],
    ['one whose time is another one', { ...headersOf(), 'webhook-timestamp': String(now + 1) }],
    ['one whose body is another one', headersOf(secret, { signed: body.replace('approved', 'declined') })],
    ['one of more than five minutes ago', headersOf(secret, { seconds: now - 301 })],
    ['one of later than in five minutes', headersOf(secret, { seconds: now + 301 })],
    ['one without a signature', { ...headersOf(), 'webhook-signature': '' }],
    [
      'one with a signature of another version',
      { ...headersOf(), 'webhook-signature': headersOf()['webhook-signature'].replace('v1', 'v2') },
    ],
    ['one without an id', { ...headersOf(), 'webhook-id': undefined }],
    ['one without a time', { ...headersOf(), 'webhook-timestamp': undefined }],
    ['one with two times', { ...headersOf(), 'webhook-timestamp': [String(now), String(now)] }],
    ['one with a time that is none', { ...headersOf(), 'webhook-timestamp': `${now}.0` }],
    ['one without headers', {}],
  ])('%s', (_, headers) => {
    expect(() => webhooks.verify(body, headers, secret)).toThrow(invalid)
  })

  test('one where no secret is known', () => {
    expect(() => webhooks.verify(body, headersOf(), [])).toThrow(invalid)
  })

  test('one whose body has one bit turned, or a byte that is no UTF-8', () => {
    for (let at = 0; at < body.length; at++) {
      const changed = Buffer.from(body)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(() => webhooks.verify(changed, headersOf(), secret)).toThrow(invalid)
    }
    expect(() => webhooks.verify(Buffer.from([0xff]), headersOf(), secret)).toThrow(invalid)
  })
})

test('news of a kind that is not known is told apart from what is not ours', () => {
  for (const unknown of [body.replace('approval.approved', 'approval.moved'), '{}', '[]', 'x']) {
    const headers = headersOf(secret, { signed: unknown })
    expect(() => webhooks.verify(unknown, headers, secret)).toThrow(
      expect.objectContaining({ code: 'unexpected_answer' }),
    )
  }
})
