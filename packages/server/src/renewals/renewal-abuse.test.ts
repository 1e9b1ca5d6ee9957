/** Renewals under a hostile phone, another phone, an operator who takes the ground away, and many at once. */
import {
  fromBase64url,
  type ProofPurpose,
  proofKeyOf,
  proofOf,
  RenewalId,
  renewalActivationType,
  renewalType,
  toBase64url,
} from '@countersign/protocol'
import { beforeEach, describe, expect, test } from 'vitest'
import { type Account, lockAccount } from '../accounts/index.ts'
import { onBothDatabases, type TestContext } from '../context-for-tests.ts'
import { removeDevice } from '../devices/index.ts'
import { activateRenewal } from './activate-renewal.ts'
import {
  addPerson,
  audited,
  linkPhone,
  noApprovals,
  noBelongings,
  outcomes,
  type Phone,
  refusal,
  renewalRows,
  secretOf,
} from './renewing-for-tests.ts'
import { startRenewal } from './start-renewal.ts'

const wrong = new Uint8Array(32)

onBothDatabases((open) => {
  let context: TestContext
  let anna: Account
  let phone: Phone
  beforeEach(async () => {
    context = await open()
    anna = await addPerson(context, 'anna@strand.example')
    phone = await linkPhone(context, anna)
  })

  const triesLeft = async () => (await phone.stored()).unlockTriesLeft

  describe('abuse-22 what takes the ground away', () => {
    test('a locked account: nothing is begun, and nothing comes into force', async () => {
      const begun = await phone.start()
      await lockAccount(context, anna.id, noApprovals)
      await expect(phone.start()).rejects.toEqual(refusal('not_found'))
      for (const secret of [begun.secret, wrong]) {
        await expect(phone.activate({ ...begun, secret })).rejects.toEqual(refusal('not_found'))
      }
      expect(await secretOf(context, phone)).toEqual(phone.secret)
      expect(await renewalRows(context)).toMatchObject([{ proof_tries_left: 5 }])
    })

    test('a removed device, also one that is removed once the request was let in', async () => {
      const begun = await phone.start()
      const [toStart, toActivate] = [await phone.verified(), await phone.verified()]
      await removeDevice(context, { device: { id: phone.id, account: anna.id }, reason: 'test' }, noBelongings)
      await expect(phone.start()).rejects.toEqual(refusal('device_unknown'))
      await expect(phone.start(phone.secret, toStart)).rejects.toEqual(refusal('device_unknown'))
      await expect(phone.activate(begun, undefined, toActivate)).rejects.toEqual(refusal('device_unknown'))
      expect(await phone.stored()).toMatchObject({ state: 'removed', sealedUnlockSecret: new Uint8Array() })
    })

    test.each([2, 8, 32])(
      '%i at once, activations and removals: nothing of a removed device comes back',
      async (count) => {
        const begun = await phone.start()
        const device = { id: phone.id, account: anna.id }
        const works = Array.from({ length: count }, (_, index) =>
          index % 2 === 0 ? phone.activate(begun) : removeDevice(context, { device, reason: 'test' }, noBelongings),
        )
        const told = await outcomes(works)
        expect(Object.keys(told).filter((one) => !['done', 'device_unknown', 'not_found'].includes(one))).toEqual([])
        expect(await phone.stored()).toMatchObject({
          state: 'removed',
          authenticating: false,
          sealedUnlockSecret: new Uint8Array(),
          credential: null,
        })
      },
    )
  })

  test('of starts and activations at once, what is in force was proven, and one at most is under way', async () => {
    const begun = await phone.start()
    const works = Array.from({ length: 24 }, (_, index) => (index % 3 === 0 ? phone.start() : phone.activate(begun)))
    const told = await outcomes(works)
    expect(
      Object.keys(told).filter((one) => !['done', 'unlock_failed', 'not_found', 'device_blocked'].includes(one)),
    ).toEqual([])
    const stored = await phone.stored()
    expect(await secretOf(context, phone)).toEqual(stored.renewal === begun.id ? begun.secret : phone.secret)
    expect((await renewalRows(context)).length).toBeLessThanOrEqual(1)
    expect((await audited(context)).filter((kind) => kind === 'device.renewed').length).toBe(
      stored.renewal === null ? 0 : 1,
    )
  })

  describe('abuse-24 another phone', () => {
    test('activates nothing but its own', async () => {
      const erik = await linkPhone(context, await addPerson(context, 'erik@strand.example'))
      const [annas, eriks] = [await phone.start(), await erik.start()]
      for (const secret of [annas.secret, eriks.secret]) {
        await expect(erik.activate({ id: annas.id, secret })).rejects.toEqual(refusal('not_found'))
      }
      const nothing = { id: RenewalId.parse(context.random.id('rnw')), secret: eriks.secret }
      await expect(erik.activate(nothing)).rejects.toEqual(refusal('not_found'))
      expect(await renewalRows(context)).toMatchObject([{ proof_tries_left: 5 }, { proof_tries_left: 5 }])
      expect((await erik.activate(eriks)).renewal).toBe(eriks.id)
      expect((await phone.activate(annas)).renewal).toBe(annas.id)
    })

    test('says nothing in the name of this one', async () => {
      const erik = await linkPhone(context, await addPerson(context, 'erik@strand.example'))
      const [{ body }, begun] = [await phone.startBody(), await phone.start()]
      await expect(startRenewal(context, await erik.verified(), body)).rejects.toEqual(refusal('signature_invalid'))
      const activation = await phone.activateBody(begun)
      const foreign = activateRenewal(context, await erik.verified(), begun.id, activation)
      await expect(foreign).rejects.toEqual(refusal('signature_invalid'))
      const named = await erik.startBody(erik.secret, { device: phone.id })
      await expect(startRenewal(context, await erik.verified(), named.body)).rejects.toEqual(
        refusal('signature_invalid'),
      )
    })
  })

  test('abuse-20 what says anything else than it should is refused, and costs no try', async () => {
    const other = 'https://other.example'
    const offCurve = { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'A'.repeat(43) }
    const starts: readonly (readonly [object, string, string])[] = [
      [{ v: 2 }, renewalType, 'invalid_request'],
      [{ extra: true }, renewalType, 'invalid_request'],
      [{ phone_ecdh_jwk: offCurve }, renewalType, 'invalid_request'],
      [{ phone_ecdh_jwk: { ...offCurve, d: 'A'.repeat(43) } }, renewalType, 'invalid_request'],
      [{ aud: other }, renewalType, 'signature_invalid'],
      [{ device: `dev_${'A'.repeat(22)}` }, renewalType, 'signature_invalid'],
      [{}, renewalActivationType, 'signature_invalid'],
    ]
    for (const [change, type, code] of starts) {
      const { body } = await phone.startBody(phone.secret, change, type)
      await expect(startRenewal(context, await phone.verified(), body), code).rejects.toEqual(refusal(code))
    }
    const begun = await phone.start()
    const activations: readonly (readonly [object, string, string])[] = [
      [{ v: 2 }, renewalActivationType, 'invalid_request'],
      [{ extra: true }, renewalActivationType, 'invalid_request'],
      [{ credential: 'short' }, renewalActivationType, 'invalid_request'],
      [{ aud: other }, renewalActivationType, 'signature_invalid'],
      [{ device: `dev_${'A'.repeat(22)}` }, renewalActivationType, 'signature_invalid'],
      [{ renewal: `rnw_${'A'.repeat(22)}` }, renewalActivationType, 'signature_invalid'],
      [{}, renewalType, 'signature_invalid'],
    ]
    for (const [change, type, code] of activations) {
      const body = await phone.activateBody(begun, undefined, change, type)
      await expect(activateRenewal(context, await phone.verified(), begun.id, body)).rejects.toEqual(refusal(code))
    }
    expect(await triesLeft()).toBe(5)
    expect(await renewalRows(context)).toMatchObject([{ proof_tries_left: 5 }])
    await phone.activate(begun)
  })

  test('a right proof for another purpose is a wrong one', async () => {
    const payloadOf = (jws: string) => fromBase64url(jws.split('.')[1] ?? '')
    const proofFor = (purpose: ProofPurpose, secret: Uint8Array, jws: string) =>
      toBase64url(proofOf(proofKeyOf(secret), purpose, payloadOf(jws)))
    const begun = await phone.start()
    for (const purpose of ['decision', 'activate'] as const) {
      const { body } = await phone.startBody()
      const proof = proofFor(purpose, phone.secret, body.renewal)
      const sent = startRenewal(context, await phone.verified(), { ...body, proof })
      await expect(sent).rejects.toEqual(refusal('unlock_failed'))
    }
    for (const purpose of ['decision', 'renew'] as const) {
      const body = await phone.activateBody(begun)
      const proof = proofFor(purpose, begun.secret, body.activation)
      const sent = activateRenewal(context, await phone.verified(), begun.id, { ...body, proof })
      await expect(sent).rejects.toEqual(refusal('unlock_failed'))
    }
    expect(await secretOf(context, phone)).toEqual(phone.secret)
  })
})
