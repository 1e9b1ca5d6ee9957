/** Where a phone is reached, over HTTP: subscribing, ending it, and saying that it was (protocol section 5). */
import { createECDH } from 'node:crypto'
import { type DeviceConnection, type LinkedDevice, openConnection, startRenewal } from '@countersign/device'
import { PushAnswer, toBase64url } from '@countersign/protocol'
import { cheapPasscodeHash, usualPasscode } from '@countersign/testkit'
import { beforeEach, describe, expect, test } from 'vitest'
import { deviceBelongings } from '../device-belongings.ts'
import { removeDevice } from '../devices/index.ts'
import { liveApprovals, readApproval } from './index.ts'
import { onBothDatabases, type Scene } from './world-for-tests.ts'

const endpoint = 'https://fcm.googleapis.com/fcm/send/abc'

onBothDatabases((setScene) => {
  let scene: Scene
  let connection: DeviceConnection
  let key: string
  beforeEach(async () => {
    scene = await setScene({ pushHosts: ['fcm.googleapis.com', '127.0.0.1:1'] })
    connection = connect(scene.phone)
    key = (await scene.phone.readPush()).vapid_key
    return () => scene[Symbol.asyncDispose]()
  })

  const connect = ({ stored, serverNow }: LinkedDevice) =>
    openConnection({ ...stored, apiUrl: stored.issuer, appVersion: '0.1.0', now: serverNow })

  const subscription = (change: object = {}) => ({
    endpoint,
    p256dh: toBase64url(createECDH('prime256v1').generateKeys()),
    auth: toBase64url(new Uint8Array(16)),
    vapid_key: key,
    ...change,
  })
  const subscribe = (change?: object, by = connection) => by.put('/v1/device/push', subscription(change), PushAnswer)
  const auditKinds = async () => {
    const rows = await scene.context.db.read((query) => query.selectFrom('audit').select('kind').execute())
    return rows.map(({ kind }) => kind).filter((kind) => kind.startsWith('push.'))
  }
  const kept = () => scene.context.db.read((query) => query.selectFrom('push_subscriptions').selectAll().execute())

  test('a device learns the key of the server, subscribes for it, and ends that', async () => {
    expect(await connection.get('/v1/device/push', PushAnswer)).toEqual({ vapid_key: key, subscribed: false })
    expect(await subscribe()).toEqual({ vapid_key: key, subscribed: true })
    expect(await subscribe()).toEqual({ vapid_key: key, subscribed: true })
    expect(await kept()).toHaveLength(1)
    await connection.delete('/v1/device/push')
    await connection.delete('/v1/device/push')
    expect(await connection.get('/v1/device/push', PushAnswer)).toEqual({ vapid_key: key, subscribed: false })
    expect(await auditKinds()).toEqual(['push.subscribed', 'push.subscribed', 'push.ended'])
  })

  test('what is kept for a device goes in the transaction that removes it, or nothing goes', async () => {
    await subscribe()
    const { context, phone } = scene
    const { device } = phone.stored
    const options = { appVersion: '0.1.0', passcodeHash: cheapPasscodeHash, now: phone.serverNow }
    expect(await startRenewal(phone.stored, options, usualPasscode)).toMatchObject({ outcome: 'started' })
    const rows = async () => [
      await kept(),
      await context.db.read((query) => query.selectFrom('renewals').selectAll().execute()),
    ]
    expect(await rows()).toMatchObject([[{ device_id: device }], [{ device_id: device }]])
    const broken = {
      ...deviceBelongings,
      approvals: { ...liveApprovals, cancelLiveApprovals: () => Promise.reject(new Error('broken')) },
    }
    const removal = { device: { id: device, account: phone.stored.account.id }, reason: 'test' }
    await expect(removeDevice(context, removal, broken)).rejects.toThrow('broken')
    expect(await rows()).toMatchObject([[{}], [{}]])
    await phone.removeDevice()
    expect(await rows()).toEqual([[], []])
  })

  describe('abuse-40 abuse-47 a subscription is refused, and nothing is kept', () => {
    const offCurve = createECDH('prime256v1').generateKeys().fill(1, 33)
    test.each([
      ['another service', { endpoint: 'https://fcm.googleapis.com.evil.example/a' }],
      ['this machine', { endpoint: 'https://127.0.0.1/a' }],
      ['a user', { endpoint: 'https://user@fcm.googleapis.com/a' }],
      ['a port', { endpoint: 'https://fcm.googleapis.com:8443/a' }],
      ['no address', { endpoint: 'fcm' }],
      ['an address without end', { endpoint: `${endpoint}${'a'.repeat(3_000)}` }],
      ['a key off the curve', { p256dh: toBase64url(offCurve) }],
      ['a key in compressed form', { p256dh: toBase64url(createECDH('prime256v1').generateKeys().subarray(0, 33)) }],
      ['a short key', { p256dh: toBase64url(new Uint8Array(64)) }],
      ['a short secret', { auth: toBase64url(new Uint8Array(15)) }],
      ['another server’s key', { vapid_key: toBase64url(createECDH('prime256v1').generateKeys()) }],
      ['more than is asked', { more: true }],
    ])('%s', async (_name, change) => {
      await expect(subscribe(change)).rejects.toMatchObject({ code: 'invalid_request' })
      expect([await kept(), await auditKinds()]).toEqual([[], []])
    })

    test('unsigned', async () => {
      const answer = await fetch(`${scene.context.config.issuer}/v1/device/push`, {
        method: 'PUT',
        body: JSON.stringify(subscription()),
        headers: { 'content-type': 'application/json' },
      })
      expect([answer.status, await answer.json()]).toMatchObject([401, { code: 'signature_invalid' }])
      expect(await kept()).toEqual([])
    })

    test('of a device that was removed', async () => {
      await scene.phone.removeDevice()
      await expect(subscribe()).rejects.toMatchObject({ code: 'device_unknown' })
    })
  })

  test('with a subscription an approval is queued for it, and the page is told how it stands', async () => {
    const before = await scene.ask()
    expect((await readApproval(scene.context, before))?.delivery).toBe('none')
    await subscribe({ endpoint: 'http://127.0.0.1:1/nobody-listens' })
    const approval = await scene.ask()
    expect((await readApproval(scene.context, approval))?.delivery).not.toBe('none')
  })

  describe('a phone that says it was reached', () => {
    const confirm = (approval: string, by = connection) =>
      by.tell(`/v1/device/approvals/${approval}/received`, { transport: 'web-push' })

    test('is believed, and the first time counts', async () => {
      const approval = await scene.ask()
      const before = await readApproval(scene.context, approval)
      await confirm(approval)
      const after = await readApproval(scene.context, approval)
      expect(after?.delivery).toBe('received')
      expect(after?.version).not.toBe(before?.version)
      await scene.advance(1_000)
      await confirm(approval)
      const receipts = await scene.context.db.read((query) =>
        query.selectFrom('delivery_receipts').selectAll().execute(),
      )
      expect(receipts).toHaveLength(1)
    })

    test('by its open app is not said to have got a push; the first way counts', async () => {
      const approval = await scene.ask()
      await scene.phone.confirmReceived(approval, 'stream')
      await scene.phone.confirmReceived(approval, 'web-push')
      expect((await readApproval(scene.context, approval))?.delivery).toBe('in-app')
      const other = await scene.ask()
      await scene.phone.confirmReceived(other, 'web-push')
      await scene.phone.confirmReceived(other, 'stream')
      expect((await readApproval(scene.context, other))?.delivery).toBe('received')
    })

    test('abuse-24 speaks for its own approvals alone', async () => {
      const approval = await scene.ask()
      const erik = connect(await scene.world.linkPhone(await scene.world.addAccount('Erik')))
      await expect(confirm(approval, erik)).rejects.toMatchObject({ code: 'not_found' })
      await expect(confirm(`apr_${'A'.repeat(22)}`)).rejects.toMatchObject({ code: 'not_found' })
      await expect(confirm('apr_x')).rejects.toMatchObject({ code: 'not_found' })
      expect((await readApproval(scene.context, approval))?.delivery).toBe('none')
    })
  })
})
