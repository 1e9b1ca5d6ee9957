/** abuse-38: a phone that is not its account's any more is nobody, whatever it signs and whatever it still shows. */
import { type DeviceConnection, openConnection } from '@countersign/device'
import { DeviceAnswer, PendingApprovals } from '@countersign/protocol'
import { usualPasscode } from '@countersign/testkit'
import { describe, expect, test } from 'vitest'
import { disableAccount, lockAccount } from '../accounts/index.ts'
import { deviceBelongings } from '../device-belongings.ts'
import { removeDevice } from '../devices/index.ts'
import { goOffline, liveApprovals, readApproval, redeemApproval, submitResponse } from './index.ts'
import { approvalOf, onBothDatabases, proofKeyOfPhone, type Scene, sendDecision } from './world-for-tests.ts'

const removeByOperator = ({ context, phone }: Scene) => {
  const device = { id: phone.stored.device, account: phone.stored.account.id }
  return removeDevice(context, { device, reason: 'test' }, deviceBelongings)
}

/** What makes a phone a stale one. */
const events: Record<string, (scene: Scene) => Promise<unknown>> = {
  'it was logged out': ({ phone }) => phone.removeDevice(),
  'it was removed, and another phone linked': async (scene) => {
    await removeByOperator(scene)
    await scene.world.linkPhone(scene.anna)
  },
  'the account was locked': ({ context, phone }) => lockAccount(context, phone.stored.account.id, liveApprovals),
  'the account was disabled': ({ context, anna }) => disableAccount(context, anna.email, liveApprovals),
}

const connectionOf = ({ phone }: Scene): DeviceConnection =>
  openConnection({ apiUrl: phone.stored.issuer, ...phone.stored, appVersion: '0.1.0', now: phone.serverNow })

/** A request that waits, whose code is on the page, and all that the phone has for answering it. */
async function askOffline(scene: Scene) {
  const approval = await scene.ask()
  await goOffline(scene.context, approval)
  const view = await readApproval(scene.context, approval)
  const { response } = await scene.phone.responseFor(view?.challenge ?? '', usualPasscode)
  const shown = await scene.shown(approval)
  const decision = approvalOf(scene.phone, shown, view?.number ?? null)
  return { approval, shown, response, decision, proofKey: await proofKeyOfPhone(scene) }
}

/** All that is written down about phones and approvals. */
const everything = ({ context }: Scene) =>
  context.db.read(async (query) => ({
    approvals: await query.selectFrom('approvals').selectAll().orderBy('id').execute(),
    devices: await query.selectFrom('devices').selectAll().orderBy('id').execute(),
    audit: await query.selectFrom('audit').selectAll().orderBy('seq').execute(),
  }))

onBothDatabases((setScene) => {
  describe.each(Object.entries(events))('abuse-38 once %s', (_, happen) => {
    test('nothing that the phone signs is taken, and nothing changes', async () => {
      await using scene = await setScene()
      const { approval, shown, decision, proofKey } = await askOffline(scene)
      const connection = connectionOf(scene)
      await connection.get('/v1/device', DeviceAnswer)
      await happen(scene)
      const before = await everything(scene)
      const { signal } = new AbortController()
      const signed = {
        device: () => connection.get('/v1/device', DeviceAnswer),
        list: () => connection.get('/v1/device/approvals', PendingApprovals),
        poll: () => connection.get('/v1/device/approvals?wait=25&after=none', PendingApprovals),
        stream: () => connection.open('/v1/device/events', signal),
        approve: () => sendDecision(scene.phone, approval, decision, proofKey),
        decline: () => scene.phone.decline(shown, 'not-me'),
        'log out': () => connection.delete('/v1/device'),
      }
      for (const [name, send] of Object.entries(signed)) {
        await expect(send(), name).rejects.toMatchObject({ code: 'device_unknown' })
      }
      expect(await everything(scene)).toEqual(before)
    })

    test('its stream ends', async () => {
      await using scene = await setScene()
      const stream = await connectionOf(scene).open('/v1/device/events', new AbortController().signal)
      let ended = false
      void stream.text().then(
        () => {
          ended = true
        },
        () => {},
      )
      const began = scene.clock.now()
      await happen(scene)
      // A stream looks by itself once a second, also where nobody woke it.
      await expect.poll(() => scene.advance(1000).then(() => ended), { timeout: 10_000 }).toBe(true)
      // By itself it would have gone on for ten minutes.
      expect(scene.clock.now() - began).toBeLessThan(300_000)
    })

    test('the response that it made is refused, and what it approved before is not collected', async () => {
      await using scene = await setScene()
      const approved = await scene.ask()
      await scene.approve(await scene.shown(approved), usualPasscode)
      const { approval, response } = await askOffline(scene)
      await happen(scene)
      expect(await submitResponse(scene.context, approval, response)).toEqual({ kind: 'ended', state: 'cancelled' })
      expect(await readApproval(scene.context, approval)).toMatchObject({ state: 'cancelled' })
      expect(await redeemApproval(scene.context, approved, 'late')).toMatchObject({ kind: 'refused' })
    })
  })

  test('abuse-38 what is asked of the new phone is none of the old one’s: not to see, to answer, or to make codes for', async () => {
    await using scene = await setScene()
    const old = scene.phone
    const oldSecret = await proofKeyOfPhone(scene)
    await removeByOperator(scene)
    const phone = await scene.world.linkPhone(scene.anna)
    const approval = await scene.ask(phone)
    await goOffline(scene.context, approval)
    const view = await readApproval(scene.context, approval)
    const { approvals } = await phone.pendingApprovals()
    const shown = approvals[0]
    if (shown === undefined) throw new Error('The new phone is not asked.')

    await expect(old.pendingApprovals()).rejects.toMatchObject({ code: 'device_unknown' })
    const decision = approvalOf(old, shown, view?.number ?? null)
    await expect(sendDecision(old, approval, decision, oldSecret)).rejects.toMatchObject({ code: 'device_unknown' })
    const { response } = await old.responseFor(view?.challenge ?? '', usualPasscode)
    expect(await submitResponse(scene.context, approval, response)).toEqual({ kind: 'refused', triesLeft: 4 })
    expect(await readApproval(scene.context, approval)).toMatchObject({ state: 'pending' })
    const right = await phone.responseFor(view?.challenge ?? '', usualPasscode)
    expect(await submitResponse(scene.context, approval, right.response)).toEqual({ kind: 'approved' })
  })
})
