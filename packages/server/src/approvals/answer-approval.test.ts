import { canonicalBytes, type DecisionPayload, proofOf, toBase64url } from '@countersign/protocol'
import { usualPasscode } from '@countersign/testkit'
import { describe, expect, test } from 'vitest'
import { lockAccount } from '../accounts/index.ts'
import { deviceBelongings } from '../device-belongings.ts'
import { removeDevice } from '../devices/index.ts'
import { liveApprovals, readApproval } from './index.ts'
import { approvalOf, onBothDatabases, proofKeyOfPhone, sendDecision } from './world-for-tests.ts'

const wrongPasscode = '739105'

onBothDatabases((setScene) => {
  describe('a phone that is asked', () => {
    test('shows what is asked, and approves it with the passcode', async () => {
      await using scene = await setScene()
      const approval = await scene.ask()
      const shown = await scene.shown(approval)
      expect(shown.document).toMatchObject({
        headline: 'Logga in på Strand',
        lines: [
          { label: 'Konto', value: scene.anna.email },
          { label: 'Webbläsare', value: 'Firefox, Linux' },
          { label: 'Plats (ungefärlig)', value: 'Okänd' },
        ],
      })
      expect(await scene.approve(shown, usualPasscode)).toEqual({ outcome: 'decided', state: 'approved' })
      expect(await readApproval(scene.context, approval)).toMatchObject({
        state: 'approved',
        method: 'push',
        amr: ['swk', 'pin'],
      })
      expect(await scene.audited(approval)).toEqual(['approval.started', 'approval.approved'])
      expect((await scene.phone.pendingApprovals()).approvals).toEqual([])
    })

    test('declines without a passcode, with its reason', async () => {
      await using scene = await setScene()
      const approval = await scene.ask()
      expect(await scene.phone.decline(await scene.shown(approval), 'not-me')).toEqual({
        outcome: 'decided',
        state: 'declined',
      })
      expect(await readApproval(scene.context, approval)).toMatchObject({ state: 'declined', reason: 'not-me' })
    })

    test('is too late when the 90 seconds are over', async () => {
      await using scene = await setScene()
      const approval = await scene.ask()
      const shown = await scene.shown(approval)
      await scene.advance(90_000)
      expect(await scene.approve(shown, usualPasscode)).toEqual({ outcome: 'ended', code: 'approval_expired' })
      expect(await readApproval(scene.context, approval)).toMatchObject({ state: 'expired' })
    })

    test('is told of a request as it comes, and of its end', async () => {
      await using scene = await setScene()
      const ended = new AbortController()
      const news = scene.phone.watchApprovals(ended.signal)
      const first = await news.next()
      expect(first.value).toMatchObject({ kind: 'approvals', approvals: [] })
      const approval = await scene.ask()
      expect((await news.next()).value).toMatchObject({ approvals: [{ approval }] })
      await scene.phone.decline(await scene.shown(approval))
      expect((await news.next()).value).toMatchObject({ approvals: [] })
      ended.abort()
    })
  })

  describe('the passcode', () => {
    test('abuse-32 wrong five times blocks the device and leaves the approval as it is', async () => {
      await using scene = await setScene()
      const approval = await scene.ask()
      const shown = await scene.shown(approval)
      for (const triesLeft of [4, 3, 2, 1]) {
        expect(await scene.approve(shown, wrongPasscode)).toEqual({ outcome: 'unlock_failed', triesLeft })
      }
      expect(await scene.approve(shown, wrongPasscode)).toEqual({ outcome: 'blocked' })
      expect(await scene.approve(shown, usualPasscode)).toEqual({ outcome: 'blocked' })
      expect(await readApproval(scene.context, approval)).toMatchObject({ state: 'pending' })
    })

    test('abuse-32 tried fifty times at once is judged five times', async () => {
      await using scene = await setScene()
      const approval = await scene.ask()
      const shown = await scene.shown(approval)
      const tries = Array.from({ length: 50 }, () => scene.approve(shown, wrongPasscode))
      const outcomes = await Promise.all(tries)
      expect(outcomes.filter(({ outcome }) => outcome === 'unlock_failed')).toHaveLength(4)
      const kinds = await scene.audited(approval)
      expect(kinds.filter((kind) => kind === 'approval.unlock-failed')).toHaveLength(5)
    })

    test('right once gives all tries back', async () => {
      await using scene = await setScene()
      const first = await scene.shown(await scene.ask())
      await scene.approve(first, wrongPasscode)
      await scene.approve(first, usualPasscode)
      expect((await scene.phone.readDevice()).unlock_tries_left).toBe(5)
    })
  })

  describe('the same answer again', () => {
    test('abuse-18 after a lost answer is answered from the record, and costs nothing', async () => {
      await using scene = await setScene()
      const approval = await scene.ask()
      const shown = await scene.shown(approval)
      await scene.approve(shown, usualPasscode)
      // Even with a passcode that is wrong by now: what was decided is the payload.
      expect(await scene.approve(shown, wrongPasscode)).toEqual({ outcome: 'decided', state: 'approved' })
      expect((await scene.phone.readDevice()).unlock_tries_left).toBe(5)
      expect(await scene.audited(approval)).toEqual(['approval.started', 'approval.approved'])
    })

    test('abuse-18 at the same time is applied once', async () => {
      await using scene = await setScene()
      const approval = await scene.ask()
      const shown = await scene.shown(approval)
      const outcomes = await Promise.all(Array.from({ length: 16 }, () => scene.approve(shown, usualPasscode)))
      expect(outcomes).toEqual(Array.from({ length: 16 }, () => ({ outcome: 'decided', state: 'approved' })))
      expect(await scene.audited(approval)).toEqual(['approval.started', 'approval.approved'])
    })

    test('but a different one is a conflict', async () => {
      await using scene = await setScene()
      const shown = await scene.shown(await scene.ask())
      await scene.phone.decline(shown)
      expect(await scene.approve(shown, usualPasscode)).toEqual({ outcome: 'ended', code: 'decision_conflict' })
    })
  })

  test('abuse-20 a decision for anything else, in any field, is refused and changes nothing', async () => {
    await using scene = await setScene()
    const approval = await scene.ask()
    const other = await scene.ask()
    const shown = await scene.shown(approval)
    const honest = approvalOf(scene.phone, shown, (await readApproval(scene.context, approval))?.number ?? null)
    const proofKey = await proofKeyOfPhone(scene)
    const changed: (Partial<Record<keyof DecisionPayload, unknown>> & { extra?: unknown })[] = [
      { v: 2 },
      { aud: 'https://other.example' },
      { approval: other },
      { round: 2 },
      { device: 'dev_AAAAAAAAAAAAAAAAAAAAAA' },
      { digest: 'A'.repeat(43) },
      { decision: 'perhaps' },
      { binding: 'plain' },
      { binding_value: 7 },
      { extra: true },
    ]
    for (const change of changed) {
      await expect(sendDecision(scene.phone, approval, { ...honest, ...change }, proofKey)).rejects.toThrow()
      expect(await readApproval(scene.context, approval), JSON.stringify(change)).toMatchObject({ state: 'pending' })
    }
    expect((await scene.phone.readDevice()).unlock_tries_left).toBe(5)
    expect(await sendDecision(scene.phone, approval, honest, proofKey)).toEqual({ approval, state: 'approved' })
    // The same signed answer does nothing for another approval.
    await expect(sendDecision(scene.phone, other, honest, proofKey)).rejects.toThrow()
    expect(await readApproval(scene.context, other)).toMatchObject({ state: 'pending' })
  })

  test('abuse-2 nothing is approved without a proof that the person was there for this very decision', async () => {
    await using scene = await setScene()
    const approval = await scene.ask()
    const other = await scene.ask()
    const honestAbout = async (id: typeof approval) =>
      approvalOf(scene.phone, await scene.shown(id), (await readApproval(scene.context, id))?.number ?? null)
    const [honest, before] = [await honestAbout(approval), await honestAbout(other)]
    const proofKey = await proofKeyOfPhone(scene)
    const stale = toBase64url(proofOf(proofKey, 'decision', canonicalBytes(before)))
    // Who has the phone's keys alone, as its worker has, signs rightly and is not believed.
    for (const [proof, code] of [
      [undefined, 'invalid_request'],
      [stale, 'unlock_failed'],
      [toBase64url(new Uint8Array(32)), 'unlock_failed'],
    ] as const) {
      const sent = sendDecision(scene.phone, approval, honest, proofKey, { proof })
      await expect(sent).rejects.toMatchObject({ code })
      expect(await readApproval(scene.context, approval)).toMatchObject({ state: 'pending' })
    }
    expect(await sendDecision(scene.phone, approval, honest, proofKey)).toEqual({ approval, state: 'approved' })
  })

  test("abuse-24 nobody sees or answers another account's approval", async () => {
    await using scene = await setScene()
    const erik = await scene.world.addAccount('Erik')
    const eriksPhone = await scene.world.linkPhone(erik)
    const approval = await scene.ask()
    const shown = await scene.shown(approval)
    expect((await eriksPhone.pendingApprovals()).approvals).toEqual([])
    expect(await eriksPhone.approve(shown, usualPasscode)).toEqual({ outcome: 'ended', code: 'not_found' })
    expect(await eriksPhone.decline(shown)).toEqual({ outcome: 'ended', code: 'not_found' })
    expect(await readApproval(scene.context, approval)).toMatchObject({ state: 'pending' })
    expect((await eriksPhone.readDevice()).unlock_tries_left).toBe(5)
  })

  describe('abuse-22 what takes the ground away between question and answer', () => {
    test('a locked account: the approval ends, and no answer counts', async () => {
      await using scene = await setScene()
      const approval = await scene.ask()
      const shown = await scene.shown(approval)
      await lockAccount(scene.context, scene.phone.stored.account.id, liveApprovals)
      expect(await readApproval(scene.context, approval)).toMatchObject({
        state: 'cancelled',
        reason: 'account-locked',
      })
      await expect(scene.approve(shown, usualPasscode)).rejects.toMatchObject({ code: 'device_unknown' })
      expect(await readApproval(scene.context, approval)).toMatchObject({ state: 'cancelled' })
    })

    test('a removed device: the approval ends, and its key is not known any more', async () => {
      await using scene = await setScene()
      const approval = await scene.ask()
      const shown = await scene.shown(approval)
      const device = { id: scene.phone.stored.device, account: scene.phone.stored.account.id }
      await removeDevice(scene.context, { device, reason: 'test' }, deviceBelongings)
      expect(await readApproval(scene.context, approval)).toMatchObject({
        state: 'cancelled',
        reason: 'device-removed',
      })
      await expect(scene.approve(shown, usualPasscode)).rejects.toMatchObject({ code: 'device_unknown' })
    })
  })
})
