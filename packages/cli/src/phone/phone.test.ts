/** The virtual phone against a whole server, as a person at a command line meets it. */
import { createHash, randomBytes } from 'node:crypto'
import { copyFile, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SignInState } from '@countersign/protocol'
import { cheapPasscodeHash, startWorld, usualPasscode, type World, type WorldAccount } from '@countersign/testkit'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Circumstances, countersign } from '../terminal-for-tests.ts'
import { stateExists } from './state-file.ts'

// As in the world: half a second for each passcode would only warm the machine.
vi.mock('@countersign/device/passcode-hash', () => ({ argon2idPasscodeHash: cheapPasscodeHash }))

let world: World
let anna: WorldAccount
let state: string

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world[Symbol.asyncDispose]())
beforeEach(async () => {
  anna = await world.addAccount('Anna')
  state = join(await mkdtemp(join(tmpdir(), 'countersign-phone-')), 'phone.json')
})

const environment = { COUNTERSIGN_PASSCODE: usualPasscode }

/** The number on the page of the request that is named, or of the newest one. */
async function numberOnPage(args: readonly string[]): Promise<string> {
  const named = args.find((arg) => arg.startsWith('apr_'))
  const row = await world.running.context.db.read((query) => {
    const pending = query.selectFrom('approvals').select('binding_value').where('state', '=', 'pending')
    const wanted = named === undefined ? pending.orderBy('created_at', 'desc') : pending.where('id', '=', named)
    return wanted.limit(1).executeTakeFirstOrThrow()
  })
  return row.binding_value ?? ''
}

const phone = (args: readonly string[], { answers, ...more }: Circumstances = {}) =>
  countersign(['phone', ...args, '--state', state], {
    environment,
    answers: { 'Which number': () => numberOnPage(args), ...answers },
    ...more,
  })

const link = (more: Circumstances = {}) =>
  phone(['link', '--server', world.config.issuer, '--email', anna.email], {
    answers: {
      Password: anna.password,
      'Code from the SMS': () => world.smsCode(anna.phoneNumber),
      Choose: usualPasscode,
    },
    environment: {},
    ...more,
  })

/** A browser that signs in as Anna, up to where the phone is asked. */
async function askForLogin() {
  const { issuer } = world.config
  const authorization = new URLSearchParams({
    client_id: world.application.id,
    redirect_uri: 'http://localhost:4999/callback',
    response_type: 'code',
    scope: 'openid',
    code_challenge: createHash('sha256').update(randomBytes(32)).digest('base64url'),
    code_challenge_method: 'S256',
    state: 'any',
  })
  const begun = await fetch(`${issuer}/oidc/authorize?${authorization}`, { redirect: 'manual' })
  const cookie = begun.headers
    .getSetCookie()
    .map((header) => header.split(';')[0])
    .join('; ')
  const page = new URL(begun.headers.get('location') ?? '', issuer)
  const headers = { cookie, origin: issuer, 'content-type': 'application/json' }
  const parse = async (response: Response) => SignInState.parse(await response.json())
  const post = async (name: string, body: object = {}) =>
    parse(await fetch(`${page}/${name}`, { method: 'POST', headers, body: JSON.stringify(body) }))
  await post('password', { email: anna.email, password: anna.password, locale: 'sv' })
  return { post, state: async () => parse(await fetch(`${page}/state`, { headers })) }
}

describe('linking', () => {
  test('asks for what it needs, and ends with a phone', async () => {
    const { code, out, err, asked } = await link()
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining('05') })
    expect(asked).toEqual(['Password', 'Code from the SMS', 'Choose a passcode of six digits'])
    expect(out).toContain(anna.email)
    expect(await stateExists(state)).toBe(true)
  })

  test('lets a slip of the SMS code be put right', async () => {
    let tries = 0
    const { code, err } = await link({
      answers: {
        Password: anna.password,
        'Code from the SMS': async () => (++tries === 1 ? '000000' : world.smsCode(anna.phoneNumber)),
        Choose: usualPasscode,
      },
    })
    expect(code).toBe(0)
    expect(err).toContain('Tries left: 4.')
  })

  test('takes a code from a script once', async () => {
    const scripted = { COUNTERSIGN_PASSWORD: anna.password, COUNTERSIGN_SMS_CODE: '000000' }
    const { code, err } = await link({ environment: scripted })
    expect(code).toBe(1)
    expect(err).toContain('Tries left: 4.')
  })

  test('with a wrong password leaves nothing behind', async () => {
    const { code, err } = await link({ environment: { COUNTERSIGN_PASSWORD: 'wrong' } })
    expect(code).toBe(1)
    expect(err).toContain('Nothing was linked.')
    expect(await stateExists(state)).toBe(false)
  })

  test('refuses a passcode that a thief would try first', async () => {
    const answers = { 'Code from the SMS': () => world.smsCode(anna.phoneNumber), Choose: '123456' }
    const { code, err } = await link({ answers, environment: { COUNTERSIGN_PASSWORD: anna.password } })
    expect(code).toBe(1)
    expect(err).toContain('too easy to guess')
    expect(await stateExists(state)).toBe(false)
  })

  test('never writes over a phone', async () => {
    await link()
    const { code, err } = await link()
    expect(code).toBe(2)
    expect(err).toContain('already holds a phone')
  })

  test('a second phone is refused, and the first one can be unlinked', async () => {
    await link()
    const first = state
    state = `${state}.second`
    expect(await link()).toMatchObject({ code: 1, err: expect.stringContaining('already has a linked phone') })
    state = first
    expect(await phone(['unlink'])).toMatchObject({ code: 0 })
    expect(await stateExists(state)).toBe(false)
    expect(await link()).toMatchObject({ code: 0 })
  })
})

describe('a request', () => {
  beforeEach(async () => {
    expect(await link()).toMatchObject({ code: 0 })
  })

  test('is shown as signed, asked about, and approved with the passcode', async () => {
    const browser = await askForLogin()
    const { code, out, asked } = await phone(['approve'], { answers: { Approve: 'y' } })
    const offered = expect.stringMatching(/^Which number is on the page \(\d\d, \d\d, \d\d\)\?$/)
    expect({ code, asked }).toEqual({ code: 0, asked: ['Approve? (y/n)', offered] })
    expect(out).toContain('Strand')
    expect(out).toContain('Approved.')
    expect(await browser.state()).toMatchObject({ step: 'approved' })
  })

  test('is not approved without a yes', async () => {
    const browser = await askForLogin()
    const { code, err } = await phone(['approve'], { answers: { Approve: '' } })
    expect({ code, err }).toEqual({ code: 1, err: 'Nothing was answered.' })
    expect(await browser.state()).toMatchObject({ step: 'waiting' })
  })

  test('is not approved by a wrong passcode, which is counted', async () => {
    const browser = await askForLogin()
    const wrong = { environment: { COUNTERSIGN_PASSCODE: '000001' } }
    expect(await phone(['approve', '--yes'], wrong)).toMatchObject({
      code: 1,
      err: expect.stringContaining('left: 4.'),
    })
    const { code, out } = await phone(['approve', '--yes', '--json'], wrong)
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({ outcome: 'unlock_failed', tries_left: 3 })
    expect(await browser.state()).toMatchObject({ step: 'waiting' })
  })

  test('is ended by a number that is not on the page, and not by one that is not offered', async () => {
    const browser = await askForLogin()
    expect(await phone(['approve', '--yes', '--number', '00'])).toMatchObject({ code: 2 })
    expect(await browser.state()).toMatchObject({ step: 'waiting' })
    const { err } = await phone(['approve', '--yes', '--number', '00'])
    const right = await numberOnPage([])
    const wrong = err.match(/\d\d(?=[,.])/g)?.find((number) => number !== right && number !== '00') ?? ''
    const { out } = await phone(['approve', '--yes', '--number', wrong])
    expect(out).toContain('Nothing was approved.')
    expect(await browser.state()).toMatchObject({ step: 'wrong-number' })
  })

  test('is declined with a reason, without the passcode', async () => {
    const browser = await askForLogin()
    const { code, out } = await phone(['decline', '--reason', 'not-me', '--yes'], { environment: {} })
    expect(code).toBe(0)
    expect(out).toContain('Declined.')
    expect(await browser.state()).toMatchObject({ step: 'declined', reason: 'not-me' })
  })

  test('is one object a line for scripts', async () => {
    await askForLogin()
    const { code, out } = await phone(['approve', '--yes', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toEqual({ approval: expect.stringMatching(/^apr_/), outcome: 'decided', state: 'approved' })
  })

  test('is never guessed among several', async () => {
    const browsers = [await askForLogin(), await askForLogin()]
    const several = await phone(['approve', '--yes'])
    expect(several).toMatchObject({ code: 2, err: expect.stringContaining('Say which') })
    const [named = ''] = several.err.match(/apr_\S{22}/) ?? []
    expect(await phone(['approve', named, '--yes'])).toMatchObject({ code: 0 })
    const steps = await Promise.all(browsers.map(async (browser) => (await browser.state()).step))
    expect(steps.toSorted()).toEqual(['approved', 'waiting'])
  })

  test('that is not there is not answered', async () => {
    expect(await phone(['approve', '--yes'])).toMatchObject({ code: 1, err: 'No request waits.' })
    expect(await phone(['approve', `apr_${'x'.repeat(22)}`, '--yes'])).toMatchObject({ code: 1 })
  })

  test('can be waited for', async () => {
    const answered = phone(['approve', '--yes', '--wait', '20'])
    const browser = await askForLogin()
    expect(await answered).toMatchObject({ code: 0 })
    expect(await browser.state()).toMatchObject({ step: 'approved' })
  })

  test('is watched as it comes and goes', async () => {
    const controller = new AbortController()
    const lines: { kind: string }[] = []
    let told = Promise.withResolvers<void>()
    const watched = phone(['watch', '--json'], {
      signal: controller.signal,
      onPrint: (line) => {
        lines.push(JSON.parse(line))
        told.resolve()
      },
    })
    const browser = await askForLogin()
    await told.promise
    await expect.poll(browser.state).toMatchObject({ push: 'in-app' })
    told = Promise.withResolvers<void>()
    expect(await phone(['decline', '--yes'])).toMatchObject({ code: 0 })
    await told.promise
    controller.abort()
    expect(await watched).toMatchObject({ code: 0 })
    expect(lines).toMatchObject([{ kind: 'approval', document: { action: 'login' } }, { kind: 'gone' }])
  })

  test('is answered without network by a code', async () => {
    const browser = await askForLogin()
    const offline = await browser.post('offline')
    if (offline.step !== 'offline') throw new Error('There is no code on the page.')
    const { code, out } = await phone(['code', offline.challenge])
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^\d{8}$/) })
    expect(await browser.post('response', { response: out })).toMatchObject({ step: 'approved' })
  })
})

describe('another passcode', () => {
  const other = '593024'
  const renewed = { environment: { COUNTERSIGN_PASSCODE: other } }
  const change = (circumstances: Circumstances = {}) =>
    phone(['passcode'], { answers: { 'Choose a new': other }, ...circumstances })

  beforeEach(async () => {
    expect(await link()).toMatchObject({ code: 0 })
  })

  test('works from then on, and the old one does not', async () => {
    const { code, out, asked } = await change()
    expect({ code, asked }).toEqual({ code: 0, asked: ['Choose a new passcode of six digits'] })
    expect(out).toContain('The passcode is changed.')
    const browser = await askForLogin()
    const old = await phone(['approve', '--yes'])
    expect(old).toMatchObject({ code: 1, err: expect.stringContaining('Tries left: 4.') })
    expect(await phone(['approve', '--yes'], renewed)).toMatchObject({ code: 0 })
    expect(await browser.state()).toMatchObject({ step: 'approved' })
  })

  test('makes codes without network too', async () => {
    await change()
    const browser = await askForLogin()
    const offline = await browser.post('offline')
    if (offline.step !== 'offline') throw new Error('There is no code on the page.')
    const { out } = await phone(['code', offline.challenge], renewed)
    expect(await browser.post('response', { response: out })).toMatchObject({ step: 'approved' })
  })

  test('asks for the one of now, and counts it', async () => {
    const { code, err } = await change({ environment: { COUNTERSIGN_PASSCODE: '000001' } })
    expect({ code, err }).toEqual({ code: 1, err: 'The passcode is wrong. Nothing was changed. Tries left: 4.' })
    expect(await change()).toMatchObject({ code: 0 })
  })

  test('after five wrong ones the phone is blocked', async () => {
    const wrong = { environment: { COUNTERSIGN_PASSCODE: '000001' } }
    for (const left of [4, 3, 2, 1]) {
      expect(await change(wrong)).toMatchObject({ err: expect.stringContaining(`left: ${left}.`) })
    }
    expect(await change(wrong)).toMatchObject({ code: 1, err: expect.stringContaining('blocked') })
    expect(await change()).toMatchObject({ code: 1, err: expect.stringContaining('blocked') })
  })

  test('is not one that a thief would try first', async () => {
    const { code, err } = await change({ answers: { 'Choose a new': '123456' } })
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('Nothing was changed.') })
    expect(await change()).toMatchObject({ code: 0 })
  })
})

describe('a linking that was cut off', () => {
  const cutOff = async () =>
    writeFile(state, (await readFile(state, 'utf8')).replace('"unfinished": false', '"unfinished": true'))

  beforeEach(async () => {
    expect(await link()).toMatchObject({ code: 0 })
  })

  test('after the server had activated the phone: it is linked', async () => {
    await cutOff()
    expect(await link()).toMatchObject({ code: 2, err: expect.stringContaining('already holds a phone') })
    expect(await readFile(state, 'utf8')).toContain('"unfinished": false')
  })

  test('before that: nothing of it is left, and the phone can be linked', async () => {
    const kept = await readFile(state, 'utf8')
    await phone(['unlink'])
    await writeFile(state, kept, { mode: 0o600 })
    await cutOff()
    expect(await phone(['watch'])).toMatchObject({ code: 2, err: expect.stringContaining('never finished') })
    expect(await stateExists(state)).toBe(false)
    expect(await link()).toMatchObject({ code: 0 })
  })
})

test('a phone that the server does not know any more says so, and can be forgotten', async () => {
  await link()
  const copy = `${state}.copy`
  await copyFile(state, copy)
  expect(await phone(['unlink'])).toMatchObject({ code: 0 })
  expect(await phone(['watch'])).toMatchObject({ code: 2, err: expect.stringContaining('No phone is linked here') })
  state = copy
  expect(await phone(['watch'])).toMatchObject({ code: 1, err: expect.stringContaining('was unlinked') })
  expect(await phone(['unlink'])).toMatchObject({ code: 0 })
  expect(await stateExists(copy)).toBe(false)
})
