/** One run: a history, lived through in a new world. */
import { type AccountId, DeviceId } from '@countersign/protocol'
import { deviceBelongings, expireOverdue, removeDevice, sweepRenewals } from '@countersign/server/use-cases'
import type { Command, History } from './commands.ts'
import { type Action, ask, operatorActions, pageActions, redeemOn } from './pages.ts'
import { answerOnPhone, approveFor, linkPhone, lookAtPhone, repeatAnswer } from './phones.ts'
import { deliverPushes, pushActions } from './pushes.ts'
import { renewOnPhone } from './renewing.ts'
import { Safety } from './safety.ts'
import { pick } from './seeded-random.ts'
import { SimulatedWorld } from './simulated-world.ts'
import { takeSnapshot } from './snapshot.ts'
import type { Sometimes } from './sometimes.ts'
import { deliverWebhooks, demandAllTold, webhookActions } from './webhooks.ts'

export interface RunResult {
  readonly history: History
  /** The first thing that was wrong, or null. */
  readonly violation: string | null
  /** One line for each thing that happened. */
  readonly trace: readonly string[]
  readonly sometimes: ReadonlySet<Sometimes>
}

const lifetime = 6 * 100_000
const leaps = [16 * 60_000, 61 * 60_000, 25 * 3_600_000]
const aroundTheEnd = [-1, 0, 1, 4_000, 9_999, 10_000, 10_001]

/** How far the clock goes on: a little, most of a round, or to the edge of what some page waits for. */
function stride(world: SimulatedWorld, { a, b, c }: Command): number {
  const view = pick(
    world.pages.filter((page) => page.view !== null),
    b,
  )?.view
  const edge = (view?.expires ?? 0) + (pick(aroundTheEnd, c) ?? 0) - world.clock.now()
  if (a < 0.2 && edge > 0) return edge
  if (a < 0.85) return Math.floor(b * 2_000)
  return Math.floor(5_000 + b ** 2 * 60_000)
}

const actions = {
  ...pageActions,
  ...operatorActions,
  ...pushActions,
  ...webhookActions,
  advance: (world, command) => world.clock.advance(stride(world, command)),
  leap: (world, { a }) => world.clock.advance(pick(leaps, a) ?? 0),
  restart: async (world) => {
    world.say('the server stops and starts again')
    await world.restart()
  },
  'phone.look': lookAtPhone,
  'phone.approve': (world, command) => answerOnPhone(world, command, 'approve'),
  'phone.decline': (world, command) => answerOnPhone(world, command, 'decline'),
  'phone.repeat': repeatAnswer,
  'phone.renew': renewOnPhone,
  'operator.link': async (world, { a, seed }) => {
    const account = pick(world.accounts, a)
    if (account !== undefined) await linkPhone(world, account, seed)
  },
} as const satisfies Record<Exclude<Command['kind'], 'resume'>, Action>

/** Lets somebody go on, to the next point or straight to the end. */
async function resume(world: SimulatedWorld, safety: Safety, { a, b }: Command): Promise<void> {
  let index = Math.floor(a * world.scheduler.held)
  while (world.scheduler.held > 0) {
    world.say(`… ${world.scheduler.describe(index)}`)
    const isHeldAgain = await world.scheduler.resume(index)
    await safety.check()
    if (!isHeldAgain || b < 0.6) return
    index = world.scheduler.held - 1
  }
}

/** Does something and everything that it leads to, one task after another. */
async function toTheEnd(world: SimulatedWorld, safety: Safety, name: string, work: () => Promise<void>) {
  world.scheduler.begin(name, 0, work)
  while (world.scheduler.held > 0 && stands(world)) {
    await world.scheduler.resume(0)
    await safety.check()
  }
}

function stands(world: SimulatedWorld): boolean {
  const { fault } = world.scheduler
  if (fault !== null) {
    const text = fault instanceof Error ? `${fault.name}: ${fault.message}` : String(fault)
    world.demand(false, `something was thrown that should not be: ${text}`)
  }
  return world.violation === null
}

/** Faults stop: what is under way comes to its end, what waits is over in its time, and everybody can sign in again. */
async function settle(world: SimulatedWorld, safety: Safety): Promise<void> {
  world.faults = false
  world.say('faults stop')
  await toTheEnd(world, safety, 'everybody', async () => {})
  await world.clock.advance(lifetime)
  await toTheEnd(world, safety, 'the sweeper', () => expireOverdue(world.context))
  await toTheEnd(world, safety, 'the sweeper', () => sweepRenewals(world.context))
  await deliverPushes(world, (name, work) => toTheEnd(world, safety, name, work))
  await deliverWebhooks(world, (name, work) => toTheEnd(world, safety, name, work))
  await demandAllTold(world)
  const pending = await world.database.read((query) =>
    query.selectFrom('approvals').select('id').where('state', '=', 'pending').execute(),
  )
  world.demand(pending.length === 0, 'an approval did not come to its end')
  world.demand((await takeSnapshot(world.database)).renewals.size === 0, 'a renewal did not come to its end')
  for (const account of world.accounts) if (stands(world)) await signInAgain(world, safety, account)
}

/** Without faults, everybody can sign in whose account is not locked: with the phone they have, or with a new one. */
async function signInAgain(world: SimulatedWorld, safety: Safety, account: AccountId): Promise<void> {
  const page = world.pages.find((one) => one.account === account && !one.pays)
  if (page === undefined) return
  const before = page.approval
  await makeLinked(world, safety, account)
  await toTheEnd(world, safety, `${page.name} asks`, () => ask(world, page))
  if ((await takeSnapshot(world.database)).accounts.get(account) !== 'active') {
    return world.demand(page.approval === before, 'a locked account was asked')
  }
  const phone = world.phoneOf(account)
  const { approval } = page
  world.demand(approval !== before && approval !== null && phone !== undefined, 'a person could not be asked')
  if (approval === null || phone === undefined) return
  await toTheEnd(world, safety, `${phone.name} approves`, () =>
    approveFor(world, phone, approval, page.view?.number ?? null),
  )
  await toTheEnd(world, safety, `${page.name} redeems`, () => redeemOn(world, page))
  if (stands(world)) world.demand(world.redeemed.has(approval), 'a person could not sign in, without any fault')
}

/** A phone that is blocked is removed; who has none links one. */
async function makeLinked(world: SimulatedWorld, safety: Safety, account: AccountId): Promise<void> {
  const { devices } = await takeSnapshot(world.database)
  const linked = [...devices.values()].find((device) => device.account_id === account && device.authenticating === 1)
  if (linked?.state === 'active') return
  if (linked !== undefined) {
    const device = { id: DeviceId.parse(linked.id), account }
    await toTheEnd(world, safety, 'the operator removes a phone', () =>
      removeDevice(world.context, { device, reason: 'operator' }, deviceBelongings),
    )
  }
  await linkPhone(world, account, 0)
  await toTheEnd(world, safety, 'linking goes on', async () => {})
}

/** Lives through a history. What goes wrong is a result, not an error. */
export async function runHistory(history: History): Promise<RunResult> {
  const world = await SimulatedWorld.open(history)
  const safety = new Safety(world)
  try {
    await safety.check()
    for (const account of world.accounts) {
      await linkPhone(world, account, history.seed)
      await toTheEnd(world, safety, 'linking goes on', async () => {})
    }
    for (const command of history.commands) {
      if (!stands(world)) break
      const isCrowded = world.scheduler.held >= history.character.crowd
      if (command.kind === 'resume' || (isCrowded && command.kind.includes('.'))) await resume(world, safety, command)
      else await actions[command.kind](world, command)
      await safety.check()
    }
    if (stands(world)) await settle(world, safety)
    stands(world)
    return { history, violation: world.violation, trace: world.trace, sometimes: world.sometimes }
  } finally {
    await world.close()
  }
}
