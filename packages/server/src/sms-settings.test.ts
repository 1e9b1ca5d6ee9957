import { describe, expect, test } from 'vitest'
import { parseSms } from './sms-settings.ts'

const sid = `AC${'0f'.repeat(16)}`

const settings = {
  http: { COUNTERSIGN_SMS_URL: 'https://sms.example/send', COUNTERSIGN_SMS_AUTHORIZATION: 'Bearer swordfish' },
  '46elks': {
    COUNTERSIGN_SMS_GATEWAY: '46elks',
    COUNTERSIGN_SMS_FROM: 'Strand',
    COUNTERSIGN_46ELKS_USERNAME: 'u123',
    COUNTERSIGN_46ELKS_PASSWORD: 'swordfish',
  },
  twilio: {
    COUNTERSIGN_SMS_GATEWAY: 'twilio',
    COUNTERSIGN_SMS_FROM: '+46701740699',
    COUNTERSIGN_TWILIO_ACCOUNT_SID: sid,
    COUNTERSIGN_TWILIO_AUTH_TOKEN: 'swordfish',
  },
} as const

const parse = (gateway: keyof typeof settings, changes: Readonly<Record<string, string | undefined>> = {}) => {
  const parsed = parseSms({ ...settings[gateway], ...changes })
  return 'ok' in parsed ? parsed.ok : parsed.faults
}

describe('the settings of', () => {
  test('a gateway of the operator, which is meant where none is named', () => {
    const http = { kind: 'http', url: 'https://sms.example/send', authorization: 'Bearer swordfish' }
    expect(parse('http')).toEqual(http)
    expect(parse('http', { COUNTERSIGN_SMS_GATEWAY: 'http' })).toEqual(http)
  })

  test('46elks', () => {
    expect(parse('46elks')).toEqual({
      kind: '46elks',
      origin: 'https://api.46elks.com',
      username: 'u123',
      password: 'swordfish',
      from: 'Strand',
    })
  })

  test('Twilio, also in a region, and by a messaging service', () => {
    const twilio = {
      kind: 'twilio',
      origin: 'https://api.twilio.com',
      accountSid: sid,
      authToken: 'swordfish',
      from: '+46701740699',
    }
    expect(parse('twilio')).toEqual(twilio)
    const origin = 'https://api.dublin.ie1.twilio.com'
    const from = `MG${'0f'.repeat(16)}`
    expect(parse('twilio', { COUNTERSIGN_SMS_URL: origin, COUNTERSIGN_SMS_FROM: from })).toEqual({
      ...twilio,
      origin,
      from,
    })
  })
})

test.each([
  ['http', ['COUNTERSIGN_SMS_URL', 'COUNTERSIGN_SMS_AUTHORIZATION']],
  ['46elks', ['COUNTERSIGN_SMS_FROM', 'COUNTERSIGN_46ELKS_USERNAME', 'COUNTERSIGN_46ELKS_PASSWORD']],
  ['twilio', ['COUNTERSIGN_SMS_FROM', 'COUNTERSIGN_TWILIO_ACCOUNT_SID', 'COUNTERSIGN_TWILIO_AUTH_TOKEN']],
] as const)('%s without its settings names everything that is missing', (gateway, names) => {
  const parsed = parseSms({ COUNTERSIGN_SMS_GATEWAY: gateway })
  const faults = 'faults' in parsed ? parsed.faults : []
  expect(faults.map((fault) => fault.split(' ')[0])).toEqual(names)
  for (const fault of faults) expect(fault).toMatch(/ is missing: .+\.$/)
})

test.each([
  ['http', 'COUNTERSIGN_SMS_GATEWAY', 'pigeon'],
  ['http', 'COUNTERSIGN_SMS_URL', 'http://sms.example/send'],
  ['http', 'COUNTERSIGN_SMS_AUTHORIZATION', 'Bearer x\r\nHost: elsewhere'],
  ['http', 'COUNTERSIGN_SMS_FROM', 'Strand'],
  ['http', 'COUNTERSIGN_TWILIO_AUTH_TOKEN', 'swordfish'],
  ['46elks', 'COUNTERSIGN_SMS_AUTHORIZATION', 'Bearer swordfish'],
  ['46elks', 'COUNTERSIGN_SMS_FROM', 'Strandens bank'],
  ['46elks', 'COUNTERSIGN_SMS_FROM', `MG${'0f'.repeat(16)}`],
  ['46elks', 'COUNTERSIGN_SMS_FROM', '0701740605'],
  ['46elks', 'COUNTERSIGN_46ELKS_USERNAME', 'u:123'],
  ['46elks', 'COUNTERSIGN_46ELKS_PASSWORD', 'sword\nfish'],
  ['46elks', 'COUNTERSIGN_SMS_URL', 'http://api.46elks.com'],
  ['46elks', 'COUNTERSIGN_SMS_URL', 'https://api.46elks.com/a1/sms'],
  ['twilio', 'COUNTERSIGN_46ELKS_USERNAME', 'u123'],
  ['twilio', 'COUNTERSIGN_TWILIO_ACCOUNT_SID', 'AC/../swordfish'],
  ['twilio', 'COUNTERSIGN_TWILIO_AUTH_TOKEN', 'swörd'],
  ['twilio', 'COUNTERSIGN_SMS_FROM', 'MG0f'.repeat(9)],
] as const)('%s with %s=%s is refused, in one sentence that does not repeat the value', (gateway, name, value) => {
  const faults = parse(gateway, { [name]: value })
  expect(faults).toEqual([expect.stringMatching(new RegExp(`^${name} .+\\.$`, 's'))])
  expect(JSON.stringify(faults)).not.toContain(value)
})
