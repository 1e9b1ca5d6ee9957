/** The server that sends, in a process of its own; and its client alone, which posts bodies that are finished. */
import { createECDH, randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { AccountId, ApplicationId, DeviceId, utf8 } from '@countersign/protocol'
import { loginTemplate, startApproval } from '@countersign/server/use-cases'
import type { World } from '@countersign/testkit'
import { writeSubscription } from '../../packages/server/src/delivery/delivery-store.ts'
import { encryptPush } from '../../packages/server/src/delivery/encrypt-push.ts'
import { rememberVapid } from '../../packages/server/src/delivery/vapid.ts'
import { createOutbound } from '../../packages/server/src/outbound/index.ts'
import { vapidKeyInUse } from '../../packages/server/src/platform/vapid-keys.ts'
import { startMeasuredWorld } from '../measure/measured-world.ts'
import { type PreparedPhone, preparePhones } from '../measure/prepare-phones.ts'
import { answerQuestions, cpuMilliseconds } from '../measure/process.ts'
import type { FromServer, Pace, Recipient, ToServer } from './messages.ts'

const now = () => performance.timeOrigin + performance.now()
const application = { id: ApplicationId.parse('strand'), name: 'Strand' }

let world: World | null = null
let outbound = createOutbound({ origins: [] })
let phones: readonly PreparedPhone[] = []
let recipients: readonly Recipient[] = []
let asked = 0

function running(): World {
  if (world === null) throw new Error('The server was not started.')
  return world
}

async function subscribe(): Promise<void> {
  const { context } = running().running
  phones = await preparePhones(context, recipients.length)
  const vapidKey = await context.db.read(vapidKeyInUse)
  await context.db.write(async (transaction) => {
    for (const [at, phone] of phones.entries()) {
      const device = DeviceId.parse(phone.device)
      const address = utf8(JSON.stringify({ ...recipients[at], vapid_key: vapidKey }))
      await writeSubscription(transaction, {
        device,
        vapidKey,
        sealedAddress: context.seal.seal(address, `push ${device}`),
      })
    }
  })
}

/** Does something so many times at a pace. @returns by topic when each was begun, and the CPU that all took */
async function repeat(count: number, pace: Pace, work: (turn: number) => Promise<string>): Promise<FromServer> {
  const begun = new Map<string, number>()
  const before = cpuMilliseconds()
  const one = async (turn: number) => {
    const at = now()
    begun.set(await work(turn), at)
  }
  if ('atATime' in pace) {
    let next = 0
    const worker = async () => {
      while (next < count) await one(next++)
    }
    await Promise.all(Array.from({ length: pace.atATime }, worker))
  } else {
    const start = now()
    const turns: Promise<void>[] = []
    for (let turn = 0; turn < count; turn += 1) {
      await delay(Math.max(0, start + (turn * 1_000) / pace.perSecond - now()))
      turns.push(one(turn))
    }
    await Promise.all(turns)
  }
  await running().running.jobs.settled()
  return { kind: 'sent', asked: begun, cpu: cpuMilliseconds() - before }
}

/** Nobody answers here, and a phone is pushed to three times for that at most: what was asked before is moved into the past. */
const forgetUnanswered = () =>
  running().running.context.db.write((transaction) =>
    transaction
      .updateTable('approvals')
      .set((row) => ({ created_at: row('created_at', '-', 3_600_000) }))
      .execute(),
  )

async function ask(turn: number): Promise<string> {
  const phone = phones[turn % phones.length]
  if (phone === undefined) throw new Error('There is no phone.')
  asked += 1
  const started = await startApproval(running().running.context, {
    account: AccountId.parse(phone.account),
    device: DeviceId.parse(phone.device),
    application,
    action: 'login',
    template: loginTemplate,
    locale: 'sv',
    data: {},
    context: { place: null, browser: 'Firefox' },
    requester: `page ${asked}`,
  })
  if (started.kind !== 'started') throw new Error(`The person was not asked: ${started.kind}.`)
  return started.approval
}

/** Bytes of the messages that the server encrypts. */
const payloadLength = 330

/** Sends a finished body to each, with the token of the server's key. */
async function poster(): Promise<(turn: number) => Promise<string>> {
  const { context } = running().running
  const key = await context.keys.vapidKey(await context.db.read(vapidKeyInUse))
  if (key === null) throw new Error('The server has no key for push services.')
  const authorizationOf = rememberVapid('mailto:support@strand.example')
  const ready = recipients.map(({ endpoint, p256dh, auth }) => {
    const ecdh = createECDH('prime256v1')
    const keys = { p256dh: Buffer.from(p256dh, 'base64url'), auth: Buffer.from(auth, 'base64url') }
    const body = encryptPush(Buffer.alloc(payloadLength, 'a'), keys, {
      ecdh,
      publicKey: ecdh.generateKeys(),
      salt: randomBytes(16),
    })
    const url = new URL(endpoint)
    return { url, body, authorization: authorizationOf(key, url.origin, Date.now()) }
  })
  return async (turn) => {
    const one = ready[turn % ready.length]
    if (one === undefined) throw new Error('There is nobody to send to.')
    const topic = `bare${turn}`
    const headers = {
      authorization: one.authorization,
      'content-encoding': 'aes128gcm',
      'content-type': 'application/octet-stream',
      ttl: '90',
      urgency: 'high',
      topic,
    }
    await outbound.post({ url: one.url, headers, body: one.body, timeout: 10_000 })
    return topic
  }
}

answerQuestions<ToServer, FromServer>(
  async (question) => {
    switch (question.kind) {
      case 'start': {
        outbound = createOutbound({ origins: [`http://${question.host}`] })
        world = await startMeasuredWorld({ databaseUrl: question.databaseUrl, pushHosts: [question.host] })
        return { kind: 'started', vapidKey: await world.running.context.db.read(vapidKeyInUse) }
      }
      case 'subscribe':
        recipients = question.recipients
        await subscribe()
        return { kind: 'subscribed' }
      case 'ask':
        await forgetUnanswered()
        return repeat(question.count, question.pace, ask)
      case 'post':
        return repeat(question.count, question.pace, await poster())
    }
  },
  async () => {
    outbound.close()
    await world?.running.close()
  },
)
