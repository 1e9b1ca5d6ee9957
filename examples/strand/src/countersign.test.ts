/** What Strand makes of the answers of Countersign. The real one is asked in the end-to-end tests. */
import { createServer, type Server } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { countersignOf } from './countersign.ts'

interface Arrived {
  readonly call: string
  readonly key: string | undefined
}

let server: Server
let arrived: Arrived[]
let lines: string[]
/** What is answered: a status and a body, or nothing, by closing the connection. */
let answer: (call: string) => readonly [number, object] | null

beforeEach(async () => {
  arrived = []
  lines = []
  server = createServer((request, response) => {
    const call = `${request.method} ${request.url}`
    arrived.push({ call, key: request.headers['idempotency-key']?.toString() })
    const answered = answer(call)
    if (answered === null) return void request.destroy()
    response.writeHead(answered[0], { 'content-type': 'application/json' }).end(JSON.stringify(answered[1]))
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
})
afterEach(() => new Promise((resolve) => server.close(resolve)))

const approver = () => {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const apiKey = `csk_abcdefgh1234_${'k'.repeat(43)}`
  return countersignOf({ issuer: `http://localhost:${port}`, clientId: 'strand', apiKey }, (line) => lines.push(line))
}
const problem = (status: number, code: string) => [status, { type: 'about:blank', title: code, status, code }] as const
const question = {
  key: 'tr_1',
  subject: 'acc_1',
  data: { amount: '1.00 SEK' },
  locale: 'sv',
  browser: null,
  session: 's',
} as const
const words = { sv: 'a', en: 'a' }
const definition = { binding: 'plain', fields: {}, headline: words, lines: [{ label: words, field: 'a' }] }

/** Answers everything with a problem, but for the template. */
const answerWith = (status: number, code: string) => {
  const template = [200, { action: 'transfer.create', version: 1, definition }] as const
  answer = (call) => (call.startsWith('PUT') ? template : problem(status, code))
}

describe('asking', () => {
  test.each([
    [409, 'no_device', 'no-device'],
    [403, 'device_blocked', 'device-blocked'],
    [404, 'account_unknown', 'not-asked'],
    [422, 'data_refused', 'not-asked'],
    [422, 'idempotency_mismatch', 'not-asked'],
  ])('%i %s ends the transfer: %s', async (status, code, reason) => {
    answerWith(status, code)
    expect(await approver().ask(question)).toEqual({ kind: 'refused', reason })
  })

  test.each([
    [401, 'key_refused'],
    [403, 'scope_missing'],
    [404, 'template_unknown'],
    [500, 'internal'],
  ])('%i %s is for whoever runs Strand to look into; the transfer stays', async (status, code) => {
    answerWith(status, code)
    expect(await approver().ask(question)).toEqual({ kind: 'unreachable' })
    expect(lines).toContain(`Countersign could not be asked: ${code}`)
  })

  test('defines the action once, and sends the transfer’s id as idempotency key', async () => {
    answerWith(409, 'no_device')
    const countersign = approver()
    await countersign.ask(question)
    await countersign.ask({ ...question, key: 'tr_2' })
    expect(arrived).toMatchObject([
      { call: 'PUT /v1/templates/transfer.create' },
      { call: 'POST /v1/approvals', key: 'tr_1' },
      { call: 'POST /v1/approvals', key: 'tr_2' },
    ])
  })

  test('no answer is no news', async () => {
    answer = () => null
    expect(await approver().ask(question)).toEqual({ kind: 'unreachable' })
    expect(lines).toEqual([])
  })
})

test.each([
  [410, 'redeem_too_late', { kind: 'refused', reason: 'void' }],
  [409, 'already_redeemed', { kind: 'refused', reason: 'void' }],
  [409, 'approval_not_pending', { kind: 'refused', reason: 'void' }],
  [404, 'not_found', { kind: 'refused', reason: 'void' }],
  [500, 'internal', { kind: 'unreachable' }],
])('collecting: %i %s is %j', async (status, code, outcome) => {
  answerWith(status, code)
  expect(await approver().collect('apr_1', 'tr_1')).toEqual(outcome)
})

test('an approval that Countersign does not know any more is over', async () => {
  answerWith(404, 'not_found')
  expect(await approver().look('apr_1')).toEqual({ kind: 'over', reason: 'expired' })
})
