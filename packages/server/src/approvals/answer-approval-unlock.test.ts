/** Decisions that fingerprint or face opened (protocol section 6), and decisions by a secret that was renewed under them. */
import {
  type Biometrics,
  type LinkedDevice,
  RequestRefused,
  type ShownApproval,
  startRenewal,
} from '@countersign/device'
import { canonicalBytes, type DecisionPayload, proofKeyOf, RenewalId, sha256, toBase64url } from '@countersign/protocol'
import {
  type Ceremony,
  cheapPasscodeHash,
  createAuthenticator,
  createBiometrics,
  type SoftwareAuthenticator,
  usualPasscode,
} from '@countersign/testkit'
import { describe, expect, test } from 'vitest'
import { sealUnlockSecret, writeRenewedSecret } from '../devices/index.ts'
import { goOffline, readApproval, submitResponse } from './index.ts'
import {
  approvalOf,
  hold,
  onBothDatabases,
  onPostgres,
  proofKeyOfPhone,
  type Scene,
  sendDecision,
  untilInLine,
} from './world-for-tests.ts'

const wrongPasscode = '739105'

/** A phone with another unlock secret, which `biometrics` open too where they are given. */
async function renew({ world }: Scene, phone: LinkedDevice, biometrics?: Biometrics): Promise<LinkedDevice> {
  const options = { appVersion: '0.1.0', passcodeHash: cheapPasscodeHash, now: phone.serverNow }
  const begun = await startRenewal(phone.stored, options, usualPasscode)
  if (begun.outcome !== 'started') throw new Error(`Nothing was begun: ${begun.outcome}.`)
  const credential = biometrics === undefined ? null : await begun.renewal.enrol(biometrics)
  const keep = async (stored: LinkedDevice['stored']) => stored
  return world.openPhone(await begun.renewal.finish({ passcode: usualPasscode, credential, keep }), biometrics)
}

/** A phone's authenticator of which a test has the other end. */
const biometricsOf = (authenticator: SoftwareAuthenticator): Biometrics => ({
  kind: 'fpt',
  enrol: async ({ challenge }) => ({ registration: authenticator.register(challenge), prf: new Uint8Array(32) }),
  unlock: async ({ challenge }) => ({ assertion: authenticator.assert(challenge), prf: new Uint8Array(32) }),
})

const numberOf = async ({ context }: Scene, shown: ShownApproval) =>
  (await readApproval(context, shown.approval))?.number ?? undefined

/** What an honest person does with a finger, or a face. */
async function approveUnlocked(scene: Scene, phone: LinkedDevice, shown: ShownApproval) {
  return phone.approveUnlocked(await phone.unlockApproval(shown, await numberOf(scene, shown)))
}

const stateOf = async ({ context }: Scene, shown: ShownApproval) => (await readApproval(context, shown.approval))?.state

/** What a decision came to, in a word. */
const toldOf = (sent: Promise<{ state: string }>) =>
  sent.then(
    ({ state }) => state,
    (error: unknown) => {
      if (error instanceof RequestRefused) return error.code
      throw error
    },
  )

onBothDatabases((setScene) => {
  describe('a phone with fingerprint or face', () => {
    test.each(['fpt', 'face'] as const)('approves with it, and the approval says %s', async (kind) => {
      await using scene = await setScene()
      const phone = await renew(scene, scene.phone, createBiometrics(scene.world.config.phoneUrl, kind))
      const approval = await scene.ask()
      const shown = await scene.shown(approval)
      expect(await approveUnlocked(scene, phone, shown)).toEqual({ outcome: 'decided', state: 'approved' })
      expect(await readApproval(scene.context, approval)).toMatchObject({ state: 'approved', amr: ['swk', kind] })
    })

    test('approves with the passcode as before, and the approval says so', async () => {
      await using scene = await setScene()
      const phone = await renew(scene, scene.phone, createBiometrics(scene.world.config.phoneUrl, 'fpt'))
      const shown = await scene.shown(await scene.ask())
      expect(await phone.approve(shown, wrongPasscode, await numberOf(scene, shown))).toEqual({
        outcome: 'unlock_failed',
        triesLeft: 4,
      })
      await phone.approve(shown, usualPasscode, await numberOf(scene, shown))
      expect(await readApproval(scene.context, shown.approval)).toMatchObject({ amr: ['swk', 'pin'] })
    })

    test('makes response codes with it', async () => {
      await using scene = await setScene()
      const phone = await renew(scene, scene.phone, createBiometrics(scene.world.config.phoneUrl, 'fpt'))
      const approval = await scene.ask()
      await goOffline(scene.context, approval)
      const { response } = await phone.unlockResponse((await readApproval(scene.context, approval))?.challenge ?? '')
      expect(await submitResponse(scene.context, approval, response)).toEqual({ kind: 'approved' })
    })
  })

  describe('the assertion', () => {
    const openVouched = async (scene: Scene) => {
      const authenticator = createAuthenticator(scene.world.config.phoneUrl)
      const phone = await renew(scene, scene.phone, biometricsOf(authenticator))
      const shown = await scene.shown(await scene.ask())
      const payload: DecisionPayload = {
        ...approvalOf(phone, shown, (await numberOf(scene, shown)) ?? null),
        unlock: 'fpt',
      }
      const proofKey = await proofKeyOfPhone(scene)
      const send = (what: object, beside: object, key = proofKey) =>
        toldOf(sendDecision(phone, shown.approval, what, key, beside))
      const assert = (what: object, ceremony?: Ceremony) => authenticator.assert(sha256(canonicalBytes(what)), ceremony)
      return { authenticator, phone, shown, payload, send, assert }
    }

    test('that is missing, to spare, or by nobody who was verified is refused, costs no try and ends nothing', async () => {
      await using scene = await setScene()
      const { phone, shown, payload, send, assert } = await openVouched(scene)
      const { unlock: _, ...silent } = payload
      const other = createAuthenticator(scene.world.config.phoneUrl)
      const assertion = assert(payload)
      const unfit: (readonly [object, object])[] = [
        [payload, {}],
        [silent, { assertion: assert(silent) }],
        [payload, { assertion: assert({ ...payload, unlock: 'face' }) }],
        [payload, { assertion: other.assert(sha256(canonicalBytes(payload))) }],
        [payload, { assertion: assert(payload, { flags: ['UP'] }) }],
        [payload, { assertion: assert(payload, { origin: scene.world.config.issuer }) }],
        [payload, { assertion: assert(payload, { type: 'webauthn.create' }) }],
        [payload, { assertion: { ...assertion, signature: toBase64url(new Uint8Array(70)) } }],
        [{ ...payload, decision: 'decline', binding_value: null }, {}],
        [{ ...payload, decision: 'decline', binding_value: null }, { assertion }],
      ]
      for (const [what, beside] of unfit) expect(await send(what, beside)).toBe('signature_invalid')
      for (const malformed of [{ ...assertion, more: 1 }, { ...assertion, signature: '' }, null, 'x'.repeat(5_000)]) {
        expect(await send(payload, { assertion: malformed })).toBe('invalid_request')
      }
      expect(await stateOf(scene, shown)).toBe('pending')
      expect((await phone.readDevice()).unlock_tries_left).toBe(5)
      expect(await send(payload, { assertion })).toBe('approved')
    })

    test('does not stand for the proof', async () => {
      await using scene = await setScene()
      const { phone, payload, send, assert } = await openVouched(scene)
      const wrong = proofKeyOf(new Uint8Array(32))
      expect(await send(payload, { assertion: assert(payload) }, wrong)).toBe('unlock_failed')
      expect(await send(payload, { assertion: assert(payload), proof: undefined })).toBe('invalid_request')
      expect((await phone.readDevice()).unlock_tries_left).toBe(4)
    })

    test('may come along with a decline', async () => {
      await using scene = await setScene()
      const { payload, shown, send, assert } = await openVouched(scene)
      const decline = { ...payload, decision: 'decline', binding_value: null }
      expect(await send(decline, { assertion: assert(decline) })).toBe('declined')
      expect(await readApproval(scene.context, shown.approval)).toMatchObject({ state: 'declined', amr: null })
    })

    test('abuse-18 made anew for the same decision: it is answered from the record, whatever the assertion is by then', async () => {
      await using scene = await setScene()
      const { payload, shown, send, assert } = await openVouched(scene)
      expect(await send(payload, { assertion: assert(payload) })).toBe('approved')
      expect(await send(payload, { assertion: assert(payload) })).toBe('approved')
      expect(await send(payload, { assertion: assert(payload, { flags: ['UP'] }) })).toBe('approved')
      const { unlock: _, ...silent } = payload
      expect(await send(silent, {})).toBe('decision_conflict')
      expect(await scene.audited(shown.approval)).toEqual(['approval.started', 'approval.approved'])
    })

    test('abuse-18 of sixteen at once: the decision counts once', async () => {
      await using scene = await setScene()
      const { payload, shown, send, assert } = await openVouched(scene)
      const told = await Promise.all(Array.from({ length: 16 }, () => send(payload, { assertion: assert(payload) })))
      expect(new Set(told)).toEqual(new Set(['approved']))
      expect(await scene.audited(shown.approval)).toEqual(['approval.started', 'approval.approved'])
    })

    test('is refused of a phone that has no credential', async () => {
      await using scene = await setScene()
      const shown = await scene.shown(await scene.ask())
      const number = (await numberOf(scene, shown)) ?? null
      const payload = { ...approvalOf(scene.phone, shown, number), unlock: 'fpt' }
      const authenticator = createAuthenticator(scene.world.config.phoneUrl)
      const assertion = authenticator.assert(sha256(canonicalBytes(payload)))
      const sent = sendDecision(scene.phone, shown.approval, payload, await proofKeyOfPhone(scene), { assertion })
      expect(await toldOf(sent)).toBe('signature_invalid')
      expect((await scene.phone.readDevice()).unlock_tries_left).toBe(5)
    })

    test('is refused once the credential was removed, and the same decision before is still known', async () => {
      await using scene = await setScene()
      const { phone, payload, shown, send, assert } = await openVouched(scene)
      const next = await scene.shown(await scene.ask())
      expect(await send(payload, { assertion: assert(payload) })).toBe('approved')
      await renew(scene, phone)
      expect(await stateOf(scene, shown)).toBe('approved')
      expect(await send(payload, { assertion: assert(payload) })).toBe('approved')
      const another = { ...approvalOf(phone, next, (await numberOf(scene, next)) ?? null), unlock: 'fpt' }
      const sent = sendDecision(phone, next.approval, another, await proofKeyOfPhone(scene), {
        assertion: assert(another),
      })
      expect(await toldOf(sent)).toBe('signature_invalid')
      expect(await stateOf(scene, next)).toBe('pending')
    })
  })

  describe('once a phone has another unlock secret, the old one', () => {
    test('is a wrong proof, and the new one a right one', async () => {
      await using scene = await setScene()
      const shown = await scene.shown(await scene.ask())
      const renewed = await renew(scene, scene.phone)
      expect(await scene.approve(shown, usualPasscode)).toEqual({ outcome: 'unlock_failed', triesLeft: 4 })
      expect(await renewed.approve(shown, usualPasscode, await numberOf(scene, shown))).toEqual({
        outcome: 'decided',
        state: 'approved',
      })
    })

    test('makes wrong response codes, and the new one right ones', async () => {
      await using scene = await setScene()
      const approval = await scene.ask()
      await goOffline(scene.context, approval)
      const challenge = (await readApproval(scene.context, approval))?.challenge ?? ''
      const renewed = await renew(scene, scene.phone)
      const [old, right] = [
        await scene.phone.responseFor(challenge, usualPasscode),
        await renewed.responseFor(challenge, usualPasscode),
      ]
      expect(await submitResponse(scene.context, approval, old.response)).toEqual({ kind: 'refused', triesLeft: 4 })
      expect(await submitResponse(scene.context, approval, right.response)).toEqual({ kind: 'approved' })
    })
  })
})

/** Puts other secrets in force while somebody stands in line behind the device. @returns what they were told */
async function renewUnder<Told>(scene: Scene, work: () => Promise<Told>): Promise<Told> {
  const { context, phone } = scene
  const id = phone.stored.device
  const release = await hold(scene, (transaction) => {
    const renewal = RenewalId.parse(context.random.id('rnw'))
    const sealedUnlockSecret = sealUnlockSecret(context, id, context.random.bytes(32))
    return writeRenewedSecret(transaction, id, { renewal, sealedUnlockSecret, credential: null })
  })
  const told = work()
  await untilInLine(scene, 1)
  await release()
  return told
}

// The order is made, not hoped for: judged by the secret of before, and in line when the new one comes into force.
onPostgres((setScene) => {
  describe('a secret that is renewed under', () => {
    test('a decision in flight: what it was judged by is not in force any more', async () => {
      await using scene = await setScene()
      const shown = await scene.shown(await scene.ask())
      expect(await renewUnder(scene, () => scene.approve(shown, usualPasscode))).toEqual({
        outcome: 'unlock_failed',
        triesLeft: 4,
      })
      expect(await stateOf(scene, shown)).toBe('pending')
    })

    test('a decision by fingerprint in flight: the credential is not in force any more, and no try is spent', async () => {
      await using scene = await setScene()
      const phone = await renew(scene, scene.phone, createBiometrics(scene.world.config.phoneUrl, 'fpt'))
      const shown = await scene.shown(await scene.ask())
      const unlocked = await phone.unlockApproval(shown, await numberOf(scene, shown))
      const told = await renewUnder(scene, () =>
        phone.approveUnlocked(unlocked).catch((error: unknown) => error instanceof RequestRefused && error.code),
      )
      expect(told).toBe('signature_invalid')
      expect(await stateOf(scene, shown)).toBe('pending')
      expect((await phone.readDevice()).unlock_tries_left).toBe(5)
    })

    test('a response code that was just typed', async () => {
      await using scene = await setScene()
      const approval = await scene.ask()
      await goOffline(scene.context, approval)
      const challenge = (await readApproval(scene.context, approval))?.challenge ?? ''
      const { response } = await scene.phone.responseFor(challenge, usualPasscode)
      expect(await renewUnder(scene, () => submitResponse(scene.context, approval, response))).toEqual({
        kind: 'refused',
        triesLeft: 4,
      })
    })
  })
})
