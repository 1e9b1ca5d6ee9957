/**
 * Pushes: the server's own sender, a push service that loses, repeats, delays and reorders, and what a phone's worker does.
 *
 * The worker is a service worker and cannot run here. What it does is written down a second time; how it collapses
 * notifications depends on the tag that the server sends.
 */
import { createECDH } from 'node:crypto'
import { type ApprovalId, PushMessage, toBase64url, utf8 } from '@countersign/protocol'
import { isAwaited, pushHandlers, vapidKeyInUse, writeSubscription } from '@countersign/server/use-cases'
import { type BrowserKeys, decryptPush } from '../push/subscriber.ts'
import type { Command } from './commands.ts'
import type { Action } from './pages.ts'
import { unlessRefused } from './phones.ts'
import { pick } from './seeded-random.ts'
import { type Phone, type PushOnTheWay, ServerStopped, type SimulatedWorld } from './simulated-world.ts'

const host = 'https://push.example.com'
const [lost, repeated, longestDelay] = [0.3, 0.2, 60_000]

/** A browser that can be subscribed. Its key decides nothing that happens, so that it need not come from the run. */
export function newBrowser(auth: Uint8Array): BrowserKeys {
  const ecdh = createECDH('prime256v1')
  ecdh.generateKeys()
  return { ecdh, auth }
}

/** Subscribes a phone, as it does when it is linked. */
export async function subscribePhone(world: SimulatedWorld, { device, browser }: Phone): Promise<void> {
  const id = device.stored.device
  const p256dh = toBase64url(browser.ecdh.getPublicKey())
  await world.database.write(async (transaction) => {
    const vapidKey = await vapidKeyInUse(transaction)
    const body = { endpoint: `${host}/${id}`, p256dh, auth: toBase64url(browser.auth), vapid_key: vapidKey }
    const sealedAddress = world.context.seal.seal(utf8(JSON.stringify(body)), `push ${id}`)
    await writeSubscription(transaction, { device: id, sealedAddress, vapidKey })
  })
}

/** Takes a push, and loses it, or has it arrive some time later, or twice. */
function takePush(world: SimulatedWorld, phone: Phone, message: PushMessage): void {
  const { random } = world.scheduler
  const { approval } = message.notification.data
  if (world.faults && random.chance(lost)) {
    world.happened('a push was lost')
    world.say(`a push for ${phone.name} is lost`)
    world.pushesLost.add(approval)
    return
  }
  const times = world.faults && random.chance(repeated) ? 2 : 1
  for (let time = 0; time < times; time++) {
    const delay = world.faults ? Math.floor(random.fraction() ** 3 * longestDelay) : 0
    world.pushesOnTheWay.push({ phone, message, at: world.clock.now() + delay })
  }
}

const unreachable = () => Promise.reject(new Error('Nobody posts to it.'))

/** `over` are requests that were over before the sender began. */
const senderOf = (world: SimulatedWorld, over: ReadonlySet<string>) =>
  pushHandlers(world.context, {
    isAwaited,
    tell: () => {},
    outbound: {
      close() {},
      async post({ url, body }) {
        await world.scheduler.point('network')
        const phone = world.phoneWith(url.pathname.slice(1))
        if (phone === undefined) return unreachable()
        const message = PushMessage.parse(JSON.parse(decryptPush(body, phone.browser)))
        const { approval } = message.notification.data
        world.demand(!over.has(approval), 'a push was sent about what was over')
        takePush(world, phone, message)
        return { status: 201, headers: {} }
      },
    },
  })

/** What waits to be sent, without the outbox's leases: two may send the same. Its runner has tests of its own. */
const queued = (world: SimulatedWorld) =>
  world.database.read((query) =>
    query
      .selectFrom('outbox')
      .select(['id', 'payload'])
      .where('kind', '=', 'push')
      .where('expires_at', '>', world.clock.now())
      .orderBy('created_at')
      .orderBy('id')
      .execute(),
  )

type Queued = Awaited<ReturnType<typeof queued>>[number]

async function send(world: SimulatedWorld, { id, payload }: Queued): Promise<void> {
  const opened: unknown = JSON.parse(new TextDecoder().decode(world.context.seal.open(payload, id)))
  const over = new Set(await overNow(world))
  try {
    const sent = await senderOf(world, over).push?.(opened)
    world.say(`the server sends a push: ${sent?.kind}`)
    await world.database.write((transaction) => transaction.deleteFrom('outbox').where('id', '=', id).execute())
  } catch (error) {
    if (!(error instanceof ServerStopped)) throw error
  }
}

const stateOf = (world: SimulatedWorld, approval: ApprovalId) =>
  world.database.read((query) =>
    query
      .selectFrom('approvals')
      .select(['state', 'round', 'expires_at'])
      .where('id', '=', approval)
      .executeTakeFirst(),
  )

const overNow = async (world: SimulatedWorld): Promise<string[]> => {
  const ended = await world.database.read((query) =>
    query.selectFrom('approvals').select('id').where('state', '!=', 'pending').execute(),
  )
  return ended.map(({ id }) => id)
}

/** Shows it, looks whether it still waits, and takes it away where it does not. */
async function arrive(world: SimulatedWorld, { phone, message }: PushOnTheWay): Promise<void> {
  const { tag, data } = message.notification
  const { approval } = data
  const what = `a push arrives at ${phone.name}`
  if (phone.notifications.has(tag)) world.happened('a push took the place of the notification of an earlier one')
  const isFirst = world.pushesLost.has(approval) && !world.pushesArrived.has(approval)
  if (isFirst && world.wokenAgain.has(approval)) {
    world.happened('the first push was lost, and the one that a page asked for came')
  }
  world.pushesArrived.add(approval)
  phone.notifications.set(tag, approval)
  const shown = [...phone.notifications.values()].filter((one) => one === approval)
  world.demand(shown.length === 1, 'a phone shows two notifications of one request')
  const before = await stateOf(world, approval)
  const listed = await unlessRefused(world, what, () => phone.device.pendingApprovals())
  if (listed === null) return
  const after = await stateOf(world, approval)
  const waits = listed.approvals.some((one) => one.approval === approval)
  world.say(`${what}: ${waits ? 'it waits' : 'it is over'}`)
  if (!waits) phone.notifications.delete(tag)
  const hasEnded = before?.state !== 'pending' && before?.state !== undefined
  if (hasEnded) world.happened('a push came after its request was over')
  world.demand(!(hasEnded && waits), 'a phone was woken for what is over, and told that it waits')
  const stood = JSON.stringify(before) === JSON.stringify(after) && after?.state === 'pending'
  const inTime = world.clock.now() < (after?.expires_at ?? 0)
  world.demand(!stood || !inTime || waits, 'a phone was woken and not shown what waits')
}

const onItsWay = (world: SimulatedWorld, push: PushOnTheWay): void => {
  world.pushesOnTheWay.splice(world.pushesOnTheWay.indexOf(push), 1)
}

/** What becomes of pushes, by the name of the command. */
export const pushActions = {
  'push.send': async (world: SimulatedWorld, { a, seed }: Command) => {
    const one = pick(await queued(world), a)
    if (one !== undefined) await world.scheduler.run('the sender', seed, () => send(world, one))
  },
  'push.arrive': async (world: SimulatedWorld, { a, seed }: Command) => {
    const due = pick(
      world.pushesOnTheWay.filter(({ at }) => at <= world.clock.now()),
      a,
    )
    if (due === undefined) return
    onItsWay(world, due)
    await world.scheduler.run(`the worker of ${due.phone.name}`, seed, () => arrive(world, due))
  },
} as const satisfies Record<string, Action>

/** Has all arrive that is on its way. What is over by then is on no screen. */
export async function deliverPushes(
  world: SimulatedWorld,
  run: (name: string, work: () => Promise<void>) => Promise<void>,
): Promise<void> {
  for (const push of [...world.pushesOnTheWay]) {
    onItsWay(world, push)
    await run(`the worker of ${push.phone.name}`, () => arrive(world, push))
    const { tag } = push.message.notification
    const { state } = await world.database.read((query) =>
      query
        .selectFrom('devices')
        .select('state')
        .where('id', '=', push.phone.device.stored.device)
        .executeTakeFirstOrThrow(),
    )
    const stays = state === 'active' && push.phone.notifications.has(tag)
    world.demand(!stays, 'a notification of what is over stays on a screen')
  }
}
