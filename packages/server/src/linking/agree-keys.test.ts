import { canonicalText, documentType, importVerifyKey, linkType, verifyJws } from '@countersign/protocol'
import { beforeEach, describe, expect, test } from 'vitest'
import { inParallel, onBothDatabases } from '../context-for-tests.ts'
import { deviceById } from '../devices/index.ts'
import { type LinkingWorld, minute, openLinkingWorld, outcomes, refusal } from './linking-for-tests.ts'
import { createPhone, payloadOf } from './phone-for-tests.ts'

onBothDatabases((open) => {
  let world: LinkingWorld
  beforeEach(async () => {
    world = await openLinkingWorld(await open())
  })

  describe('the transcript', () => {
    test('comes back in the same bytes under the document key, and as nothing else', async () => {
      const { id, transcript } = await world.toKeys()
      const answer = await world.phone.agree(id, transcript)
      const { documentKey } = world.context.keys
      const keys = new Map([[documentKey.id, await importVerifyKey(documentKey.jwk)]])
      const verified = await verifyJws(answer.transcript, { type: linkType, keys })
      expect(new TextDecoder().decode(verified?.payload)).toBe(canonicalText(transcript))
      expect(await verifyJws(answer.transcript, { type: documentType, keys })).toBeNull()
    })

    test('once it is agreed on, the server has no key any more, and the secret sealed', async () => {
      const { id, device, secret } = await world.toActivate()
      const rows = await world.context.db.read((query) =>
        query.selectFrom('linkings').selectAll().where('id', '=', id).execute(),
      )
      expect(rows).toMatchObject([{ ecdh_private: null, state: 'activate' }])
      const stored = await world.context.db.read((query) => deviceById(query, device))
      expect(stored).toMatchObject({ state: 'linking', authenticating: false })
      expect(Buffer.from(stored?.sealedUnlockSecret ?? []).includes(Buffer.from(secret))).toBe(false)
    })

    test('sent again gets the same answer; another one does not', async () => {
      const { id, transcript } = await world.toKeys()
      const answers = await inParallel(8, () => world.phone.agree(id, transcript))
      expect(new Set(answers.map((answer) => payloadOf(answer.transcript)))).toEqual(
        new Set([canonicalText(transcript)]),
      )
      expect((await world.auditKinds()).filter((kind) => kind === 'linking.keys-agreed')).toHaveLength(1)
      const other = await (await createPhone(world.context)).transcript(id, transcript)
      const ours = { ...transcript, phone_ecdh_jwk: other.phone_ecdh_jwk }
      await expect(world.phone.agree(id, ours)).rejects.toEqual(refusal('wrong_step'))
    })

    test('that is sent by two at once with two keys is agreed on once', async () => {
      const { id, transcript } = await world.toKeys()
      const other = await (await createPhone(world.context)).transcript(id, transcript)
      const ours = { ...transcript, phone_ecdh_jwk: other.phone_ecdh_jwk }
      const results = await Promise.allSettled([world.phone.agree(id, transcript), world.phone.agree(id, ours)])
      expect(outcomes(results)).toEqual({ taken: 1, wrong_step: 1 })
    })

    test.each([
      ['iss', { iss: 'https://evil.example.com' }],
      ['link', { link: `lnk_${'A'.repeat(22)}` }],
      ['device', { device: `dev_${'A'.repeat(22)}` }],
      ['account', { account: `acc_${'A'.repeat(22)}` }],
      ['app_version', { app_version: '9.9.9' }],
      ['protocol', { protocol: 2 }],
      ['one more field', { more: 1 }],
      ['a name that turns the text', { device_name: 'a\u202eb' }],
    ])('that says something else is refused, and nothing changes: %s', async (_, change) => {
      const { id, transcript } = await world.toKeys()
      await expect(world.phone.agree(id, { ...transcript, ...change })).rejects.toEqual(refusal('invalid_request'))
      expect((await world.auditKinds()).at(-1)).toBe('linking.code-right')
      expect((await world.phone.agree(id, transcript)).transcript).toBeTruthy()
    })

    test('with other keys than were agreed on, or none at all, is refused', async () => {
      const { id, transcript } = await world.toKeys()
      const stranger = await createPhone(world.context)
      const noPoint = { ...transcript.phone_ecdh_jwk, y: transcript.phone_ecdh_jwk.x }
      for (const change of [
        { sign_jwk: stranger.key },
        { server_ecdh_jwk: stranger.key },
        { phone_ecdh_jwk: noPoint },
      ]) {
        await expect(world.phone.agree(id, { ...transcript, ...change })).rejects.toEqual(refusal('invalid_request'))
      }
    })

    test('before the code was right is refused', async () => {
      const id = await world.start()
      const transcript = await world.phone.transcript(id, {
        device: (await world.toKeys(await createPhone(world.context))).device,
        account: world.anna.id,
        server_ecdh_jwk: world.phone.key,
      })
      await expect(world.phone.agree(id, transcript)).rejects.toEqual(refusal('invalid_request'))
    })

    test('is taken for 15 minutes after the code', async () => {
      const { id, transcript } = await world.toKeys()
      await world.context.clock.advance(15 * minute)
      await expect(world.phone.agree(id, transcript)).rejects.toEqual(refusal('link_expired'))
    })
  })
})
