/** The world of one run: a server that can be restarted, people with phones and pages, and what is known of them. */
import type { LinkedDevice, OpenDeviceOptions, Renewal, ShownApproval } from '@countersign/device'
import {
  type AccountId,
  type ApprovalId,
  generateSigningKey,
  type KeyPair,
  type PublicJwk,
  type PushMessage,
  publicJwkOf,
  type RegisteredWebhook,
  type RenewalId,
  thumbprintOf,
} from '@countersign/protocol'
import { addAccount, addApplication, type Context, openContext } from '@countersign/server'
import { type ApprovalView, createWakeups, loadKeys, registerWebhook } from '@countersign/server/use-cases'
import type { BrowserKeys } from '../push/subscriber.ts'
import { TestClock } from '../test-clock.ts'
import { testConfig } from '../test-config.ts'
import type { History } from './commands.ts'
import { application, defineAction } from './payment-action.ts'
import { Scheduler } from './scheduler.ts'
import { SeededRandom } from './seeded-random.ts'
import type { Sometimes } from './sometimes.ts'

/** What somebody did on a phone, to be compared with what came of it. */
export interface Answer {
  readonly shown: ShownApproval
  readonly kind: 'approve' | 'decline'
  /** Whether the passcode is the one of this phone's copy of its secret. */
  readonly passcodeRight: boolean
  readonly passcode: string
  /** The renewal that made the copy; whether it is in force at the server, the phone need not know. */
  readonly copy: Copy
  readonly number: string | null
}

/** Which unlock secret of a phone: the renewal that made it, or null for the one of its linking. */
export type Copy = RenewalId | null

/** A start of a renewal that a phone has sent. */
export interface RenewalStarted {
  readonly copy: Copy
  readonly passcodeRight: boolean
}

export interface Phone {
  readonly name: string
  readonly account: AccountId
  /** Opened anew whenever something else is stored. */
  device: LinkedDevice
  readonly options: OpenDeviceOptions
  /** In milliseconds, as it was learned last. */
  clockOffset: number
  /** The passcode of each copy that it has kept. */
  readonly passcodes: Map<Copy, string>
  /** A change of the passcode that was begun, while the person chooses another one. */
  renewal: Renewal | null
  isRenewing: boolean
  shown: readonly ShownApproval[]
  readonly answers: Answer[]
  readonly starts: RenewalStarted[]
  readonly browser: BrowserKeys
  /** What is on the locked screen: the request of each notification, by its tag. */
  readonly notifications: Map<string, ApprovalId>
}

/** A push between the push service and a phone. */
export interface PushOnTheWay {
  readonly phone: Phone
  readonly message: PushMessage
  /** When it arrives at the earliest, milliseconds since the epoch. */
  readonly at: number
}

/** A code as it stood on a page. */
export interface CodeOnPage {
  readonly challenge: string
  readonly round: number
  readonly expires: number
}

export interface Page {
  readonly name: string
  /** Whether somebody pays on it; on the others people sign in. */
  readonly pays: boolean
  readonly account: AccountId
  approval: ApprovalId | null
  view: ApprovalView | null
  readonly codes: CodeOnPage[]
}

/** A key pair of the pool, which is made once: making keys costs more than a run. */
export interface PooledKey {
  readonly pair: KeyPair
  readonly jwk: PublicJwk
  readonly thumbprint: string
}

const pool: PooledKey[] = []

/** The key of the pool with this number. Runs take them in the same order. */
export async function pooledKey(number: number): Promise<PooledKey> {
  while (pool.length <= number) {
    const pair = await generateSigningKey({ extractable: false })
    const jwk = await publicJwkOf(pair.publicKey)
    pool.push({ pair, jwk, thumbprint: thumbprintOf(jwk) })
  }
  const key = pool[number]
  if (key === undefined) throw new Error('The pool has no such key.')
  return key
}

const names = ['Anna', 'Bo', 'Cia']

const receivers = ['https://strand.example/webhooks', 'https://books.example/webhooks']

/** The process was ended while it worked on this. */
export class ServerStopped extends Error {
  override readonly name = 'ServerStopped'
}

/** What a run knows. Everything that actors and checks share. */
export class SimulatedWorld {
  readonly clock: TestClock
  readonly scheduler = new Scheduler()
  readonly history: History
  /** What the server uses when a task calls it: each read and write is a point of the scheduler. */
  context: Context
  readonly accounts: AccountId[] = []
  readonly phones: Phone[] = []
  readonly pages: Page[] = []
  /** Messages are lost and repeated while this holds. */
  faults = true
  keysTaken = 0
  restarts = 0
  /** In no order. */
  readonly pushesOnTheWay: PushOnTheWay[] = []
  /** Requests about which a push was lost, and about which one came. */
  readonly pushesLost = new Set<string>()
  readonly pushesArrived = new Set<string>()
  /** What a page asked for once more, and was told that a push was on its way. */
  readonly wokenAgain = new Set<string>()
  /** How many writes the server has made. */
  writes = 0
  readonly trace: string[] = []
  readonly sometimes = new Set<Sometimes>()
  /** What was wrong first, or null. */
  violation: string | null = null
  /** What is being answered at the server now. */
  readonly decisionsUnderWay: ApprovalId[] = []
  /** Which decisions about an approval came to their end at which moment. */
  readonly decisionsByTick = new Map<string, Set<string>>()
  /** By whom an approval was redeemed, and with which result. */
  readonly redeemed = new Map<string, { readonly redemption: string; readonly result: string }>()
  /** How many restarts there had been when an approval was approved. */
  readonly decidedAtRestart = new Map<string, number>()
  /** How many restarts there had been when a renewal began. */
  readonly renewalBegunAtRestart = new Map<string, number>()
  /** What each payment was started with, canonical. */
  readonly started = new Map<string, string>()
  readonly webhooks: RegisteredWebhook[] = []
  /** Messages that a receiver failed to take, and those that it took. */
  readonly webhooksFailed = new Set<string>()
  readonly webhooksTaken = new Map<string, string>()
  /** Approvals for which a code was accepted just now, as the page was told. */
  readonly codesAccepted = new Set<string>()
  readonly #start: number
  readonly #open: Awaited<ReturnType<typeof openContext>>

  private constructor(history: History, clock: TestClock, open: Awaited<ReturnType<typeof openContext>>) {
    this.history = history
    this.clock = clock
    this.#start = clock.now()
    this.#open = open
    this.context = { ...open, db: this.#gated() }
  }

  /** Opens a world of people, each with their pages and no phone yet. */
  static async open(history: History): Promise<SimulatedWorld> {
    const clock = new TestClock()
    const open = await openContext(testConfig, {
      clock,
      random: new SeededRandom(history.seed, 2),
      passwordCost: { memoryCost: 8, timeCost: 1, parallelism: 1 },
      logLevel: 'silent',
    })
    const redirects = { redirectUris: ['https://strand.example/callback'], postLogoutRedirectUris: [] }
    await addApplication(open, { ...application, ...redirects, startsApprovals: true })
    await defineAction(open)
    const world = new SimulatedWorld(history, clock, open)
    for (const url of receivers) world.webhooks.push(await registerWebhook(open, application.id, url))
    for (const [number, name] of names.slice(0, history.character.people).entries()) {
      await world.#addPerson(name, number)
    }
    return world
  }

  async #addPerson(name: string, number: number): Promise<void> {
    const added = await addAccount(this.#open, {
      email: `${name.toLowerCase()}@strand.example`,
      name,
      phoneNumber: `+4670174060${number + 5}`,
      locale: 'sv',
      secret: { password: 'morgonbris-vid-havet' },
    })
    if (added.kind === 'refused') throw new Error(added.faults.join(' '))
    this.accounts.push(added.account.id)
    for (const page of ['first', 'second'].slice(0, this.history.character.pagesEach)) {
      const { id: account } = added.account
      this.#addPage(`${name}'s ${page} page`, account, false)
    }
    if (this.history.character.pays) this.#addPage(`${name}'s payment page`, added.account.id, true)
    await this.#open.db.write((transaction) =>
      transaction
        .insertInto('relations')
        .values({ application_id: application.id, account_id: added.account.id, external_id: null })
        .execute(),
    )
  }

  #addPage(name: string, account: AccountId, pays: boolean): void {
    this.pages.push({ name, pays, account, approval: null, view: null, codes: [] })
  }

  /** The database without points, for checks. */
  get database(): Context['db'] {
    return this.#open.db
  }

  nameOf(account: AccountId): string {
    return names[this.accounts.indexOf(account)] ?? account
  }

  phonesOf(account: AccountId): Phone[] {
    return this.phones.filter((phone) => phone.account === account)
  }

  phoneWith(device: string): Phone | undefined {
    return this.phones.find((phone) => phone.device.stored.device === device)
  }

  /** Which secret of a device is in force. */
  copyInForce(device: string): Promise<string | null> {
    return this.database.read(async (query) => {
      const found = query.selectFrom('devices').select('renewal_id').where('id', '=', device)
      return (await found.executeTakeFirstOrThrow()).renewal_id
    })
  }

  /** The phone that this person linked last. */
  phoneOf(account: AccountId): Phone | undefined {
    return this.phonesOf(account).at(-1)
  }

  say(what: string): void {
    const seconds = ((this.clock.now() - this.#start) / 1000).toFixed(3)
    this.trace.push(`${seconds.padStart(10)} s  ${what}`)
  }

  happened(what: Sometimes): void {
    if (!this.sometimes.has(what)) this.say(`  for the first time: ${what}`)
    this.sometimes.add(what)
  }

  /** Demands something. The first demand that does not hold fails the run. */
  demand(holds: boolean, otherwise: string): void {
    if (holds || this.violation !== null) return
    this.violation = otherwise
    this.say(`VIOLATION: ${otherwise}`)
  }

  /** A server that ends and starts again: what it was doing is lost, what was written stays. */
  async restart(): Promise<void> {
    this.restarts += 1
    await this.scheduler.failDatabase(new ServerStopped())
    const { db, seal } = this.#open
    this.context = { ...this.#open, keys: await loadKeys(db, seal), wakeups: createWakeups(), db: this.#gated() }
  }

  close(): Promise<void> {
    return this.#open.close()
  }

  #gated(): Context['db'] {
    const { db } = this.#open
    return {
      kind: db.kind,
      read: async (work) => {
        await this.scheduler.point('read')
        return db.read(work)
      },
      write: async (work) => {
        await this.scheduler.point('write')
        this.writes += 1
        return db.write(work)
      },
      close: async () => {},
    }
  }
}
