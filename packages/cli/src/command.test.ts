import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { commandNames } from './command.ts'
import { plain } from './terminal.ts'
import { countersign } from './terminal-for-tests.ts'

describe('help', () => {
  test('names every command and the exit codes', async () => {
    const { code, out } = await countersign(['--help'])
    expect(code).toBe(0)
    for (const name of commandNames) expect(out).toContain(`countersign ${name}`)
    expect(out).toContain('Exit codes')
  })

  test.each(commandNames)('%s has its own', async (name) => {
    const { code, out } = await countersign([...name.split(' '), '--help'])
    expect(code).toBe(0)
    expect(out).toContain(`countersign ${name}`)
    expect(out).toContain('Exit codes')
  })

  test('a group names its commands', async () => {
    const { code, out } = await countersign(['phone', '--help'])
    expect(code).toBe(0)
    expect(out).toContain('countersign phone link')
    expect(out).not.toContain('countersign serve')
  })
})

describe('what is not a command', () => {
  test.each([
    [['dance'], 'dance'],
    [['phone', 'dance'], 'phone dance'],
    [['constructor'], 'constructor'],
    [['phone', 'watch', '--loud'], '--loud'],
    [['phone', 'code', '1234'], 'eight digits'],
    [['phone', 'code', '01234567'], 'does not begin with 0'],
    [['phone', 'approve', 'one', 'two'], 'One request'],
    [['phone', 'approve', '--wait', 'soon'], '--wait'],
    [['phone', 'decline', '--reason', 'bored'], '--reason'],
    [['phone', 'link'], '--server'],
    [['phone', 'link', '--server', 'ftp://x'], 'ftp://x'],
    [['phone', 'link', '--server', 'http://x', '--locale', 'de'], '--locale'],
    [['account', 'import'], 'which file'],
    [['account', 'import', '/nowhere/accounts.csv'], '/nowhere/accounts.csv'],
    [['account', 'disable'], 'which account'],
  ])('%j is refused in a sentence', async (args, named) => {
    const { code, err, out } = await countersign(args)
    expect(code).toBe(2)
    expect(err).toContain(named)
    expect(out).toBe('')
  })

  test.each(['--password', '--passcode', '--code', '--pin'])(
    'a secret is never taken as an argument: %s',
    async (option) => {
      const { code } = await countersign(['phone', 'link', '--server', 'http://x', option, 'secret'])
      expect(code).toBe(2)
    },
  )

  test('nothing at all shows the help, and is no success', async () => {
    const { code, out } = await countersign([])
    expect(code).toBe(2)
    expect(out).toContain('countersign serve')
  })
})

test('a server that nobody runs is a failure of the network', async () => {
  const args = ['phone', 'link', '--server', 'http://localhost:9', '--state', '/nowhere/state.json', '--email', 'a@b.c']
  const { code, err } = await countersign(args, { environment: { COUNTERSIGN_PASSWORD: 'x' } })
  expect(code).toBe(3)
  expect(err).toContain('could not be reached')
})

test('what a server sends cannot steer the terminal', () => {
  expect(plain('a\u001b[2Jb\u0007\u202ec\nd\r')).toBe('a[2Jbc\nd')
})

describe('the program', () => {
  const program = promisify(execFile)
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  const { PATH = '' } = process.env

  test('runs by itself', async () => {
    const { stdout } = await program(process.execPath, [main, '--help'], { env: { PATH } })
    expect(stdout).toContain('countersign phone link')
  })

  test('ends with the exit code and a sentence on standard error', async () => {
    const failed = program(process.execPath, [main, 'phone', 'watch', '--state', '/nowhere/state.json'], {
      env: { PATH },
    })
    await expect(failed).rejects.toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('/nowhere/state.json'),
    })
  })

  test('serve names every fault of the configuration at once', async () => {
    const failed = program(process.execPath, [main, 'serve'], { env: { PATH } })
    await expect(failed).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/COUNTERSIGN_PUBLIC_URL[\s\S]*COUNTERSIGN_SMS_URL[\s\S]*COUNTERSIGN_MASTER_KEY/),
    })
  })
})
