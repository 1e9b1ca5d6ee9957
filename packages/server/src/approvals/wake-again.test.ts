/** Waking the phone, from the approval to a browser's push service and back. */
import type { LinkedDevice } from '@countersign/device'
import { PushMessage } from '@countersign/protocol'
import { type PushService, type PushSubscriber, startPushService } from '@countersign/testkit'
import { beforeEach, describe, expect, test } from 'vitest'
import { cancelApproval, readApproval, wakeAgain } from './index.ts'
import { onBothDatabases, type Scene } from './world-for-tests.ts'

onBothDatabases((setScene) => {
  let service: PushService
  let scene: Scene
  let browser: PushSubscriber
  beforeEach(async () => {
    const clock = { now: () => scene.clock.now() }
    service = await startPushService({ clock })
    scene = await setScene({ pushHosts: [service.host] })
    browser = await subscribe(scene.phone)
    return async () => {
      await scene[Symbol.asyncDispose]()
      await service[Symbol.asyncDispose]()
    }
  })

  async function subscribe(phone: LinkedDevice): Promise<PushSubscriber> {
    const { vapid_key } = await phone.readPush()
    const subscriber = service.subscribe(vapid_key)
    const { endpoint, p256dh, auth } = subscriber
    expect(await phone.subscribePush({ endpoint, p256dh, auth, vapid_key })).toEqual({ vapid_key, subscribed: true })
    return subscriber
  }
  const delivery = async (approval: Parameters<typeof readApproval>[1]) =>
    (await readApproval(scene.context, approval))?.delivery
  /** Lets everything that is under way come to an end. */
  const settled = () => scene.world.running.jobs.settled()

  test('the push reaches the browser, says nothing of what is asked, and its nonce serves to confirm it', async () => {
    const approval = await scene.ask()
    const { text, topic } = await browser.received.nth(1)
    const { notification } = PushMessage.parse(JSON.parse(text))
    expect(topic).toBe(approval)
    expect(notification).toMatchObject({ title: 'Countersign', lang: 'sv', tag: approval, data: { approval } })
    for (const told of ['Strand', 'Logga in', 'Firefox', scene.anna.email]) expect(text).not.toContain(told)
    await settled()
    expect(await delivery(approval)).toBe('sent')
    await scene.phone.confirmReceived(approval, 'web-push')
    expect(await delivery(approval)).toBe('received')
  })

  describe('asked to send it again', () => {
    test('the same approval goes out again, twice at most', async () => {
      const approval = await scene.ask()
      await settled()
      expect(await wakeAgain(scene.context, approval)).toEqual({ kind: 'woken' })
      expect(await wakeAgain(scene.context, approval)).toEqual({ kind: 'woken' })
      expect(await wakeAgain(scene.context, approval)).toEqual({ kind: 'limited', retryAfter: 90 })
      await settled()
      const topics = service.requests.all.map(({ options }) => options?.topic)
      expect(topics).toEqual([approval, approval, approval])
    })

    test('nothing goes out where nothing waits, or nobody can be reached', async () => {
      const over = await scene.ask()
      await cancelApproval(scene.context, over, 'test')
      expect(await wakeAgain(scene.context, over)).toEqual({ kind: 'nothing' })
      await scene.phone.endPush()
      expect(await wakeAgain(scene.context, await scene.ask())).toEqual({ kind: 'nothing' })
      const late = await scene.ask()
      await scene.advance(90_000)
      expect(await wakeAgain(scene.context, late)).toEqual({ kind: 'nothing' })
    })
  })

  test('abuse-40 a subscription that is gone is told to the page at once, and not used again', async () => {
    service.forget()
    const approval = await scene.ask()
    await settled()
    expect([await delivery(approval), service.requests.all.length]).toEqual(['failed', 1])
    await scene.ask()
    await settled()
    expect(service.requests.all).toHaveLength(1)
    browser = await subscribe(scene.phone)
    const after = await scene.ask()
    expect(PushMessage.parse(JSON.parse((await browser.received.nth(1)).text)).notification.tag).toBe(after)
  })

  test('abuse-25 a push service that is away for a while gets the push when it is back', async () => {
    service.order({ status: 503 })
    const approval = await scene.ask()
    await settled()
    expect(await delivery(approval)).toBe('sending')
    await service.restart()
    await scene.advance(1_000)
    await settled()
    expect(await delivery(approval)).toBe('sent')
    await browser.received.nth(1)
  })
})
