/**
 * The demo: the server on this machine alone, with accounts to try it with and an inbox instead of an SMS gateway.
 *
 * It has an entry of its own: no setting and no environment variable turns a production start into it. It listens on
 * the loopback address only and refuses to run where a production configuration is present.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addAccount } from '../accounts/index.ts'
import { addApiKey, addApplication, allowApprovals, scopes, usualStartsPerMinute } from '../applications/index.ts'
import type { Config } from '../config.ts'
import type { Context } from '../context.ts'
import { DatabaseTooNew, DataDirectoryUnwritable } from '../db/index.ts'
import { startCountersign } from '../main.ts'
import { systemRandom } from '../platform/random.ts'
import { usualPushHosts } from '../push-settings.ts'

const issuer = 'http://localhost:4000'
const phoneUrl = 'http://localhost:4001'
const strandUrl = 'http://localhost:4002'
/** Where pages of whoever tries the API may be. */
const shopUrl = 'http://localhost:4003'

const supportEmail = 'support@strand.example'

const accounts = [
  { email: 'anna@strand.example', name: 'Anna Lind', phoneNumber: '+46701740605', password: 'morgonbris-vid-havet' },
  { email: 'erik@strand.example', name: 'Erik Berg', phoneNumber: '+46701740606', password: 'lugn-vik-i-augusti' },
] as const

/** Writes a file that only its owner can read, unless it is there. */
function keepSecret(path: string, make: () => string): string {
  if (!existsSync(path)) writeFileSync(path, make(), { mode: 0o600, flag: 'wx' })
  return readFileSync(path, 'utf8').trim()
}

function demoConfig(directory: string): Config {
  const masterKey = keepSecret(join(directory, 'master.key'), () =>
    Buffer.from(systemRandom.bytes(32)).toString('base64url'),
  )
  return {
    issuer,
    phoneUrl,
    databaseUrl: `sqlite:${join(directory, 'countersign.db')}`,
    listen: [
      { host: '127.0.0.1', port: 4000 },
      { host: '127.0.0.1', port: 4001 },
    ],
    masterKeys: [Buffer.from(masterKey, 'base64url')],
    brand: { name: 'Countersign', supportEmail },
    minimumAppVersion: '0.1.0',
    sms: { kind: 'demo' },
    smsCountries: ['SE'],
    push: { hosts: usualPushHosts },
    outbound: { origins: [shopUrl] },
    demo: true,
  }
}

const strandFile = (directory: string) => join(directory, 'strand.json')

const writeStrand = (directory: string, strand: Readonly<Record<string, unknown>>) =>
  writeFileSync(strandFile(directory), JSON.stringify(strand, null, 2), { mode: 0o600 })

/** Gives the account site its API key: once, also where it was registered before there were any. */
async function letStrandAsk(context: Context, directory: string): Promise<void> {
  const strand: unknown = JSON.parse(readFileSync(strandFile(directory), 'utf8'))
  if (typeof strand !== 'object' || strand === null || 'apiKey' in strand) return
  await allowApprovals(context, 'strand', { pageOrigins: [strandUrl], startsPerMinute: usualStartsPerMinute })
  const made = await addApiKey(context, 'strand', ['approvals', 'templates'])
  if (made !== null) writeStrand(directory, { ...strand, apiKey: made.key })
}

/** An application to try the API with (docs/integrate): what the SDK is made with lies in `shop.json`. */
async function addShop(context: Context, directory: string): Promise<void> {
  const file = join(directory, 'shop.json')
  if (existsSync(file)) return
  await addApplication(context, {
    id: 'shop',
    name: 'Shop',
    redirectUris: [],
    postLogoutRedirectUris: [],
    pageOrigins: [shopUrl],
    startsApprovals: true,
  })
  const made = await addApiKey(context, 'shop', scopes)
  if (made === null) return
  const options = { server: issuer, application: 'shop', apiKey: made.key }
  writeFileSync(file, JSON.stringify(options, null, 2), { mode: 0o600 })
}

async function seed(context: Context, directory: string): Promise<void> {
  for (const { password, ...account } of accounts) {
    await addAccount(context, { ...account, locale: 'sv', secret: { password } })
  }
  const added = await addApplication(context, {
    id: 'strand',
    name: 'Strand',
    redirectUris: [`${strandUrl}/callback`],
    postLogoutRedirectUris: [`${strandUrl}/`],
  })
  if (added.kind === 'added') {
    writeStrand(directory, {
      issuer,
      clientId: 'strand',
      clientSecret: added.secret,
      url: strandUrl,
      listen: { host: '127.0.0.1', port: 4002 },
      dataDir: directory,
      supportEmail,
      openingBalances: { 'anna@strand.example': 2_845_050, 'erik@strand.example': 2_961_200 },
    })
  }
  await letStrandAsk(context, directory)
  await addShop(context, directory)
}

const say = (sentence: string) => process.stderr.write(`${sentence}\n`)

/** One sentence for what can go wrong at a start, or null when it is a bug. */
function sentenceOf(error: unknown): string | null {
  if (error instanceof DatabaseTooNew || error instanceof DataDirectoryUnwritable) return error.message
  if (!(error instanceof Error) || !('code' in error)) return null
  if (error.code === 'EADDRINUSE' && 'port' in error) return `Port ${error.port} is in use by another program.`
  if (error.code === 'EACCES' || error.code === 'EROFS')
    return `The data directory cannot be written: ${error.message}.`
  return null
}

async function main(): Promise<void> {
  const directory = process.argv[2]
  if (directory === undefined) throw new Error('The data directory is missing.')
  if (process.env.NODE_ENV === 'production' || process.env.COUNTERSIGN_PUBLIC_URL !== undefined) {
    say('The demo does not start where a production configuration is set. Use "countersign serve".')
    process.exit(1)
  }
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  chmodSync(directory, 0o700)
  const running = await startCountersign(demoConfig(directory), { logLevel: 'warn' })
  await seed(running.context, directory)
  const stop = () => void running.close().then(() => process.exit(0))
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  process.send?.({ kind: 'ready', accounts: accounts.map(({ email, password }) => ({ email, password })) })
}

main().catch((error: unknown) => {
  const sentence = sentenceOf(error)
  say(sentence ?? (error instanceof Error ? (error.stack ?? error.message) : String(error)))
  process.exit(1)
})
