/** A world with one linked phone, and the few steps that tests of approvals are made of. */
import type { DecisionOutcome, LinkedDevice, ShownApproval } from '@countersign/device'
import { openConnection } from '@countersign/device'
import {
  ApplicationId,
  type ApprovalId,
  canonicalBytes,
  type DecisionAnswer,
  type DecisionPayload,
  decisionType,
  proofKeyOf,
  proofOf,
  signJws,
  toBase64url,
} from '@countersign/protocol'
import {
  createDatabase,
  startWorld,
  TestClock,
  type World,
  type WorldAccount,
  type WorldOptions,
} from '@countersign/testkit'
import { sql } from 'kysely'
import { describe, expect, inject } from 'vitest'
import type { Context } from '../context.ts'
import type { Transaction } from '../db/index.ts'
import { deviceById, openUnlockSecret } from '../devices/index.ts'
import { loginTemplate } from '../templates/index.ts'
import { startApproval } from './index.ts'

export interface Scene extends AsyncDisposable {
  readonly world: World
  readonly context: Context
  readonly clock: TestClock
  readonly anna: WorldAccount
  readonly phone: LinkedDevice
  /** Asks Anna to sign in, on her phone or on another one, each time for another browser. */
  ask(on?: LinkedDevice): Promise<ApprovalId>
  /** What her phone shows of an approval. */
  shown(approval: ApprovalId): Promise<ShownApproval>
  /** What an honest person does: the passcode, and the number that is on the page. */
  approve(shown: ShownApproval, passcode?: string): Promise<DecisionOutcome>
  /** Moves the clock, and gives streams and jobs their turn. */
  advance(milliseconds: number): Promise<void>
  /** How often an audit row of a kind was written about an approval. */
  audited(approval: ApprovalId): Promise<string[]>
}

type SceneOptions = Pick<WorldOptions, 'pushHosts' | 'webhookUrls'>

/** Starts the scene on a database. The clock stands still. */
async function setScene(databaseUrl: string, options: SceneOptions = {}): Promise<Scene> {
  const clock = new TestClock()
  const world = await startWorld({ databaseUrl, adapters: { clock }, ...options })
  const { context } = world.running
  const anna = await world.addAccount('Anna')
  const phone = await world.linkPhone(anna)
  let browsers = 0
  return {
    world,
    context,
    clock,
    anna,
    phone,
    async ask(on = phone) {
      const started = await startApproval(context, {
        account: on.stored.account.id,
        device: on.stored.device,
        application: { id: ApplicationId.parse(world.application.id), name: world.application.name },
        action: 'login',
        template: loginTemplate,
        locale: 'sv',
        data: {},
        context: { place: null, browser: 'Firefox, Linux' },
        requester: `browser-${++browsers}`,
      })
      if (started.kind !== 'started') throw new Error(`Nothing was started: ${started.kind}.`)
      return started.approval
    },
    async shown(approval) {
      const { approvals } = await phone.pendingApprovals()
      const found = approvals.find((one) => one.approval === approval)
      if (found === undefined) throw new Error('The phone does not show this approval.')
      return found
    },
    approve: (shown, passcode) => world.approve(phone, shown, passcode),
    advance: (milliseconds) => clock.advance(milliseconds),
    async audited(approval) {
      const rows = await context.db.read((query) =>
        query.selectFrom('audit').select('kind').where('approval_id', '=', approval).orderBy('seq').execute(),
      )
      return rows.map(({ kind }) => kind)
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  }
}

/** Runs a suite on both databases. `scene` sets one on an empty database. */
export function onBothDatabases(suite: (scene: (options?: SceneOptions) => Promise<Scene>) => void): void {
  describe('SQLite', () => suite((options?: SceneOptions) => setScene('sqlite::memory:', options)))
  onPostgres(suite)
}

/** Runs a suite on PostgreSQL, where transactions run beside each other and wait for rows. */
export function onPostgres(suite: (scene: (options?: SceneOptions) => Promise<Scene>) => void): void {
  describe.skipIf(inject('postgres') === null)('PostgreSQL', () =>
    suite(async (options?: SceneOptions) => setScene(await createDatabase(inject('postgres') ?? ''), options)),
  )
}

/** Holds rows until what it gives is called. */
export async function hold(
  scene: Scene,
  rows: (transaction: Transaction) => Promise<unknown>,
): Promise<() => Promise<void>> {
  const [held, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const holding = scene.context.db.write(async (transaction) => {
    await rows(transaction)
    held.resolve()
    await release.promise
  })
  await held.promise
  return () => {
    release.resolve()
    return holding
  }
}

const inLine = sql<number>`(select count(*) from pg_stat_activity
  where datname = current_database() and wait_event_type = 'Lock')`

/** Waits until so many transactions wait for a row. On PostgreSQL alone: on SQLite one write runs at a time. */
export const untilInLine = ({ context }: Scene, count: number) =>
  expect
    .poll(
      async () => {
        const row = await context.db.read((query) => query.selectNoFrom(inLine.as('count')).executeTakeFirst())
        return row?.count
      },
      { timeout: 10_000 },
    )
    .toBe(count)

/** What only server and phone know, for payloads that an honest phone would never sign. */
export async function proofKeyOfPhone({ context, phone }: Scene): Promise<Uint8Array> {
  const device = await context.db.read((query) => deviceById(query, phone.stored.device))
  if (device === null) throw new Error('The phone is not linked.')
  return proofKeyOf(openUnlockSecret(context, device))
}

/** The payload that an honest phone signs to approve. */
export const approvalOf = (phone: LinkedDevice, shown: ShownApproval, number: string | null): DecisionPayload => ({
  v: 1,
  aud: phone.stored.issuer,
  approval: shown.approval,
  round: shown.document.round,
  device: phone.stored.device,
  digest: toBase64url(shown.digest),
  decision: 'approve',
  binding: shown.document.binding,
  binding_value: number,
})

/** Sends any payload as this phone's decision about `approval`, rightly signed, with a proof by `proofKey` and whatever else is beside it. */
export async function sendDecision(
  phone: LinkedDevice,
  approval: string,
  payload: object,
  proofKey: Uint8Array,
  beside: object = {},
): Promise<DecisionAnswer> {
  const bytes = canonicalBytes(payload)
  const decision = await signJws({
    type: decisionType,
    keyId: phone.stored.thumbprint,
    payload: bytes,
    key: phone.stored.keyPair.privateKey,
  })
  const connection = openConnection({
    apiUrl: phone.stored.issuer,
    keyPair: phone.stored.keyPair,
    thumbprint: phone.stored.thumbprint,
    appVersion: '0.1.0',
    now: phone.serverNow,
  })
  const body = { decision, proof: toBase64url(proofOf(proofKey, 'decision', bytes)), ...beside }
  return connection.post(`/v1/device/approvals/${approval}/decision`, body, {
    safeParse: (value) => ({ success: true, data: value as DecisionAnswer }),
  })
}
