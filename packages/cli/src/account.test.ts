import { randomBytes } from 'node:crypto'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { countersign } from './terminal-for-tests.ts'

let directory: string
let environment: Record<string, string>

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'countersign-account-'))
  environment = {
    COUNTERSIGN_PUBLIC_URL: 'https://id.example.com',
    COUNTERSIGN_PHONE_URL: 'https://app.example.com',
    COUNTERSIGN_MASTER_KEY: randomBytes(32).toString('base64url'),
    COUNTERSIGN_SMS_URL: 'https://sms.example.com/send',
    COUNTERSIGN_SMS_AUTHORIZATION: 'Bearer token',
    COUNTERSIGN_SUPPORT_EMAIL: 'support@example.com',
    COUNTERSIGN_DATA_DIR: directory,
    COUNTERSIGN_PASSWORD: 'morgonbris-vid-havet',
  }
})

const account = (...args: string[]) => countersign(['account', ...args], { environment })
const addAnna = () =>
  account('add', '--email', 'anna@strand.example', '--name', 'Anna Lind', '--phone', '+46 70 174 06 05')

describe('account add', () => {
  test('adds an account once', async () => {
    expect(await addAnna()).toMatchObject({ code: 0, out: expect.stringMatching(/^Added anna@strand.example \(acc_/) })
    expect(await addAnna()).toMatchObject({ code: 1, err: expect.stringContaining('already an account') })
  })

  test('asks for what is not given, the password among it', async () => {
    const { COUNTERSIGN_PASSWORD: _, ...withoutPassword } = environment
    const answers = {
      'E-mail': 'erik@strand.example',
      Name: 'Erik Berg',
      Phone: '+46701740606',
      Password: 'lugn-vik-i-augusti',
    }
    const { code, asked } = await countersign(['account', 'add'], { environment: withoutPassword, answers })
    expect(code).toBe(0)
    expect(asked).toHaveLength(4)
  })

  test('names every fault, and adds nothing', async () => {
    const { code, err } = await account('add', '--email', 'anna', '--name', 'Anna', '--phone', '070')
    expect(code).toBe(1)
    expect(err.split('\n')).toHaveLength(3)
    expect(err).toContain('Nothing was added.')
  })

  test('names every fault of the configuration', async () => {
    const { code, err } = await countersign(['account', 'disable', 'anna@strand.example'])
    expect(code).toBe(2)
    expect(err.split('\n').length).toBeGreaterThan(3)
  })
})

describe('account import', () => {
  const header = 'email,name,phone,locale,password\n'
  const write = async (text: string) => {
    const path = join(directory, 'accounts.csv')
    await writeFile(path, header + text)
    return path
  }

  test('adds all of a file', async () => {
    const path = await write(
      'anna@strand.example,Anna,+46701740605,sv,morgonbris\nerik@strand.example,Erik,+46701740606,en,lugn-vik\n',
    )
    expect(await account('import', path)).toMatchObject({ code: 0, out: 'Added 2 accounts.' })
    expect(await addAnna()).toMatchObject({ code: 1 })
  })

  test('or none, with the line of every fault', async () => {
    const path = await write(
      'anna@strand.example,Anna,+46701740605,sv,morgonbris\nerik,Erik,+46701740606,en,lugn-vik\n',
    )
    const { code, err } = await account('import', path)
    expect(code).toBe(1)
    expect(err).toMatch(/Line 3: [\s\S]*Nothing was added\./)
    expect(await addAnna()).toMatchObject({ code: 0 })
  })
})

describe('account disable', () => {
  test('disables the account with this address', async () => {
    await addAnna()
    expect(await account('disable', 'Anna@strand.example')).toMatchObject({ code: 0 })
  })

  test('says when there is none', async () => {
    expect(await account('disable', 'nobody@strand.example')).toMatchObject({ code: 1 })
  })
})
