/** What README.md and docs/integrate tell integrators to do is done here, to the letter, with a real server and a phone. */
import { type ChildProcessByStdio, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { ApprovalAnswer, RedeemedApproval, StartedApproval, signWebhook, toBase64url } from '@countersign/protocol'
import { Countersign, CountersignError } from '@countersign/sdk'
import { freePort, startWorld, type World } from '@countersign/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { countersign as command } from '../packages/cli/src/terminal-for-tests.ts'

const root = dirname(import.meta.dirname)
const pages = ['README.md', 'docs/integrate/README.md']
const text = pages.map((page) => readFileSync(join(root, page), 'utf8')).join('\n')

/** The blocks that are files, by their names. */
const files = new Map(
  [...text.matchAll(/^```\w+ file=(\S+)\n([\s\S]*?)^```/gm)].map(([, name = '', code = '']) => [name, code]),
)
/** The commands of the command line, without `npx countersign`. */
const commands = [...text.matchAll(/^npx countersign (.+)$/gm)].map(([, line = '']) => line.split(' '))

const passcode = '482913'

let world: World
let environment: Record<string, string>
/** As the folder of the repository is to who tries it. */
let folder: string
let shop: { readonly server: string; readonly application: string; readonly apiKey: string }
let countersign: Countersign

const commandThat = (begin: string): string[] => {
  const found = commands.find((words) => words.join(' ').startsWith(begin))
  if (found === undefined) throw new Error(`No page names npx countersign ${begin}.`)
  return found
}

const phoneState = () => join(folder, 'phone.json')
const onPhone = (words: readonly string[]) =>
  command([...words, '--state', phoneState()], { environment: { COUNTERSIGN_PASSCODE: passcode } })

type Running = ChildProcessByStdio<Writable, Readable, Readable> & { readonly lines: AsyncIterator<string> }

/** Runs a file of the pages as a program. */
function run(name: string, variables: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(process.execPath, [name], { cwd: folder, env: { ...process.env, ...variables } })
  return Object.assign(child, { lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() })
}

/** The rest of what a program says, once it has ended. */
async function ended(child: Running): Promise<{ readonly code: number | null; readonly said: string }> {
  const errors: string[] = []
  child.stderr.setEncoding('utf8').on('data', (part: string) => errors.push(part))
  const lines: string[] = []
  for (let line = await child.lines.next(); line.done !== true; line = await child.lines.next()) lines.push(line.value)
  if (child.exitCode === null) await once(child, 'exit')
  return { code: child.exitCode, said: [...lines, ...errors].join('\n') }
}

beforeAll(async () => {
  const databaseUrl = `sqlite:${join(mkdtempSync(join(tmpdir(), 'countersign-integrate-')), 'countersign.db')}`
  world = await startWorld({ databaseUrl })
  environment = {
    COUNTERSIGN_PUBLIC_URL: 'https://id.example.com',
    COUNTERSIGN_PHONE_URL: 'https://app.example.com',
    COUNTERSIGN_MASTER_KEY: toBase64url(world.config.masterKeys[0]),
    COUNTERSIGN_DATABASE_URL: databaseUrl,
    COUNTERSIGN_SMS_URL: 'https://sms.example.com/send',
    COUNTERSIGN_SMS_AUTHORIZATION: 'Bearer token',
    COUNTERSIGN_SUPPORT_EMAIL: 'support@example.com',
  }
  // Within the repository, where the workspaces are found by their names.
  mkdirSync(join(root, 'dist'), { recursive: true })
  folder = mkdtempSync(join(root, 'dist', 'integrate-'))
  for (const [name, code] of files) writeFileSync(join(folder, name), code)
})

afterAll(async () => {
  await world[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

test('an application is registered, and its key is told', async () => {
  const ran = await command(commandThat('application add'), { environment })
  expect(ran).toMatchObject({ code: 0 })
  const apiKey = /API key: (\S+)/.exec(ran.out)?.[1] ?? ''
  shop = { server: world.config.issuer, application: 'shop', apiKey }
  countersign = new Countersign(shop)
  mkdirSync(join(folder, '.countersign'))
  writeFileSync(join(folder, '.countersign', 'shop.json'), JSON.stringify(shop))
})

test('set-up.mjs defines what may be asked, and links the phone by the command that it prints', async () => {
  const program = run('set-up.mjs')
  const line = String((await program.lines.next()).value)
  const [, link = ''] = /npx countersign (.+)$/.exec(line) ?? []
  const printed = Promise.withResolvers<string>()
  const linking = command([...link.split(' '), '--state', phoneState()], {
    environment: { COUNTERSIGN_PASSCODE: passcode },
    onPrint: (said) => printed.resolve(said),
  })
  const digits = /\d{6}/.exec(await printed.promise)?.[0] ?? ''
  program.stdin.write(`${digits}\n`)
  expect(await linking).toMatchObject({ code: 0, out: expect.stringContaining('Linked') })
  expect(await ended(program)).toMatchObject({ code: 0 })
})

test('ask.mjs asks in ten lines, and the phone answers by the command that stands there', async () => {
  const program = run('ask.mjs')
  expect((await program.lines.next()).value).toBe('Look at the phone: Buy Cykel, 7 växlar for 4,995.00\u00a0SEK')
  expect(await onPhone([...commandThat('phone approve'), '--yes'])).toMatchObject({ code: 0 })
  expect(await ended(program)).toEqual({ code: 0, said: 'Approved: Cykel, 7 växlar for 4995.00 SEK.' })
})

test('ask.mjs does nothing when the phone declines', async () => {
  const program = run('ask.mjs')
  await program.lines.next()
  expect(await onPhone(['phone', 'decline', '--wait', '60', '--yes'])).toMatchObject({ code: 0 })
  expect(await ended(program)).toMatchObject({ code: 1, said: expect.stringContaining('Nothing was done: declined.') })
})

describe('orders.mjs', () => {
  const order = { id: 'order-7', customer: 'customer-17', item: 'Klocka', amount: '120.00 EUR' }
  const load = () => import(pathToFileURL(join(folder, 'orders.mjs')).href)

  test('places what was approved, once, however often it is collected', async () => {
    const { begin, collect } = await load()
    const placed: string[] = []
    const place = async ({ id }: typeof order) => {
      if (!placed.includes(id)) placed.push(id)
    }
    const { approval, pageToken } = await begin(countersign, order, 'browser-7')
    expect(await begin(countersign, order, 'browser-7')).toEqual({ approval, pageToken })
    expect(await collect(countersign, order, approval, place)).toBe('not approved')
    await onPhone(['phone', 'approve', '--yes'])
    expect(await Promise.all([1, 2, 3].map(() => collect(countersign, order, approval, place)))).toEqual(
      Array(3).fill('placed'),
    )
    expect(placed).toEqual(['order-7'])
  })

  test('abuse-49 places nothing else than what was approved', async () => {
    const { begin, collect } = await load()
    const { approval } = await begin(countersign, { ...order, id: 'order-8' }, 'browser-8')
    await onPhone(['phone', 'approve', '--yes'])
    const never = () => Promise.reject(new Error('It was placed.'))
    for (const other of [{ amount: '1.00 EUR' }, { item: 'Annat' }]) {
      await expect(collect(countersign, { ...order, id: 'order-8', ...other }, approval, never)).rejects.toThrow(
        'What was approved is another order.',
      )
    }
    await expect(collect(countersign, { ...order, id: 'order-9' }, approval, never)).rejects.toThrow(CountersignError)
  })
})

test('webhooks.mjs takes what the server signed, and nothing else', async () => {
  const port = await freePort()
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  const program = run('webhooks.mjs', {
    COUNTERSIGN_SERVER: shop.server,
    COUNTERSIGN_API_KEY: shop.apiKey,
    WEBHOOK_SECRET: secret,
    PORT: String(port),
  })
  const id = 'A'.repeat(22)
  const data = { approval: `apr_${id}`, account: `acc_${id}`, action: 'order.place', reason: null }
  const body = JSON.stringify({ type: 'approval.approved', timestamp: new Date().toISOString(), data })
  const seconds = Math.floor(Date.now() / 1000)
  const send = async (content: string): Promise<number> => {
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(seconds),
      'webhook-signature': signWebhook(secret, 'msg_1', seconds, body),
    }
    // Node has begun to listen when the port answers; it says so to nobody.
    const answer = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', headers, body: content }).catch(() => null)
    return answer === null ? send(content) : answer.status
  }
  try {
    expect(await send(body)).toBe(204)
    expect((await program.lines.next()).value).toBe(`msg_1 approval.approved apr_${id}`)
    expect(await send(body.replace('approved', 'declined'))).toBe(400)
  } finally {
    program.kill()
  }
})

describe.skipIf(spawnSync('curl', ['--version']).error !== undefined)('by curl', () => {
  const shell = async (name: string, variables: Readonly<Record<string, string>> = {}): Promise<unknown> => {
    const env = { ...process.env, SERVER: shop.server, API_KEY: shop.apiKey, ...variables }
    const { stdout } = await promisify(execFile)('sh', [name], { cwd: folder, env })
    return JSON.parse(stdout)
  }

  test('the same way: start, wait, redeem', async () => {
    const { approval } = StartedApproval.parse(await shell('start.sh'))
    const waiting = shell('wait.sh', { APPROVAL: approval.id, VERSION: approval.version })
    expect(await onPhone(['phone', 'approve', '--yes'])).toMatchObject({ code: 0 })
    expect(ApprovalAnswer.parse(await waiting)).toMatchObject({ state: 'approved' })
    const { receipt } = RedeemedApproval.parse(await shell('redeem.sh', { APPROVAL: approval.id }))
    expect(await countersign.receipts.verify(receipt)).toMatchObject({ evidence: 'device-signed' })

    const jwks = await fetch(`${shop.server}/oidc/jwks`)
    writeFileSync(join(folder, 'jwks.json'), await jwks.text())
    writeFileSync(join(folder, 'receipt.txt'), receipt)
    const verify = /`npx countersign (receipt verify [^`]+)`/.exec(text)?.[1]?.split(' ') ?? []
    const inFolder = verify.map((word) => (/\.(txt|json)$/.test(word) ? join(folder, word) : word))
    expect(await command(inFolder)).toMatchObject({ code: 0, out: expect.stringContaining('Buy Cykel') })
  })
})

test('every block that is a file is run here', () => {
  expect([...files.keys()].sort()).toEqual(
    ['ask.mjs', 'orders.mjs', 'redeem.sh', 'set-up.mjs', 'start.sh', 'wait.sh', 'webhooks.mjs'].sort(),
  )
})

test('the ten lines are ten, but for what brings the pieces in', () => {
  const code = files.get('ask.mjs') ?? ''
  const statements = code.split('\n').filter((line) => /^(const|if|console|await)/.test(line))
  expect(statements.length).toBeLessThanOrEqual(10)
})
