/** Every end of an approval is told once to whoever the application wants to be told; sign-ins are not. */
import { type ApprovalId, RegisteredWebhook, StartedApproval, WebhookEvent } from '@countersign/protocol'
import { startWebhookReceiver, type WebhookReceiver } from '@countersign/testkit'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { lockAccount } from '../accounts/index.ts'
import { deviceBelongings } from '../device-belongings.ts'
import { deviceById, removeDevice } from '../devices/index.ts'
import { backEnd, bill, relateAnna } from './back-end-for-tests.ts'
import { cancelApproval, expireOverdue, liveApprovals } from './index.ts'
import { onBothDatabases, type Scene } from './world-for-tests.ts'

/** An application that is told at a receiver. */
async function listen(set: Scene, receiver: WebhookReceiver) {
  const app = backEnd(set)
  const account = await relateAnna(set)
  await app.define()
  const registered = await app.call('POST', '/v1/webhooks', { body: { url: receiver.url } })
  expect(registered.status).toBe(201)
  const { secret } = RegisteredWebhook.parse(registered.body)
  return {
    app,
    start: async (other: object = {}) => StartedApproval.parse((await app.start(account, other)).body),
    /** What was told, verified by the official library, which knows no other clock than the system's. */
    told: async () => {
      await set.world.running.jobs.settled()
      const { now } = Date
      Date.now = () => set.clock.now()
      try {
        return receiver.taken.all.map(({ headers, body }) =>
          WebhookEvent.parse(new Webhook(secret).verify(body, { ...headers })),
        )
      } finally {
        Date.now = now
      }
    },
  }
}

type Application = Awaited<ReturnType<typeof listen>>

/** Ends an approval. @returns as what it is told */
type Ending = (set: Scene, app: Application, started: StartedApproval) => Promise<[type: string, reason: string | null]>

const byPhone = async (set: Scene, id: ApprovalId) => set.approve(await set.shown(id))

async function spendCodes({ app }: Application, { approval, page_token: token }: StartedApproval): Promise<void> {
  await app.call('POST', `/v1/approvals/${approval.id}/offline`, { body: {}, token })
  for (let wrong = 0; wrong < 5; wrong++) {
    await app.call('POST', `/v1/approvals/${approval.id}/response`, { body: { response: '00000000' }, token })
  }
}

const endings: Readonly<Record<string, Ending>> = {
  'approved on the phone': async (set, _app, { approval }) => {
    await byPhone(set, approval.id)
    return ['approval.approved', null]
  },
  'declined on the phone': async (set, _app, { approval }) => {
    await set.phone.decline(await set.shown(approval.id), 'not-me')
    return ['approval.declined', 'not-me']
  },
  'ended by wrong codes': async (_set, app, started) => {
    await spendCodes(app, started)
    return ['approval.declined', 'codes-spent']
  },
  'over, and swept': async (set) => {
    await set.clock.advance(91_000)
    await expireOverdue(set.context)
    await expireOverdue(set.context)
    return ['approval.expired', null]
  },
  'cancelled by its application': async (_set, { app }, { approval }) => {
    await app.call('POST', `/v1/approvals/${approval.id}/cancel`, { body: {} })
    return ['approval.cancelled', 'withdrawn']
  },
  'replaced by another one': async (_set, { start }) => {
    await start({ data: { ...bill, amount: '1.00 SEK' } })
    return ['approval.cancelled', 'replaced']
  },
  'of an account that is locked': async (set) => {
    await lockAccount(set.context, set.phone.stored.account.id, liveApprovals)
    return ['approval.cancelled', 'account-locked']
  },
  'of a phone that is removed': async (set) => {
    const device = await set.context.db.read((query) => deviceById(query, set.phone.stored.device))
    if (device === null) throw new Error('The phone is not linked.')
    await removeDevice(set.context, { device, reason: 'test' }, deviceBelongings)
    return ['approval.cancelled', 'device-removed']
  },
}

onBothDatabases((scene) => {
  test.each(Object.entries(endings))('an approval that is %s', async (_name, end) => {
    await using receiver = await startWebhookReceiver()
    await using set = await scene({ webhookUrls: [receiver.url] })
    const app = await listen(set, receiver)
    const started = await app.start()
    expect(await app.told()).toEqual([])
    const [type, reason] = await end(set, app, started)
    const { id: approval, account, action } = started.approval
    expect(await app.told()).toEqual([
      { type, timestamp: new Date(set.clock.now()).toISOString(), data: { approval, account, action, reason } },
    ])
  })

  test('a sign-in is told to nobody', async () => {
    await using receiver = await startWebhookReceiver()
    await using set = await scene({ webhookUrls: [receiver.url] })
    const app = await listen(set, receiver)
    await byPhone(set, await set.ask())
    await cancelApproval(set.context, await set.ask(), 'test')
    expect(await app.told()).toEqual([])
  })

  test('abuse-49 whoever ends it of 16 that try at once, it is told once', async () => {
    await using receiver = await startWebhookReceiver()
    await using set = await scene({ webhookUrls: [receiver.url] })
    const app = await listen(set, receiver)
    const { approval } = await app.start()
    const shown = await set.shown(approval.id)
    const ways = Array.from({ length: 15 }, (_, index) => cancelApproval(set.context, approval.id, `reason-${index}`))
    await Promise.all([...ways, set.approve(shown).catch(() => null)])
    expect(await app.told()).toMatchObject([{ data: { approval: approval.id } }])
  })
})
