import { type SmsGatewayKind, type SmsGatewayServer, startSmsGateway } from '@countersign/testkit'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SmsConfig } from '../config.ts'
import { openTestContext } from '../context-for-tests.ts'
import { runOutbox } from '../jobs/index.ts'
import { openGateway, queueSms, smsHandlers } from './index.ts'

// Every letter of a Swedish text must survive the form, and what has a meaning in one.
const sms = { to: '+46701740605', text: 'Åtta & tio = +100 %\n\nÖ 012345\n\n@app.example.com #012345' }

type Gateway = Exclude<SmsConfig, { kind: 'demo' }>

const configs: Record<SmsGatewayKind, (server: SmsGatewayServer, from: string) => Gateway> = {
  http: ({ origin, credentials: { user, password } }) => ({
    kind: 'http',
    url: `${origin}/sms`,
    authorization: `Bearer ${user}:${password}`,
  }),
  '46elks': ({ origin, credentials: { user, password } }, from) => ({
    kind: '46elks',
    origin,
    username: user,
    password,
    from,
  }),
  twilio: ({ origin, credentials: { user, password } }, from) => ({
    kind: 'twilio',
    origin,
    accountSid: user,
    authToken: password,
    from,
  }),
}

const gateways = [
  { kind: 'http', says: 'the SMS gateway', detail: () => '' },
  { kind: '46elks', says: '46elks', detail: () => '' },
  { kind: 'twilio', says: 'Twilio', detail: (code: number) => ` (error ${code})` },
] as const

describe.each(gateways)('the gateway $kind', ({ kind, says, detail }) => {
  let server: SmsGatewayServer
  beforeEach(async () => {
    server = await startSmsGateway(kind)
  })
  afterEach(() => server[Symbol.asyncDispose]())

  const send = (timeout?: number) => openGateway(configs[kind](server, 'Strand'), timeout).send(sms)

  test('takes a text as it is', async () => {
    expect(await send()).toEqual({ kind: 'delivered' })
    expect(server.accepted).toEqual([{ ...sms, from: kind === 'http' ? null : 'Strand' }])
    expect(server.complaints).toEqual([])
  })

  test('that is busy is asked again when it says', async () => {
    server.order('too-many')
    expect(await send()).toEqual({ kind: 'later', why: `${says} answered 429${detail(20429)}`, pause: 17_000 })
  })

  test('that is broken is asked again', async () => {
    server.order('broken')
    expect(await send()).toEqual({ kind: 'later', why: `${says} answered 500${detail(20500)}`, pause: null })
  })

  test.each([
    ['does not know us', 'unauthorized', 401, 20003],
    ['does not take the number', 'invalid-number', 400, 21211],
    ['wants money', 'no-credit', 402, 20005],
  ] as const)('that %s is not asked again', async (_what, fault, status, code) => {
    server.order(fault)
    expect(await send()).toEqual({ kind: 'undeliverable', why: `${says} answered ${status}${detail(code)}` })
  })

  test('that sends us elsewhere is not followed: the code would go there', async () => {
    server.order('elsewhere')
    expect(await send()).toEqual({ kind: 'undeliverable', why: `${says} answered 307` })
    expect(server.requests()).toBe(1)
  })

  test('that does not answer is given up, and asked again', async () => {
    server.order('hang')
    await expect(send(50)).rejects.toThrow(/timeout/)
  })

  test('that is not there is asked again', async () => {
    await server[Symbol.asyncDispose]()
    await expect(send()).rejects.toThrow('fetch failed')
  })

  test('with other credentials is told nothing that it takes', async () => {
    const stranger = { ...server, credentials: { ...server.credentials, password: 'wrong' } }
    expect(await openGateway(configs[kind](stranger, 'Strand')).send(sms)).toMatchObject({ kind: 'undeliverable' })
    expect(server.accepted).toEqual([])
  })
})

describe.each(['46elks', 'twilio'] as const)('the answer of %s', (kind) => {
  let server: SmsGatewayServer
  beforeEach(async () => {
    server = await startSmsGateway(kind)
  })
  afterEach(() => server[Symbol.asyncDispose]())

  const send = (from = 'Strand') => openGateway(configs[kind](server, from)).send(sms)

  test('of success from somebody else is not believed', async () => {
    server.order('garbage')
    expect(await send()).toMatchObject({ kind: 'later', pause: null })
  })

  test('that says it failed is believed', async () => {
    server.order('failed')
    expect(await send()).toMatchObject({ kind: 'undeliverable', why: expect.stringContaining('does not send it') })
  })

  test('without an end is not read to its end', async () => {
    server.order('endless')
    expect(await send()).toMatchObject({ kind: 'later' })
  })

  test('is the same for a sender that is a number', async () => {
    expect(await send('+46701740699')).toEqual({ kind: 'delivered' })
    expect(server.accepted).toEqual([{ ...sms, from: '+46701740699' }])
  })
})

test('Twilio sends by a messaging service where the sender is one', async () => {
  await using server = await startSmsGateway('twilio')
  const from = `MG${'0a'.repeat(16)}`
  expect(await openGateway(configs.twilio(server, from)).send(sms)).toEqual({ kind: 'delivered' })
  expect(server.accepted).toEqual([{ ...sms, from }])
})

test('the generic gateway may say what it wants, without an end, once it has accepted', async () => {
  await using server = await startSmsGateway('http')
  server.order('endless')
  expect(await openGateway(configs.http(server, '')).send(sms)).toEqual({ kind: 'delivered' })
})

test.each(['http', '46elks', 'twilio'] as const)(
  'an SMS that %s did not take leaves when it asked for it, and nothing of it is in the log',
  async (kind) => {
    await using server = await startSmsGateway(kind)
    const written: string[] = []
    const log = pino({ level: 'trace' }, { write: (line: string) => void written.push(line) })
    const context = { ...(await openTestContext('sqlite::memory:')), log }
    const handlers = smsHandlers(openGateway(configs[kind](server, 'Strand')))
    const queue = () => context.db.write((transaction) => queueSms(context, transaction, { ...sms, goodFor: 300_000 }))

    server.order('too-many')
    await queue()
    expect(await runOutbox(context, handlers)).toBe(17_000)
    await context.clock.advance(17_000)
    expect(await runOutbox(context, handlers)).toBeNull()
    expect(server.accepted).toHaveLength(1)

    server.order('invalid-number')
    await queue()
    expect(await runOutbox(context, handlers)).toBeNull()
    await server[Symbol.asyncDispose]()
    await queue()
    await runOutbox(context, handlers)

    expect(written).toHaveLength(3)
    for (const secret of [sms.to, '012345', server.credentials.password]) expect(written.join('')).not.toContain(secret)
  },
)
