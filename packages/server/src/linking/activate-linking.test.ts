import { activationType, canonicalBytes, canonicalText, linkType, sha256 } from '@countersign/protocol'
import { createAuthenticator } from '@countersign/testkit'
import { beforeEach, describe, expect, test } from 'vitest'
import { inParallel, onBothDatabases } from '../context-for-tests.ts'
import { deviceById, openUnlockSecret, removeDevice } from '../devices/index.ts'
import { activateLinking } from './activate-linking.ts'
import { email, type LinkingWorld, noBelongings, openLinkingWorld, outcomes, refusal } from './linking-for-tests.ts'
import { createPhone, type OfferedCredential } from './phone-for-tests.ts'

onBothDatabases((open) => {
  let world: LinkingWorld
  beforeEach(async () => {
    world = await openLinkingWorld(await open())
  })

  test('by password, code, transcript and proof a phone becomes the device that is asked', async () => {
    const { answer, device, secret } = await world.link()
    expect(answer).toEqual({
      device,
      name: 'Annas telefon',
      state: 'active',
      authenticating: true,
      unlock_tries_left: 5,
      renewal: null,
      credential: null,
      account: { email, name: 'Anna Lind' },
    })
    const linked = await world.asked()
    expect(linked).toMatchObject({
      id: device,
      thumbprint: world.phone.thumbprint,
      state: 'active',
      platform: 'virtual',
    })
    expect(linked && openUnlockSecret(world.context, linked)).toEqual(secret)
    expect(await world.auditKinds()).toEqual([
      'account.added',
      'linking.started',
      'linking.code-right',
      'linking.keys-agreed',
      'device.linked',
    ])
  })

  describe('fingerprint or face', () => {
    const phoneUrl = 'https://app.example.com'

    const toActivate = async () => {
      const ready = await world.toActivate()
      const authenticator = createAuthenticator(phoneUrl)
      const challenge = sha256(canonicalBytes(ready.transcript))
      return { ...ready, authenticator, credential: authenticator.credential, challenge }
    }
    const linkedDetail = async () => {
      const rows = await world.context.db.read((query) =>
        query.selectFrom('audit').select('detail').where('kind', '=', 'device.linked').execute(),
      )
      return rows.map(({ detail }) => JSON.parse(detail).biometrics)
    }

    test('is kept with the device, once the authenticator has vouched for it', async () => {
      const { id, device, secret, authenticator, credential, challenge } = await toActivate()
      const registration = authenticator.register(challenge)
      const answer = await world.phone.activate(id, device, secret, { credential, registration })
      expect(answer).toMatchObject({ state: 'active', credential })
      expect((await world.asked())?.credential).toEqual({ id: credential, publicKey: authenticator.publicKey })
      expect(await linkedDetail()).toEqual([true])
      // The answer was lost: nothing is looked at again.
      expect(await world.phone.activate(id, device, secret, { credential })).toEqual(answer)
      expect(await world.phone.activate(id, device, secret, { credential, registration })).toEqual(answer)
    })

    test('may be left out, and the audit says so', async () => {
      await world.link()
      expect((await world.asked())?.credential).toBeNull()
      expect(await linkedDetail()).toEqual([false])
    })

    test('that does not verify is refused, and costs no try', async () => {
      const { id, device, secret, authenticator, credential, challenge } = await toActivate()
      const activate = (offered: OfferedCredential) => world.phone.activate(id, device, secret, offered)
      const other = createAuthenticator(phoneUrl)
      const unfit: OfferedCredential[] = [
        { credential },
        { credential: null, registration: authenticator.register(challenge) },
        { credential, registration: other.register(challenge) },
      ]
      for (const offered of unfit) await expect(activate(offered)).rejects.toEqual(refusal('invalid_request'))
      const unverified = [
        authenticator.register(sha256(challenge)),
        authenticator.register(challenge, { origin: 'https://id.example.com' }),
        authenticator.register(challenge, { flags: ['UP', 'AT'] }),
        other.register(challenge, { credential }),
      ]
      for (const registration of unverified) {
        await expect(activate({ credential, registration })).rejects.toEqual(refusal('signature_invalid'))
      }
      await expect(world.phone.activate(id, device, new Uint8Array(32))).rejects.toEqual(
        refusal('unlock_failed', { tries_left: 4 }),
      )
      expect(await activate({ credential, registration: authenticator.register(challenge) })).toMatchObject({
        credential,
      })
    })

    test('is not taken on behind a wrong proof', async () => {
      const { id, device, authenticator, credential, challenge } = await toActivate()
      const registration = authenticator.register(challenge)
      const wrong = world.phone.activate(id, device, new Uint8Array(32), { credential, registration })
      await expect(wrong).rejects.toEqual(refusal('unlock_failed', { tries_left: 4 }))
      const stored = await world.context.db.read((query) => deviceById(query, device))
      expect(stored).toMatchObject({ state: 'linking', credential: null })
    })
  })

  describe('the proof', () => {
    const wrong = new Uint8Array(32)

    test('that is wrong 5 times ends the linking, and the device with it', async () => {
      const { id, device, secret } = await world.toActivate()
      for (const tries_left of [4, 3, 2, 1, 0]) {
        await expect(world.phone.activate(id, device, wrong)).rejects.toEqual(refusal('unlock_failed', { tries_left }))
      }
      await expect(world.phone.activate(id, device, secret)).rejects.toEqual(refusal('link_expired'))
      expect(await world.context.db.read((query) => deviceById(query, device))).toBeNull()
      expect(await world.asked()).toBeNull()
    })

    test('abuse-32 of 50 wrong ones at once 5 are judged', async () => {
      const { id, device } = await world.toActivate()
      const results = await Promise.allSettled(
        Array.from({ length: 50 }, () => world.phone.activate(id, device, wrong)),
      )
      expect(outcomes(results)).toEqual({ unlock_failed: 5, link_expired: 45 })
    })

    test('abuse-18 sent again after the answer was lost gets the same answer, and the proof is not judged', async () => {
      const { id, device, answer } = await world.link()
      expect(await world.phone.activate(id, device, wrong)).toEqual(answer)
      const again = await inParallel(50, () => world.phone.activate(id, device, wrong))
      expect(new Set(again.map((one) => JSON.stringify(one))).size).toBe(1)
      expect((await world.asked())?.unlockTriesLeft).toBe(5)
    })

    test('sent again after the device was removed does not bring it back', async () => {
      const { id, device, secret } = await world.link()
      await removeDevice(
        world.context,
        { device: { id: device, account: world.anna.id }, reason: 'test' },
        noBelongings,
      )
      await expect(world.phone.activate(id, device, secret)).rejects.toEqual(refusal('device_unknown'))
      expect(await world.asked()).toBeNull()
    })

    test('that is right, many times at once, activates once', async () => {
      const { id, device, secret } = await world.toActivate()
      const answers = await inParallel(20, () => world.phone.activate(id, device, secret))
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
      expect((await world.auditKinds()).filter((kind) => kind === 'device.linked')).toHaveLength(1)
    })

    test('of two phones at once makes one of them the device', async () => {
      const [one, other] = [world.phone, await createPhone(world.context)]
      const [first, second] = [await world.toActivate(one), await world.toActivate(other)]
      const results = await Promise.allSettled([
        one.activate(first.id, first.device, first.secret),
        other.activate(second.id, second.device, second.secret),
      ])
      expect(outcomes(results)).toEqual({ taken: 1, already_linked: 1 })
      const devices = await world.context.db.read((query) => query.selectFrom('devices').selectAll().execute())
      expect(devices).toHaveLength(1)
      expect(devices).toMatchObject([{ state: 'active', authenticating: 1 }])
    })

    test('that is not as it should be is refused, and costs no try', async () => {
      const { id, device, secret } = await world.toActivate()
      const payload = { v: 1, aud: world.context.config.issuer, link: id, device, credential: null }
      const send = async (text: string, type = activationType, proof = 'A'.repeat(43)) => {
        const activation = await world.phone.sign(type, new TextEncoder().encode(text))
        return activateLinking(world.context, await world.phone.verified(id), { activation, proof })
      }
      const text = canonicalText(payload)
      await expect(send(text, activationType, `${'A'.repeat(42)}B`)).rejects.toEqual(refusal('invalid_request'))
      await expect(send(`${text} `)).rejects.toEqual(refusal('invalid_request'))
      await expect(send('{"v":1}')).rejects.toEqual(refusal('invalid_request'))
      await expect(send(text, linkType)).rejects.toEqual(refusal('signature_invalid'))
      const elsewhere = canonicalText({ ...payload, aud: 'https://other.example.com' })
      await expect(send(elsewhere)).rejects.toEqual(refusal('signature_invalid'))
      await expect(send(text)).rejects.toEqual(refusal('unlock_failed', { tries_left: 4 }))
      expect((await world.phone.activate(id, device, secret)).state).toBe('active')
    })
  })
})
