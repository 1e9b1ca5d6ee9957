/** The world: a whole server with an application, accounts and phones, in this process. */
import { createServer } from 'node:net'
import {
  type Biometrics,
  type DecisionOutcome,
  type LinkedDevice,
  openDevice,
  type ShownApproval,
  type StoredDevice,
  startLinking,
} from '@countersign/device'
import { sha256, utf8 } from '@countersign/protocol'
import {
  type Adapters,
  addAccount,
  addApiKey,
  addApplication,
  type Config,
  type RunningCountersign,
  scopes,
  startCountersign,
} from '@countersign/server'

import { type Contract, holdToContract } from './contract.ts'

export interface WorldOptions {
  /** As `openDatabase` takes it; SQLite in memory where it is left out. */
  readonly databaseUrl?: string
  readonly adapters?: Adapters
  /** Push services on this machine, `127.0.0.1:PORT`. */
  readonly pushHosts?: readonly string[]
  /** Where webhooks go on this machine. */
  readonly webhookUrls?: readonly string[]
  /** Where the application is sent back to. */
  readonly redirectUri?: string
}

export interface WorldAccount {
  readonly email: string
  readonly password: string
  readonly phoneNumber: string
}

export interface World extends AsyncDisposable {
  readonly config: Config
  readonly running: RunningCountersign
  /** What the answers of the server were held to. Disposing the world throws where one was not as its document says. */
  readonly contract: Contract
  /** The registered application, with its secret and an API key that may do everything. */
  readonly application: { readonly id: string; readonly name: string; readonly secret: string; readonly apiKey: string }
  addAccount(name?: string): Promise<WorldAccount>
  /** The newest code that was sent to a number, waiting for one where there is none yet. */
  smsCode(phoneNumber: string): Promise<string>
  /** Links a new virtual phone to an account, with fingerprint or face where it is given. */
  linkPhone(account: WorldAccount, passcode?: string, biometrics?: Biometrics): Promise<LinkedDevice>
  openPhone(stored: StoredDevice, biometrics?: Biometrics): LinkedDevice
  /** What an honest person does: the passcode, and the number that is (or was) on the page. */
  approve(phone: LinkedDevice, shown: ShownApproval, passcode?: string): Promise<DecisionOutcome>
}

/** A passcode that no test needs to think about. */
export const usualPasscode = '482913'

// Argon2id with 64 MiB for each link and approval would only warm the machine: its strength is no test's subject here.
export const cheapPasscodeHash = async (passcode: string, salt: Uint8Array): Promise<Uint8Array> =>
  sha256(new Uint8Array([...utf8(passcode), ...salt]))

const cheapPasswordCost = { memoryCost: 64, timeCost: 1, parallelism: 1 }

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })

/**
 * A port of the loopback address that nobody listens on. Below those that the system gives to connections by itself:
 * one of them may be taken between our look and our use.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    if (await isFree(port)) return port
  }
  throw new Error('There is no free port.')
}

interface Settings {
  readonly databaseUrl: string
  readonly masterKey: Uint8Array
  readonly pushHosts: readonly string[]
  readonly webhookUrls: readonly string[]
  readonly serverPort: number
  readonly phonePort: number
}

function worldConfig({ databaseUrl, masterKey, pushHosts, webhookUrls, serverPort, phonePort }: Settings): Config {
  return {
    issuer: `http://localhost:${serverPort}`,
    phoneUrl: `http://localhost:${phonePort}`,
    databaseUrl,
    listen: [
      { host: '127.0.0.1', port: serverPort },
      { host: '127.0.0.1', port: phonePort },
    ],
    masterKeys: [masterKey],
    brand: { name: 'Countersign', supportEmail: 'support@strand.example' },
    minimumAppVersion: '0.1.0',
    sms: { kind: 'demo' },
    smsCountries: ['SE'],
    push: { hosts: pushHosts },
    outbound: {
      origins: [...pushHosts.map((host) => `http://${host}`), ...webhookUrls.map((url) => new URL(url).origin)],
    },
    demo: true,
  }
}

const applicationId = 'strand'
const applicationName = 'Strand'

async function registerApplication(running: RunningCountersign, redirectUri: string) {
  const added = await addApplication(running.context, {
    id: applicationId,
    name: applicationName,
    redirectUris: [redirectUri],
    postLogoutRedirectUris: [new URL('/', redirectUri).href],
    startsApprovals: true,
    startsPerMinute: 1_000_000,
  })
  if (added.kind === 'refused') throw new Error(added.faults.join(' '))
  const apiKey = await addApiKey(running.context, applicationId, scopes)
  if (apiKey === null) throw new Error('The application is not there.')
  return { id: applicationId, name: applicationName, secret: added.secret, apiKey: apiKey.key }
}

const isTaken = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'

/** Starts a server on free ports; on others where somebody was quicker. */
async function startSomewhere(
  { databaseUrl = 'sqlite::memory:', pushHosts = [], webhookUrls = [] }: WorldOptions,
  adapters: Adapters,
): Promise<RunningCountersign> {
  const masterKey = crypto.getRandomValues(new Uint8Array(32))
  for (let tries = 1; ; tries++) {
    const [serverPort, phonePort] = [await freePort(), await freePort()]
    try {
      return await startCountersign(
        worldConfig({ databaseUrl, masterKey, pushHosts, webhookUrls, serverPort, phonePort }),
        adapters,
      )
    } catch (error) {
      if (!isTaken(error) || tries === 10) throw error
    }
  }
}

/** Starts a server whose answers are held to its document. */
async function startHeld(options: WorldOptions): Promise<{ running: RunningCountersign; contract: Contract }> {
  let contract: Contract = { routes: new Set(), faults: [] }
  const running = await startSomewhere(options, {
    onApp: (app) => {
      contract = holdToContract(app)
    },
    logLevel: 'silent',
    passwordCost: cheapPasswordCost,
    ...options.adapters,
  })
  return { running, contract }
}

/** The code in an SMS: its last line is bound to the origin and ends with it. */
const codeIn = (text: string): string | undefined => /#(\d{6})$/.exec(text)?.[1]

/**
 * Starts a world. Everything in it is the real thing but for the strength of its password hashes.
 *
 * @example
 * await using world = await startWorld()
 * const anna = await world.addAccount('Anna')
 * const phone = await world.linkPhone(anna)
 */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const { running, contract } = await startHeld(options)
  const { config } = running.context
  const application = await registerApplication(running, options.redirectUri ?? 'http://localhost:4999/callback')
  const now = () => running.context.clock.now()
  let accounts = 0

  const openPhone = (stored: StoredDevice, biometrics?: Biometrics) =>
    openDevice(stored, {
      appVersion: '0.1.0',
      passcodeHash: cheapPasscodeHash,
      now,
      ...(biometrics === undefined ? {} : { biometrics }),
    })

  const smsCode = async (phoneNumber: string): Promise<string> => {
    await running.jobs.settled()
    const message = running.inbox?.messages().find(({ to }) => to === phoneNumber)
    const code = message === undefined ? undefined : codeIn(message.text)
    if (code === undefined) throw new Error('No SMS with a code was sent to this number.')
    return code
  }

  return {
    config,
    running,
    contract,
    application,
    smsCode,
    openPhone,
    async approve(phone, shown, passcode = usualPasscode) {
      const { binding_value: number } = await running.context.db.read((query) =>
        query
          .selectFrom('approvals')
          .select('binding_value')
          .where('id', '=', shown.approval)
          .executeTakeFirstOrThrow(),
      )
      return phone.approve(shown, passcode, number ?? undefined)
    },
    async addAccount(name = 'Anna') {
      const number = ++accounts
      const account = {
        email: `${name.toLowerCase()}-${number}@strand.example`,
        password: 'morgonbris-vid-havet',
        // 070-174 06 05 and the numbers after it belong to nobody (the Swedish regulator's numbers for fiction).
        phoneNumber: `+467017406${String(number + 4).padStart(2, '0')}`,
      }
      const { password, ...rest } = account
      const added = await addAccount(running.context, { ...rest, name, locale: 'sv', secret: { password } })
      if (added.kind === 'refused') throw new Error(added.faults.join(' '))
      return account
    },
    async linkPhone(account, passcode = usualPasscode, biometrics) {
      const linking = await startLinking({
        apiUrl: config.issuer,
        email: account.email,
        password: account.password,
        deviceName: 'Annas telefon',
        locale: 'sv',
        platform: 'virtual',
        appVersion: '0.1.0',
        now,
      })
      await linking.submitCode(await smsCode(account.phoneNumber))
      await linking.agree()
      const credential = biometrics === undefined ? null : await linking.enrol(biometrics)
      const keep = async (stored: StoredDevice) => stored
      const choices = { passcode, passcodeHash: cheapPasscodeHash, credential, keep }
      return openPhone(await linking.finish(choices), biometrics)
    },
    async [Symbol.asyncDispose]() {
      await running.close()
      const { faults } = contract
      if (faults.length > 0) throw new Error(`The API is not as its document says:\n${faults.join('\n')}`)
    },
  }
}
