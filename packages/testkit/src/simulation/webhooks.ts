/**
 * Webhooks: the server's own sender, and receivers that fail, take a message and do not answer, and are slow.
 *
 * The outbox's leases are not in it: two may send the same.
 */
import { isWebhookSignature, WebhookEvent, webhookHeaders } from '@countersign/protocol'
import { sweepWebhooks, webhookHandlers } from '@countersign/server/use-cases'
import type { Command } from './commands.ts'
import type { Action } from './pages.ts'
import { pick } from './seeded-random.ts'
import { ServerStopped, type SimulatedWorld } from './simulated-world.ts'

const [failing, silent, slow] = [0.3, 0.15, 0.3]

interface Posted {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** What a receiver demands of a message before it believes it, and what it must never meet. */
async function take(world: SimulatedWorld, { url, headers, body: bytes }: Posted): Promise<void> {
  const webhook = world.webhooks.find((one) => one.url === url.href)
  const id = headers[webhookHeaders.id] ?? ''
  const seconds = Number(headers[webhookHeaders.timestamp])
  const signatures = headers[webhookHeaders.signature] ?? ''
  const body = new TextDecoder().decode(bytes)
  const isSigned = webhook !== undefined && isWebhookSignature(webhook.secret, { id, seconds, body, signatures })
  world.demand(isSigned, 'a receiver got what its webhook did not sign')
  const { type, data } = WebhookEvent.parse(JSON.parse(body))
  const row = await world.database.read((query) =>
    query.selectFrom('approvals').select('state').where('id', '=', data.approval).executeTakeFirst(),
  )
  world.demand(type === `approval.${row?.state}`, 'a receiver is told what did not happen')
  const about = `${data.approval} ${url.href}`
  const before = world.webhooksTaken.get(about)
  world.demand(before === undefined || before === id, 'a receiver is told of an approval under two ids')
  if (before !== undefined) world.happened('a webhook came twice')
  world.webhooksTaken.set(about, id)
}

const senderOf = (world: SimulatedWorld) =>
  webhookHandlers(world.context, {
    close() {},
    async post(posted) {
      await world.scheduler.point('network')
      const { random } = world.scheduler
      const id = posted.headers[webhookHeaders.id] ?? ''
      if (world.faults && random.chance(failing)) {
        world.webhooksFailed.add(id)
        return { status: 500, headers: {} }
      }
      await take(world, posted)
      if (world.faults && random.chance(silent)) throw new Error('The answer was lost.')
      if (world.faults && random.chance(slow)) await world.scheduler.point('network')
      if (world.webhooksFailed.has(id)) world.happened('a webhook was delivered after it had failed')
      return { status: 204, headers: {} }
    },
  })

const queued = (world: SimulatedWorld, until: number) =>
  world.database.read((query) =>
    query
      .selectFrom('outbox')
      .select(['id', 'payload', 'not_before'])
      .where('kind', '=', 'webhook')
      .where('not_before', '<=', until)
      .where('expires_at', '>', world.clock.now())
      .orderBy('not_before')
      .orderBy('id')
      .execute(),
  )

type Queued = Awaited<ReturnType<typeof queued>>[number]

async function send(world: SimulatedWorld, { id, payload }: Queued): Promise<void> {
  const opened: unknown = JSON.parse(new TextDecoder().decode(world.context.seal.open(payload, id)))
  try {
    const sent = await senderOf(world).webhook?.(opened)
    world.say(`the server sends a webhook: ${sent?.kind}`)
    await world.context.db.write(async (transaction) => {
      await sent?.record?.(transaction)
      if (sent?.kind === 'put-off') {
        const row = { not_before: world.clock.now() + sent.pause }
        await transaction.updateTable('outbox').set(row).where('id', '=', id).execute()
      } else await transaction.deleteFrom('outbox').where('id', '=', id).execute()
    })
  } catch (error) {
    if (!(error instanceof ServerStopped)) throw error
  }
}

/** What becomes of webhooks, by the name of the command. */
export const webhookActions = {
  'webhook.send': async (world: SimulatedWorld, { a, b, seed }: Command) => {
    // Mostly what is due; sometimes time goes on until something is.
    const one = pick(await queued(world, world.clock.now() + (b < 0.2 ? 400_000 : 0)), a)
    if (one === undefined) return
    await world.clock.advance(Math.max(0, one.not_before - world.clock.now()))
    await world.scheduler.run('the sender of webhooks', seed, () => send(world, one))
  },
} as const satisfies Record<string, Action>

/** Has everything arrive that waits, however long it takes. */
export async function deliverWebhooks(
  world: SimulatedWorld,
  run: (name: string, work: () => Promise<void>) => Promise<void>,
): Promise<void> {
  for (;;) {
    const [one] = await queued(world, Number.MAX_SAFE_INTEGER)
    if (one === undefined || world.violation !== null) break
    await world.clock.advance(Math.max(0, one.not_before - world.clock.now()))
    await run('the sender of webhooks', () => send(world, one))
  }
  await run('the sweeper', () => sweepWebhooks(world.context))
}

/** Nothing waits any more; what was given up had its three days. */
export async function demandAllTold(world: SimulatedWorld): Promise<void> {
  const messages = await world.database.read((query) =>
    query.selectFrom('webhook_messages').select(['state', 'gives_up_at', 'attempts']).execute(),
  )
  for (const { state, gives_up_at, attempts } of messages) {
    world.demand(state !== 'waiting', 'a webhook did not come to its end')
    const hadItsTime = attempts >= 10 || gives_up_at <= world.clock.now() + 86_400_000
    world.demand(state === 'delivered' || hadItsTime, 'a webhook was given up too early')
  }
}
