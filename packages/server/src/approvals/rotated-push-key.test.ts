/** Another key for push services while phones are subscribed for the one before it (protocol section 5). */
import type { LinkedDevice } from '@countersign/device'
import { type PushService, type PushSubscriber, startPushService } from '@countersign/testkit'
import { beforeEach, describe, expect, test } from 'vitest'
import { inParallel } from '../context-for-tests.ts'
import { rotatePushKey, sweepPushKeys } from '../delivery/index.ts'
import { loadKeys } from '../platform/keys.ts'
import { newSigningKey, replaceSigningKey } from '../platform/signing-keys.ts'
import { holdVapidKeyInUse, vapidKeyInUse } from '../platform/vapid-keys.ts'
import { readApproval } from './index.ts'
import { hold, onBothDatabases, onPostgres, type Scene, untilInLine } from './world-for-tests.ts'

const day = 24 * 3_600_000

onBothDatabases((setScene) => {
  let service: PushService
  let scene: Scene
  let browser: PushSubscriber
  let before: string
  beforeEach(async () => {
    const clock = { now: () => scene.clock.now() }
    service = await startPushService({ clock })
    scene = await setScene({ pushHosts: [service.host] })
    browser = await subscribe(scene.phone)
    before = (await scene.phone.readPush()).vapid_key
    return async () => {
      await scene[Symbol.asyncDispose]()
      await service[Symbol.asyncDispose]()
    }
  })

  async function subscribe(phone: LinkedDevice): Promise<PushSubscriber> {
    const { vapid_key } = await phone.readPush()
    const subscriber = service.subscribe(vapid_key)
    const { endpoint, p256dh, auth } = subscriber
    await phone.subscribePush({ endpoint, p256dh, auth, vapid_key })
    return subscriber
  }
  const rotate = () => rotatePushKey(scene.context)
  const sweep = () => sweepPushKeys(scene.context)
  const keysKept = async () => {
    const rows = await scene.context.db.read((query) =>
      query.selectFrom('signing_keys').select('retired_at').where('purpose', '=', 'vapid').execute(),
    )
    return rows.map(({ retired_at }) => (retired_at === null ? 'in use' : 'retired')).sort()
  }
  const audited = async () => {
    const rows = await scene.context.db.read((query) =>
      query.selectFrom('audit').select('kind').where('kind', 'like', 'push%').orderBy('seq').execute(),
    )
    return rows.map(({ kind }) => kind)
  }
  const delivery = async () => {
    const approval = await scene.ask()
    await scene.world.running.jobs.settled()
    return (await readApproval(scene.context, approval))?.delivery
  }

  test('the server that runs tells its phones of the new key, and reaches them with the one before until then', async () => {
    expect(await rotate()).toEqual({ kind: 'rotated', phones: 1 })
    const { vapid_key, subscribed } = await scene.phone.readPush()
    expect([vapid_key === before, subscribed]).toEqual([false, false])

    // The push service takes it: it is signed by the key that the subscription was made for.
    expect(await delivery()).toBe('sent')
    await browser.received.nth(1)
    await sweep()
    expect(await keysKept()).toEqual(['in use', 'retired'])

    browser = await subscribe(scene.phone)
    expect(await scene.phone.readPush()).toEqual({ vapid_key, subscribed: true })
    expect(await delivery()).toBe('sent')
    await browser.received.nth(1)
    await sweep()
    expect(await keysKept()).toEqual(['in use'])
    expect(await audited()).toEqual(['push.subscribed', 'push-key.rotated', 'push.subscribed', 'push-key.removed'])
  })

  test('nobody is let in for a key that is not in use any more', async () => {
    await rotate()
    const { endpoint, p256dh, auth } = service.subscribe(before)
    const late = scene.phone.subscribePush({ endpoint, p256dh, auth, vapid_key: before })
    await expect(late).rejects.toMatchObject({ code: 'invalid_request' })
    expect((await scene.phone.readPush()).subscribed).toBe(false)
    expect(await delivery()).toBe('sent')
  })

  test('a key is kept for a year for phones whose app is not opened, and then goes with what is left of it', async () => {
    await rotate()
    await scene.advance(365 * day - 1)
    await sweep()
    expect(await keysKept()).toEqual(['in use', 'retired'])
    await scene.advance(1)
    await sweep()
    expect([await keysKept(), await delivery()]).toEqual([['in use'], 'none'])
    expect(await audited()).toEqual(['push.subscribed', 'push-key.rotated', 'push.ended', 'push-key.removed'])
    await subscribe(scene.phone)
    expect(await delivery()).toBe('sent')
  })

  test('a phone that is removed keeps no key', async () => {
    await rotate()
    await scene.phone.removeDevice()
    await sweep()
    expect(await keysKept()).toEqual(['in use'])
  })

  describe('many at once', () => {
    test('leave one key in use, which every server finds', async () => {
      const rotated = await inParallel(4, rotate)
      const done = rotated.filter(({ kind }) => kind === 'rotated').length
      expect(done).toBeGreaterThan(0)
      expect(await keysKept()).toEqual(['in use', ...Array.from({ length: done }, () => 'retired')])
      const inUse = await scene.context.db.read(vapidKeyInUse)
      const { vapidKey } = await loadKeys(scene.context.db, scene.context.seal)
      expect((await vapidKey(inUse))?.publicKey).toBe(inUse)
      expect((await vapidKey(before))?.publicKey).toBe(before)
      expect(await delivery()).toBe('sent')
    })

    test('a phone that subscribes meanwhile ends with a key that is kept', async () => {
      await inParallel(6, (index) =>
        index % 2 === 0
          ? subscribe(scene.phone).catch((error: unknown) => expect(error).toMatchObject({ code: 'invalid_request' }))
          : rotate().then(sweep),
      )
      await sweep()
      expect(await delivery()).toBe('sent')
    })
  })
})

onPostgres((setScene) => {
  test('a key that somebody is subscribing for is replaced after that', async () => {
    await using scene = await setScene()
    const release = await hold(scene, holdVapidKeyInUse)
    const rotated = rotatePushKey(scene.context)
    await untilInLine(scene, 1)
    await release()
    expect((await rotated).kind).toBe('rotated')
  })

  test('whoever stands in line while the key is replaced subscribes for none that is over', async () => {
    await using service = await startPushService()
    await using scene = await setScene({ pushHosts: [service.host] })
    const { vapid_key } = await scene.phone.readPush()
    const { endpoint, p256dh, auth } = service.subscribe(vapid_key)
    const key = await newSigningKey('vapid', scene.context.seal)
    const release = await hold(scene, (transaction) => replaceSigningKey(transaction, key))
    const late = scene.phone.subscribePush({ endpoint, p256dh, auth, vapid_key })
    await untilInLine(scene, 1)
    await Promise.all([release(), expect(late).rejects.toMatchObject({ code: 'invalid_request' })])
  })
})
