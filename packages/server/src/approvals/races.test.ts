/** Many at once, on both databases: one winner, and the audit agrees. */
import type { ApprovalId } from '@countersign/protocol'
import { usualPasscode } from '@countersign/testkit'
import { describe, expect, test } from 'vitest'
import { lockAccount } from '../accounts/index.ts'
import { deviceBelongings } from '../device-belongings.ts'
import { removeDevice } from '../devices/index.ts'
import {
  cancelApproval,
  expireApproval,
  goOffline,
  liveApprovals,
  readApproval,
  redeemApproval,
  submitResponse,
} from './index.ts'
import { onBothDatabases, type Scene } from './world-for-tests.ts'

const endings = ['approval.approved', 'approval.declined', 'approval.expired', 'approval.cancelled']

/** What may happen to an approval. Each resolves, whoever wins. */
async function competitors(scene: Scene, approval: ApprovalId): Promise<(() => Promise<unknown>)[]> {
  await goOffline(scene.context, approval)
  const challenge = (await readApproval(scene.context, approval))?.challenge ?? ''
  const { response } = await scene.phone.responseFor(challenge, usualPasscode)
  const shown = await scene.shown(approval)
  return [
    () => scene.approve(shown, usualPasscode),
    () => scene.phone.decline(shown, 'changed-mind'),
    () => submitResponse(scene.context, approval, response),
    () => cancelApproval(scene.context, approval, 'page-left'),
    () => expireApproval(scene.context, approval),
    () => redeemApproval(scene.context, approval, 'early'),
  ]
}

async function expectOneEnd(scene: Scene, approval: ApprovalId): Promise<void> {
  const ended = (await scene.audited(approval)).filter((kind) => endings.includes(kind))
  expect(ended).toHaveLength(1)
  expect(await readApproval(scene.context, approval)).toMatchObject({ state: ended[0]?.replace('approval.', '') })
}

/** All of them `count` times over, started in an order that differs from run to run. */
async function race(count: number, work: (() => Promise<unknown>)[]): Promise<void> {
  const all = Array.from({ length: count }, (_, index) => work[index % work.length]).sort(() => Math.random() - 0.5)
  const settled = await Promise.allSettled(all.map((one) => one?.()))
  const bugs = settled.filter((one) => one.status === 'rejected' && !('code' in one.reason))
  expect(bugs).toEqual([])
}

onBothDatabases((setScene) => {
  describe.each([2, 8, 64])('%i at once', (count) => {
    test('abuse-16 approve, decline, code, cancel, expire and redeem: one end', async () => {
      await using scene = await setScene()
      for (let run = 0; run < 3; run++) {
        const approval = await scene.ask()
        const work = await competitors(scene, approval)
        await race(Math.max(count, work.length), work)
        await expectOneEnd(scene, approval)
      }
    })

    test('abuse-39 answer against removal of the device: either it counted before, or it does not count', async () => {
      await using scene = await setScene()
      const approval = await scene.ask()
      const shown = await scene.shown(approval)
      const device = { id: scene.phone.stored.device, account: scene.phone.stored.account.id }
      await race(count, [
        () => scene.approve(shown, usualPasscode),
        () => removeDevice(scene.context, { device, reason: 'test' }, deviceBelongings),
      ])
      await expectOneEnd(scene, approval)
      expect(await redeemApproval(scene.context, approval, 'late')).toMatchObject({ kind: 'refused' })
    })

    test('answer against locking the account: nothing of a locked account is redeemed', async () => {
      await using scene = await setScene()
      const approval = await scene.ask()
      const shown = await scene.shown(approval)
      await race(count, [
        () => scene.approve(shown, usualPasscode),
        () => lockAccount(scene.context, scene.phone.stored.account.id, liveApprovals),
      ])
      await expectOneEnd(scene, approval)
      expect(await redeemApproval(scene.context, approval, 'late')).toMatchObject({ kind: 'refused' })
    })

    test('abuse-17 redemptions: one of them collects, and at least one', async () => {
      await using scene = await setScene()
      const approval = await scene.ask()
      await scene.approve(await scene.shown(approval), usualPasscode)
      const redeemed = await Promise.all(
        Array.from({ length: count }, (_, caller) => redeemApproval(scene.context, approval, `caller-${caller}`)),
      )
      expect(redeemed.filter(({ kind }) => kind === 'redeemed')).toHaveLength(1)
    })
  })

  test('abuse-18 the same caller gets the same result again, for a day', async () => {
    await using scene = await setScene()
    const approval = await scene.ask()
    await scene.approve(await scene.shown(approval), usualPasscode)
    const first = await redeemApproval(scene.context, approval, 'caller')
    expect(first).toMatchObject({ kind: 'redeemed', amr: ['swk', 'pin'] })
    await scene.advance(86_000_000)
    expect(await redeemApproval(scene.context, approval, 'caller')).toEqual(first)
    await scene.advance(400_000)
    expect(await redeemApproval(scene.context, approval, 'caller')).toEqual({
      kind: 'refused',
      code: 'redeem_too_late',
    })
  })

  test('a result that nobody collected in five minutes is not collected any more', async () => {
    await using scene = await setScene()
    const approval = await scene.ask()
    await scene.approve(await scene.shown(approval), usualPasscode)
    await scene.advance(300_000)
    expect(await redeemApproval(scene.context, approval, 'late')).toEqual({ kind: 'refused', code: 'redeem_too_late' })
  })
})
