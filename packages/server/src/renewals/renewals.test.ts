/** Protocol section 4, Renewal: what comes after what, and who is not let through. */
import { importVerifyKey, renewalTranscriptType, verifyJws } from '@countersign/protocol'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Account } from '../accounts/index.ts'
import { inParallel, onBothDatabases, type TestContext } from '../context-for-tests.ts'
import { restoreUnlockTries, spendUnlockTry } from '../devices/index.ts'
import { sweepRenewals } from './index.ts'
import {
  addPerson,
  audited,
  linkPhone,
  outcomes,
  type Phone,
  refusal,
  renewalRows,
  secretOf,
} from './renewing-for-tests.ts'

const wrong = new Uint8Array(32)
const minute = 60_000

onBothDatabases((open) => {
  let context: TestContext
  let anna: Account
  let phone: Phone
  beforeEach(async () => {
    context = await open()
    anna = await addPerson(context, 'anna@strand.example')
    phone = await linkPhone(context, anna)
  })

  /** The tries at the passcode are spent. */
  const block = async () => {
    await inParallel(5, () => context.db.write((transaction) => spendUnlockTry(transaction, phone.id)))
    expect(await phone.stored()).toMatchObject({ state: 'blocked' })
  }
  const triesLeft = async () => (await phone.stored()).unlockTriesLeft

  test('a phone that opens the secret in force gets another one, and proves that it can open it', async () => {
    const begun = await phone.start()
    expect(begun.expires).toBe(context.clock.now() + 5 * minute)
    expect(await secretOf(context, phone)).toEqual(phone.secret)
    expect((await phone.stored()).renewal).toBeNull()

    expect(await phone.activate(begun)).toEqual({
      device: phone.id,
      name: 'Annas telefon',
      state: 'active',
      authenticating: true,
      unlock_tries_left: 5,
      renewal: begun.id,
      credential: null,
      account: { email: anna.email, name: 'Anna Lind' },
    })
    expect(await secretOf(context, phone)).toEqual(begun.secret)
    expect(begun.secret).not.toEqual(phone.secret)
    expect(await renewalRows(context)).toEqual([])
    expect(await audited(context)).toEqual(['renewal.started', 'device.renewed'])
  })

  test('what both sides agreed on says who and with which keys, under the document key', async () => {
    const { jws, transcript, id } = await phone.start()
    const { id: keyId, jwk } = context.keys.documentKey
    const keys = new Map([[keyId, await importVerifyKey(jwk)]])
    expect(await verifyJws(jws, { type: renewalTranscriptType, keys })).not.toBeNull()
    expect(transcript).toMatchObject({
      iss: context.config.issuer,
      renewal: id,
      device: phone.id,
      account: anna.id,
    })
  })

  test('a later renewal takes the place of an earlier one', async () => {
    const first = await phone.start()
    const second = await phone.start()
    expect(second.secret).not.toEqual(first.secret)
    await expect(phone.activate(first)).rejects.toEqual(refusal('not_found'))
    expect(await renewalRows(context)).toMatchObject([{ id: second.id, proof_tries_left: 5 }])
    expect((await phone.activate(second)).renewal).toBe(second.id)
    // One after another, each from the secret in force.
    const third = await phone.start(second.secret)
    expect((await phone.activate(third)).renewal).toBe(third.id)
  })

  test('it must be activated within five minutes; after that nothing judges a proof', async () => {
    const [late, last] = [await phone.start(), await phone.start()]
    await context.clock.advance(5 * minute - 1)
    expect((await phone.activate(last)).renewal).toBe(last.id)
    expect(late.id).not.toBe(last.id)

    const begun = await phone.start(last.secret)
    await context.clock.advance(5 * minute)
    for (const secret of [begun.secret, wrong]) {
      await expect(phone.activate({ ...begun, secret })).rejects.toEqual(refusal('not_found'))
    }
    expect(await renewalRows(context)).toMatchObject([{ id: begun.id, proof_tries_left: 5 }])
    expect(await secretOf(context, phone)).toEqual(last.secret)
  })

  test('one that was not activated is swept away, and one that is under way is not', async () => {
    const other = await linkPhone(context, await addPerson(context, 'erik@strand.example'))
    await phone.start()
    await context.clock.advance(5 * minute - 1)
    const { id } = await other.start()
    await context.clock.advance(1)
    await sweepRenewals(context)
    expect(await renewalRows(context)).toMatchObject([{ id }])
  })

  describe('the proof from the secret in force', () => {
    test('that is wrong costs a try at the passcode; a right one gives all of them back', async () => {
      for (const tries_left of [4, 3, 2, 1]) {
        await expect(phone.start(wrong)).rejects.toEqual(refusal('unlock_failed', { tries_left }))
      }
      expect(await renewalRows(context)).toEqual([])
      await phone.start()
      expect(await triesLeft()).toBe(5)
      expect(await audited(context)).toEqual([...Array(4).fill('renewal.unlock-failed'), 'renewal.started'])
    })

    test('abuse-32 that is wrong five times blocks the device, tries at decisions counted with it', async () => {
      await context.db.write(async (transaction) => {
        expect(await spendUnlockTry(transaction, phone.id)).toBe(4)
        expect(await spendUnlockTry(transaction, phone.id)).toBe(3)
      })
      for (const tries_left of [2, 1]) {
        await expect(phone.start(wrong)).rejects.toEqual(refusal('unlock_failed', { tries_left }))
      }
      await expect(phone.start(wrong)).rejects.toEqual(refusal('device_blocked', { tries_left: 0 }))
      expect(await phone.stored()).toMatchObject({ state: 'blocked' })
    })

    test('abuse-32 of fifty wrong ones at once five are judged', async () => {
      expect(await outcomes(Array.from({ length: 50 }, () => phone.start(wrong)))).toEqual({
        unlock_failed: 4,
        device_blocked: 46,
      })
      expect(await audited(context)).toEqual(Array(5).fill('renewal.unlock-failed'))
    })

    test('is none any more once another secret is in force, also where it was judged before', async () => {
      const before = await phone.verified()
      const begun = await phone.start()
      await phone.activate(begun)
      await expect(phone.start()).rejects.toEqual(refusal('unlock_failed', { tries_left: 4 }))
      await expect(phone.start(phone.secret, before)).rejects.toEqual(refusal('unlock_failed', { tries_left: 3 }))
      await phone.start(begun.secret)
    })

    test('leaves a renewal that is under way where it is, if it is wrong', async () => {
      const begun = await phone.start()
      await expect(phone.start(wrong)).rejects.toEqual(refusal('unlock_failed', { tries_left: 4 }))
      expect((await phone.activate(begun)).renewal).toBe(begun.id)
      expect(await triesLeft()).toBe(4)
    })
  })

  describe('abuse-32 a blocked device', () => {
    test('begins nothing, whatever its proof', async () => {
      await block()
      for (const secret of [phone.secret, wrong]) {
        await expect(phone.start(secret)).rejects.toEqual(refusal('device_blocked'))
      }
      expect(await renewalRows(context)).toEqual([])
      expect(await triesLeft()).toBe(0)
    })

    test('activates nothing that was begun before', async () => {
      const begun = await phone.start()
      await block()
      for (const secret of [begun.secret, wrong]) {
        await expect(phone.activate({ ...begun, secret })).rejects.toEqual(refusal('device_blocked'))
      }
      expect(await phone.stored()).toMatchObject({ state: 'blocked', unlockTriesLeft: 0, renewal: null })
      expect(await secretOf(context, phone)).toEqual(phone.secret)
    })
  })

  describe('the proof from the new secret', () => {
    test('abuse-32: that is wrong costs a try at the passcode, and the fifth blocks the device', async () => {
      const begun = await phone.start()
      for (const tries_left of [4, 3, 2, 1]) {
        const refused = phone.activate({ ...begun, secret: wrong })
        await expect(refused).rejects.toEqual(refusal('unlock_failed', { tries_left }))
        expect(await triesLeft()).toBe(tries_left)
      }
      const refused = phone.activate({ ...begun, secret: wrong })
      await expect(refused).rejects.toEqual(refusal('device_blocked', { tries_left: 0 }))
      await expect(phone.activate(begun)).rejects.toEqual(refusal('device_blocked'))
      expect(await renewalRows(context)).toEqual([])
      expect(await phone.stored()).toMatchObject({ state: 'blocked', unlockTriesLeft: 0 })
      expect(await secretOf(context, phone)).toEqual(phone.secret)
    })

    test('abuse-32: tries at the old secret and at the new one are the same five', async () => {
      const begun = await phone.start()
      await expect(phone.start(wrong)).rejects.toEqual(refusal('unlock_failed', { tries_left: 4 }))
      await context.db.write(async (transaction) => {
        expect(await spendUnlockTry(transaction, phone.id)).toBe(3)
      })
      for (const tries_left of [2, 1]) {
        const refused = phone.activate({ ...begun, secret: wrong })
        await expect(refused).rejects.toEqual(refusal('unlock_failed', { tries_left }))
      }
      await expect(phone.start(wrong)).rejects.toEqual(refusal('device_blocked', { tries_left: 0 }))
    })

    test('with the last try is taken when it is right, and gives back that one', async () => {
      const begun = await phone.start()
      for (let count = 0; count < 4; count++) {
        await expect(phone.activate({ ...begun, secret: wrong })).rejects.toEqual(refusal('unlock_failed'))
      }
      expect(await phone.activate(begun)).toMatchObject({ state: 'active', unlock_tries_left: 1 })
      expect(await secretOf(context, phone)).toEqual(begun.secret)
    })

    test('that is wrong five times ends the renewal, also where the tries at the passcode came back between', async () => {
      const begun = await phone.start()
      for (const tries_left of [4, 3, 2, 1, 0]) {
        const refused = phone.activate({ ...begun, secret: wrong })
        await expect(refused).rejects.toEqual(refusal('unlock_failed', { tries_left }))
        await context.db.write((transaction) => restoreUnlockTries(transaction, phone.id))
      }
      await expect(phone.activate(begun)).rejects.toEqual(refusal('not_found'))
      expect(await renewalRows(context)).toEqual([])
      await phone.activate(await phone.start())
    })

    test('is not the one from the old secret', async () => {
      const begun = await phone.start()
      const refused = phone.activate({ ...begun, secret: phone.secret })
      await expect(refused).rejects.toEqual(refusal('unlock_failed', { tries_left: 4 }))
    })

    test('abuse-32 of fifty wrong ones at once five are judged', async () => {
      const begun = await phone.start()
      const works = Array.from({ length: 50 }, () => phone.activate({ ...begun, secret: wrong }))
      expect(await outcomes(works)).toEqual({ unlock_failed: 4, device_blocked: 46 })
      expect(await audited(context)).toEqual(['renewal.started', ...Array(5).fill('renewal.proof-wrong')])
    })

    test('abuse-32 does not make a device whole that is not', async () => {
      const begun = await phone.start()
      await context.db.write((transaction) => spendUnlockTry(transaction, phone.id))
      expect(await phone.activate(begun)).toMatchObject({ unlock_tries_left: 4 })
      expect(await triesLeft()).toBe(4)
    })
  })

  describe('the same activation again', () => {
    test('after the answer was lost gets the same answer, and the proof is not judged', async () => {
      const begun = await phone.start()
      const answer = await phone.activate(begun)
      expect(await phone.activate(begun)).toEqual(answer)
      const again = await inParallel(50, () => phone.activate({ ...begun, secret: wrong }))
      expect(new Set(again.map((one) => JSON.stringify(one))).size).toBe(1)
      expect(await audited(context)).toEqual(['renewal.started', 'device.renewed'])
      await block()
      expect(await phone.activate(begun)).toEqual({ ...answer, state: 'blocked', unlock_tries_left: 0 })
    })

    test('at the same time activates once', async () => {
      const begun = await phone.start()
      const answers = await inParallel(20, () => phone.activate(begun))
      expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1)
      expect(await audited(context)).toEqual(['renewal.started', 'device.renewed'])
    })

    test('after a later one is in force is nothing any more', async () => {
      const first = await phone.start()
      await phone.activate(first)
      const second = await phone.start(first.secret)
      await phone.activate(second)
      await expect(phone.activate(first)).rejects.toEqual(refusal('not_found'))
      expect(await secretOf(context, phone)).toEqual(second.secret)
    })

    test('abuse-20 with the same nonce is made once', async () => {
      const begun = await phone.start()
      const request = await phone.verified()
      await phone.activate(begun, undefined, request)
      await expect(phone.activate(begun, undefined, request)).rejects.toEqual(refusal('nonce_used'))
      const start = await phone.verified()
      await phone.start(begun.secret, start)
      await expect(phone.start(wrong, start)).rejects.toEqual(refusal('nonce_used'))
      expect(await triesLeft()).toBe(5)
    })
  })
})
