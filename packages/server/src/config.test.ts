import { describe, expect, test } from 'vitest'
import { type Environment, parseConfig } from './config.ts'
import { usualPushHosts } from './push-settings.ts'

const masterKey = new Uint8Array(32).map((_, index) => index)
const otherMasterKey = masterKey.toReversed()
const key = Buffer.from(masterKey).toString('base64url')
const otherKey = Buffer.from(otherMasterKey).toString('base64url')

const right: Environment = {
  COUNTERSIGN_PUBLIC_URL: 'https://id.strand.example',
  COUNTERSIGN_PHONE_URL: 'https://app.strand.example',
  COUNTERSIGN_MASTER_KEY: key,
  COUNTERSIGN_SMS_URL: 'https://sms.example/send',
  COUNTERSIGN_SMS_AUTHORIZATION: 'Bearer swordfish',
  COUNTERSIGN_SUPPORT_EMAIL: 'support@strand.example',
}

const parse = (environment: Environment, files: Record<string, string> = {}) =>
  parseConfig(environment, (path) => {
    const text = files[path]
    if (text === undefined) throw new Error(`ENOENT ${path}`)
    return text
  })

const faultsOf = (changes: Environment, files?: Record<string, string>): readonly string[] => {
  const parsed = parse({ ...right, ...changes }, files)
  return 'faults' in parsed ? parsed.faults : []
}

const configOf = (changes: Environment, files?: Record<string, string>) => {
  const parsed = parse({ ...right, ...changes }, files)
  if ('faults' in parsed) throw new Error(parsed.faults.join(' '))
  return parsed.ok
}

describe('a configuration', () => {
  test('with what has no default set is complete', () => {
    const { databaseUrl, ...config } = configOf({})
    expect(databaseUrl).toBe(`sqlite:${process.cwd()}/.countersign/countersign.db`)
    expect(config).toEqual({
      issuer: 'https://id.strand.example',
      phoneUrl: 'https://app.strand.example',
      listen: [{ host: '127.0.0.1', port: 8080 }],
      masterKeys: [masterKey],
      brand: { name: 'Countersign', supportEmail: 'support@strand.example' },
      minimumAppVersion: '0.1.0',
      sms: { kind: 'http', url: 'https://sms.example/send', authorization: 'Bearer swordfish' },
      smsCountries: ['SE', 'NO', 'DK', 'FI'],
      push: { hosts: usualPushHosts },
      outbound: { origins: [] },
      demo: false,
    })
  })

  test('with nothing set names everything that is missing, at once', () => {
    const parsed = parse({})
    const named = 'faults' in parsed ? parsed.faults.map((fault) => fault.split(' ')[0]) : []
    expect(named).toEqual([
      'COUNTERSIGN_PUBLIC_URL',
      'COUNTERSIGN_PHONE_URL',
      'COUNTERSIGN_SUPPORT_EMAIL',
      'COUNTERSIGN_SMS_URL',
      'COUNTERSIGN_SMS_AUTHORIZATION',
      'COUNTERSIGN_MASTER_KEY_FILE',
    ])
  })

  test('takes an empty variable for one that is not set', () => {
    expect(faultsOf({ COUNTERSIGN_SUPPORT_EMAIL: '' })).toHaveLength(1)
    expect(configOf({ COUNTERSIGN_NAME: '' }).brand.name).toBe('Countersign')
  })

  test('says what else is wrong, beside what is missing', () => {
    expect(
      faultsOf({ COUNTERSIGN_SMS_URL: undefined, COUNTERSIGN_LISTEN: '80', COUNTERSIGN_MASTER_KEY: 'short' }),
    ).toHaveLength(3)
  })

  test.each([
    ['COUNTERSIGN_PUBLIC_URL', 'http://id.strand.example'],
    ['COUNTERSIGN_PUBLIC_URL', 'http://localhost:4000'],
    ['COUNTERSIGN_PUBLIC_URL', 'https://id.strand.example/path'],
    ['COUNTERSIGN_PUBLIC_URL', 'https://user:pass@id.strand.example'],
    ['COUNTERSIGN_PUBLIC_URL', 'https://id.strand.example?query'],
    ['COUNTERSIGN_PUBLIC_URL', 'id.strand.example'],
    ['COUNTERSIGN_PHONE_URL', 'http://app.strand.example'],
    ['COUNTERSIGN_PHONE_URL', 'https://id.strand.example/'],
    ['COUNTERSIGN_LISTEN', '127.0.0.1'],
    ['COUNTERSIGN_LISTEN', '127.0.0.1:70000'],
    ['COUNTERSIGN_LISTEN', 'somewhere.example:8080'],
    ['COUNTERSIGN_LISTEN', ','],
    ['COUNTERSIGN_DATABASE_URL', 'sqlite::memory:'],
    ['COUNTERSIGN_DATABASE_URL', 'sqlite:'],
    ['COUNTERSIGN_DATABASE_URL', 'mysql://localhost/countersign'],
    ['COUNTERSIGN_OUTBOUND_ORIGINS', 'http://hooks.example.com'],
    ['COUNTERSIGN_OUTBOUND_ORIGINS', 'https://hooks.example.com/a'],
    ['COUNTERSIGN_OUTBOUND_ORIGINS', 'https://*.example.com, hooks.example.com'],
    ['COUNTERSIGN_PUSH_HOSTS', 'https://push.example.com'],
    ['COUNTERSIGN_PUSH_HOSTS', 'push.example.com:8443'],
    ['COUNTERSIGN_PUSH_HOSTS', '*'],
    ['COUNTERSIGN_PUSH_HOSTS', '*.com, localhost'],
    ['COUNTERSIGN_MASTER_KEY', Buffer.alloc(31).toString('base64url')],
    ['COUNTERSIGN_MASTER_KEY', Buffer.alloc(32).toString('base64url')],
    ['COUNTERSIGN_MASTER_KEY', `${key},not-a-key`],
    ['COUNTERSIGN_SMS_URL', 'http://sms.example/send'],
    ['COUNTERSIGN_SMS_URL', 'ftp://sms.example/send'],
    ['COUNTERSIGN_SMS_AUTHORIZATION', 'Bearer x\r\nHost: elsewhere'],
    ['COUNTERSIGN_SMS_COUNTRIES', 'SE,XX'],
    ['COUNTERSIGN_SUPPORT_EMAIL', 'support'],
    ['COUNTERSIGN_NAME', 'x'.repeat(41)],
    ['COUNTERSIGN_PULIC_URL', 'https://id.strand.example'],
    ['COUNTERSIGN_DEMO', '1'],
  ])('refuses %s=%s, in one sentence that begins with the name and ends with a stop', (name, value) => {
    const faults = faultsOf({ [name]: value })
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatch(new RegExp(`^${name} .+\\.$`, 's'))
  })

  test('repeats no secret in a sentence', () => {
    const faults = faultsOf({
      COUNTERSIGN_MASTER_KEY: 'swordfish',
      COUNTERSIGN_DATABASE_URL: 'mysql://user:swordfish@localhost',
      COUNTERSIGN_SMS_AUTHORIZATION: 'swordfish\n',
    })
    expect(faults).toHaveLength(3)
    expect(faults.join(' ')).not.toContain('swordfish')
  })

  test('cannot be a demo, whatever the environment says', () => {
    expect(configOf({ NODE_ENV: 'development', DEMO: '1' }).demo).toBe(false)
  })

  test('leaves no slash at the end of an origin', () => {
    const { issuer, phoneUrl } = configOf({
      COUNTERSIGN_PUBLIC_URL: 'https://id.strand.example/',
      COUNTERSIGN_PHONE_URL: 'https://app.strand.example:8443/',
    })
    expect([issuer, phoneUrl]).toEqual(['https://id.strand.example', 'https://app.strand.example:8443'])
  })

  test('takes several addresses to listen on', () => {
    expect(configOf({ COUNTERSIGN_LISTEN: '0.0.0.0:80, [::1]:8080 localhost:9' }).listen).toEqual([
      { host: '0.0.0.0', port: 80 },
      { host: '::1', port: 8080 },
      { host: 'localhost', port: 9 },
    ])
  })

  test('takes a gateway on this machine without TLS', () => {
    expect(configOf({ COUNTERSIGN_SMS_URL: 'http://127.0.0.1:9000/' }).sms).toMatchObject({ kind: 'http' })
  })

  test('puts the database file into the data directory, or takes another database', () => {
    expect(configOf({ COUNTERSIGN_DATA_DIR: '/var/lib/countersign' }).databaseUrl).toBe(
      'sqlite:/var/lib/countersign/countersign.db',
    )
    const url = 'postgres://countersign:swordfish@db/countersign'
    expect(configOf({ COUNTERSIGN_DATABASE_URL: url }).databaseUrl).toBe(url)
  })
})

test('push services of the operator’s own are added to the usual ones', () => {
  const { push } = configOf({ COUNTERSIGN_PUSH_HOSTS: 'push.example.com, *.up.example' })
  expect(push.hosts).toEqual([...usualPushHosts, 'push.example.com', '*.up.example'])
})

test('origins that requests may go to beside the internet are those that are named', () => {
  const named = 'https://hooks.intranet.example:8443, https://10.0.0.7/'
  expect(configOf({ COUNTERSIGN_OUTBOUND_ORIGINS: named }).outbound).toEqual({
    origins: ['https://hooks.intranet.example:8443', 'https://10.0.0.7'],
  })
})

describe('master keys', () => {
  const file = { COUNTERSIGN_MASTER_KEY: undefined, COUNTERSIGN_MASTER_KEY_FILE: '/run/secrets/key' }
  const both = [otherMasterKey, masterKey]

  test('come from a file, one in a line, the newest first', () => {
    expect(configOf(file, { '/run/secrets/key': `${otherKey}\n${key}\n` }).masterKeys).toEqual(both)
  })

  test('come from the environment, with commas between them', () => {
    expect(configOf({ COUNTERSIGN_MASTER_KEY: `${otherKey},${key}` }).masterKeys).toEqual(both)
  })

  test('come from one of the two', () => {
    expect(faultsOf({ COUNTERSIGN_MASTER_KEY_FILE: '/run/secrets/key' })).toHaveLength(1)
  })

  test('in a file that cannot be read, or is empty, are a fault that names it', () => {
    expect(faultsOf(file)).toEqual([expect.stringContaining('/run/secrets/key')])
    expect(faultsOf(file, { '/run/secrets/key': '\n' })).toEqual([
      expect.stringMatching(/^COUNTERSIGN_MASTER_KEY_FILE /),
    ])
  })
})
