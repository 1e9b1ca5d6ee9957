import {
  activationType,
  canonicalText,
  documentType,
  importVerifyKey,
  linkType,
  verifyJws,
} from '@countersign/protocol'
import { beforeEach, describe, expect, test } from 'vitest'
import { type Account, accountById, addAccount, disableAccount, lockAccount } from '../accounts/index.ts'
import { inParallel, onBothDatabases, type TestContext } from '../context-for-tests.ts'
import { authenticatingDevice, deviceById, openUnlockSecret, removeDevice } from '../devices/index.ts'
import { runOutbox } from '../jobs/index.ts'
import { createDemoInbox, type DemoInbox, smsHandlers } from '../sms/index.ts'
import { activateLinking } from './activate-linking.ts'
import { sweepLinkings } from './index.ts'
import { createPhone, type Phone, payloadOf } from './phone-for-tests.ts'

const password = 'morgonbris-vid-havet'
const email = 'anna@strand.example'
const minute = 60_000

const noApprovals = { cancelLiveApprovals: async () => [], wakeCancelled: () => {} }

const codes = (results: readonly PromiseSettledResult<unknown>[]): Record<string, number> => {
  const counted: Record<string, number> = {}
  for (const result of results) {
    const name = result.status === 'fulfilled' ? 'taken' : String(result.reason.code ?? result.reason)
    counted[name] = (counted[name] ?? 0) + 1
  }
  return counted
}

onBothDatabases((open) => {
  let context: TestContext
  let inbox: DemoInbox
  let anna: Account
  let phone: Phone

  beforeEach(async () => {
    context = await open()
    inbox = createDemoInbox(context)
    const added = await addAccount(context, {
      email,
      name: 'Anna Lind',
      phoneNumber: '+46701740605',
      locale: 'sv',
      secret: { password },
    })
    if (added.kind === 'refused') throw new Error(added.faults.join(' '))
    anna = added.account
    phone = await createPhone(context)
  })

  const newestCode = async (): Promise<string> => {
    await runOutbox(context, smsHandlers(inbox))
    return /#(\d{6})$/.exec(inbox.messages()[0]?.text ?? '')?.[1] ?? ''
  }
  const otherThan = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

  const start = async (by = phone) => (await by.start(email, password)).linking
  const toKeys = async (by = phone) => {
    const id = await start(by)
    const { expires: _, ...agreed } = await by.submitCode(id, await newestCode())
    return { id, ...agreed, transcript: await by.transcript(id, agreed) }
  }
  const toActivate = async (by = phone) => {
    const begun = await toKeys(by)
    await by.agree(begun.id, begun.transcript)
    return { ...begun, secret: await by.secret(begun.transcript) }
  }
  const link = async (by = phone) => {
    const ready = await toActivate(by)
    return { ...ready, answer: await by.activate(ready.id, ready.device, ready.secret) }
  }
  const asked = () => context.db.read((query) => authenticatingDevice(query, anna.id))
  const auditKinds = async () =>
    (await context.db.read((query) => query.selectFrom('audit').select('kind').orderBy('seq').execute())).map(
      ({ kind }) => kind,
    )
  const refusal = (code: string, extra: object = {}) =>
    expect.objectContaining({ code, extra: expect.objectContaining(extra) })

  test('by password, code, transcript and proof a phone becomes the device that is asked', async () => {
    const { answer, device, secret } = await link()
    expect(answer).toEqual({
      device,
      name: 'Annas telefon',
      state: 'active',
      authenticating: true,
      unlock_tries_left: 5,
      account: { email, name: 'Anna Lind' },
    })
    const linked = await asked()
    expect(linked).toMatchObject({ id: device, thumbprint: phone.thumbprint, state: 'active', platform: 'virtual' })
    expect(linked && openUnlockSecret(context, linked)).toEqual(secret)
    expect(await auditKinds()).toEqual([
      'account.added',
      'linking.started',
      'linking.code-right',
      'linking.keys-agreed',
      'device.linked',
    ])
  })

  describe('e-mail and password', () => {
    test('that are right send one SMS, to the number on file, shown masked', async () => {
      const answer = await phone.start(email, password)
      expect(answer).toMatchObject({ phone_number: '+•• •• ••• •• 05', expires: context.clock.now() + 5 * minute })
      await newestCode()
      expect(inbox.messages()).toHaveLength(1)
      expect(inbox.messages()[0]).toMatchObject({ to: '+46701740605' })
      expect(inbox.messages()[0]?.text).toMatch(/^Code to connect a NEW PHONE to Strand\. Never tell it to anyone\.\n/)
    })

    test('abuse-34 abuse-50 unknown, wrong, locked, disabled: equal refusals after one Argon2 and equal writes', async () => {
      for (const closed of ['locked@b.se', 'disabled@b.se']) {
        await addAccount(context, { ...anna, email: closed, secret: { password } })
      }
      const locked = await context.db.read((query) =>
        query.selectFrom('accounts').select('id').where('email', '=', 'locked@b.se').executeTakeFirstOrThrow(),
      )
      await context.db.write((transaction) =>
        transaction.updateTable('accounts').set({ state: 'locked' }).where('id', '=', locked.id).execute(),
      )
      await disableAccount(context, 'disabled@b.se', noApprovals)
      const counts = () =>
        context.db.read(async (query) => ({
          audit: (await query.selectFrom('audit').select(['kind', 'account_id', 'detail']).execute()).length,
          nonces: (await query.selectFrom('nonces').selectAll().execute()).length,
          limits: (await query.selectFrom('limits').selectAll().execute()).length,
          linkings: (await query.selectFrom('linkings').selectAll().execute()).length,
          outbox: (await query.selectFrom('outbox').selectAll().execute()).length,
        }))

      const refusals: unknown[] = []
      for (const [address, word] of [
        ['nobody@b.se', password],
        [email, 'wrong'],
        ['locked@b.se', password],
        ['disabled@b.se', password],
      ] as const) {
        const before = await counts()
        const judged = context.passwordsJudged()
        const refused: unknown = await phone.start(address, word).catch((error: unknown) => error)
        expect(context.passwordsJudged() - judged).toBe(1)
        expect(await counts()).toEqual({
          audit: before.audit + 1,
          nonces: before.nonces + 1,
          limits: before.limits + 1,
          linkings: before.linkings,
          outbox: before.outbox,
        })
        refusals.push(refused)
      }
      expect(refusals[0]).toMatchObject({ code: 'link_failed', extra: {} })
      for (const refused of refusals) {
        expect(JSON.stringify(refused)).toBe(JSON.stringify(refusals[0]))
        expect(String(refused)).toBe(String(refusals[0]))
      }
      const rows = await context.db.read((query) =>
        query
          .selectFrom('audit')
          .select(['kind', 'account_id', 'detail'])
          .where('kind', '=', 'linking.refused')
          .execute(),
      )
      expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(1)
    })

    test('the same request twice is made once', async () => {
      const request = phone.signed()
      await phone.start(email, password, request)
      await expect(phone.start(email, password, request)).rejects.toEqual(refusal('nonce_used'))
      await newestCode()
      expect(inbox.messages()).toHaveLength(1)
    })

    test('that an account has a device is said only after the right password', async () => {
      await link()
      const other = await createPhone(context)
      await expect(other.start(email, 'wrong')).rejects.toEqual(refusal('link_failed'))
      await expect(other.start(email, password)).rejects.toEqual(refusal('already_linked'))
    })

    test('a blocked device is a device too', async () => {
      const { device } = await link()
      await context.db.write((transaction) =>
        transaction.updateTable('devices').set({ state: 'blocked' }).where('id', '=', device).execute(),
      )
      await expect((await createPhone(context)).start(email, password)).rejects.toEqual(refusal('already_linked'))
    })

    test('a key that was a device never becomes another one', async () => {
      const { device } = await link()
      await removeDevice(context, { device: { id: device, account: anna.id }, reason: 'test' }, noApprovals)
      await expect(phone.start(email, password)).rejects.toEqual(refusal('invalid_request'))
      expect((await link(await createPhone(context))).answer.state).toBe('active')
    })

    test('send 5 SMS an hour and 10 a day at most', async () => {
      const startMany = (count: number) =>
        Promise.allSettled(Array.from({ length: count }, () => phone.start(email, password)))
      expect(codes(await startMany(8))).toEqual({ taken: 5, rate_limited: 3 })
      await context.clock.advance(60 * minute)
      expect(codes(await startMany(8))).toEqual({ taken: 5, rate_limited: 3 })
      await context.clock.advance(60 * minute)
      expect(codes(await startMany(8))).toEqual({ rate_limited: 8 })
      await newestCode()
      expect(await context.db.read((query) => query.selectFrom('linkings').selectAll().execute())).toHaveLength(10)
    })
  })

  describe('the SMS code', () => {
    test('is nowhere in the database', async () => {
      await start()
      const rows = await context.db.read(async (query) => [
        await query.selectFrom('linkings').selectAll().execute(),
        await query.selectFrom('outbox').selectAll().execute(),
        await query.selectFrom('audit').selectAll().execute(),
      ])
      const code = await newestCode()
      expect(code).toMatch(/^\d{6}$/)
      const text = rows
        .flat()
        .flatMap((row) => Object.values(row))
        .map((value) => (value instanceof Uint8Array ? new TextDecoder('latin1').decode(value) : String(value)))
      expect(text.filter((value) => value.includes(code))).toEqual([])
    })

    test('abuse-28 of 100 wrong ones at once 5 are judged, then the linking is over', async () => {
      const id = await start()
      const code = await newestCode()
      const tries = inParallel(100, () => phone.submitCode(id, otherThan(code)).catch((error: unknown) => error))
      const refused = await tries
      const judged = refused.filter(
        (error) => error instanceof Error && 'code' in error && error.code === 'code_refused',
      )
      expect(judged).toHaveLength(5)
      expect(judged.map((error) => error instanceof Error && 'extra' in error && error.extra)).toEqual(
        expect.arrayContaining([4, 3, 2, 1, 0].map((tries_left) => ({ tries_left }))),
      )
      expect((await auditKinds()).filter((kind) => kind === 'linking.code-wrong')).toHaveLength(5)
      await expect(phone.submitCode(id, code)).rejects.toEqual(refusal('link_expired'))
      await expect(phone.resend(id)).rejects.toEqual(refusal('link_expired'))
    })

    test('abuse-28 five linkings give an account no more than 5 wrong codes an hour', async () => {
      const ids = [await start(), await start(), await start(), await start(), await start()]
      const code = await newestCode()
      const all = ids.flatMap((id) => Array.from({ length: 20 }, () => phone.submitCode(id, otherThan(code))))
      const counted = codes(await Promise.allSettled(all))
      expect(counted.code_refused).toBe(5)
      expect((counted.rate_limited ?? 0) + (counted.link_expired ?? 0)).toBe(95)
    })

    test('that is right after wrong ones is taken, and its linking may err again', async () => {
      const id = await start()
      const code = await newestCode()
      for (const tries_left of [4, 3, 2, 1]) {
        await expect(phone.submitCode(id, otherThan(code))).rejects.toEqual(refusal('code_refused', { tries_left }))
      }
      expect(await phone.submitCode(id, code)).toMatchObject({ account: anna.id })
    })

    test('that is right costs the account none of its tries', async () => {
      const id = await start()
      const code = await newestCode()
      for (let count = 0; count < 4; count++) {
        await expect(phone.submitCode(id, otherThan(code))).rejects.toEqual(refusal('code_refused'))
      }
      await phone.submitCode(id, code)
      const next = await start()
      const wrong = otherThan(await newestCode())
      await expect(phone.submitCode(next, wrong)).rejects.toEqual(refusal('code_refused', { tries_left: 4 }))
      await expect(phone.submitCode(next, wrong)).rejects.toEqual(refusal('rate_limited', { retry_after: 3_600 }))
    })

    test('abuse-29 that is right, many times at once, is used once: one device, one key', async () => {
      const id = await start()
      const code = await newestCode()
      const answers = await inParallel(20, () => phone.submitCode(id, code))
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
      expect((await auditKinds()).filter((kind) => kind === 'linking.code-right')).toHaveLength(1)
      await expect(phone.submitCode(id, otherThan(code))).rejects.toEqual(refusal('wrong_step'))
    })

    test('is good for 5 minutes', async () => {
      const [one, other] = [await start(), await start(await createPhone(context))]
      await runOutbox(context, smsHandlers(inbox))
      const [otherCode, code] = inbox.messages().map(({ text }) => text.slice(-6))
      await context.clock.advance(5 * minute - 1)
      expect(await phone.submitCode(one, code ?? '')).toMatchObject({ account: anna.id })
      await context.clock.advance(1)
      await expect(phone.submitCode(other, otherCode ?? '')).rejects.toEqual(refusal('link_expired'))
    })

    test('of another linking is wrong', async () => {
      await start()
      const code = await newestCode()
      const other = await start()
      await expect(phone.submitCode(other, code)).rejects.toEqual(refusal('code_refused', { tries_left: 4 }))
    })

    test('sent again is another one, and gives no tries back', async () => {
      const id = await start()
      const code = await newestCode()
      await expect(phone.submitCode(id, otherThan(code))).rejects.toEqual(refusal('code_refused', { tries_left: 4 }))
      await context.clock.advance(4 * minute)
      expect(await phone.resend(id)).toMatchObject({ linking: id, expires: context.clock.now() + 5 * minute })
      const next = await newestCode()
      expect(inbox.messages()).toHaveLength(2)
      await expect(phone.submitCode(id, code === next ? otherThan(code) : code)).rejects.toEqual(
        refusal('code_refused', { tries_left: 3 }),
      )
      expect(await phone.submitCode(id, next)).toMatchObject({ account: anna.id })
    })

    test('is not sent more than 5 times, and the one that is out stays good', async () => {
      const id = await start()
      await inParallel(4, () => phone.resend(id))
      await runOutbox(context, smsHandlers(inbox))
      const row = () => context.db.read((query) => query.selectFrom('linkings').select('code_hash').executeTakeFirst())
      const before = await row()
      await expect(phone.resend(id)).rejects.toEqual(refusal('rate_limited', { retry_after: 3_600 }))
      expect(await row()).toEqual(before)
    })

    test('is not sent again once it was right', async () => {
      const { id } = await toKeys()
      await expect(phone.resend(id)).rejects.toEqual(refusal('wrong_step'))
    })
  })

  describe('the transcript', () => {
    test('comes back in the same bytes under the document key, and as nothing else', async () => {
      const { id, transcript } = await toKeys()
      const answer = await phone.agree(id, transcript)
      const { documentKey } = context.keys
      const keys = new Map([[documentKey.id, await importVerifyKey(documentKey.jwk)]])
      const verified = await verifyJws(answer.transcript, { type: linkType, keys })
      expect(new TextDecoder().decode(verified?.payload)).toBe(canonicalText(transcript))
      expect(await verifyJws(answer.transcript, { type: documentType, keys })).toBeNull()
    })

    test('once it is agreed on, the server has no key any more, and the secret sealed', async () => {
      const { id, device, secret } = await toActivate()
      const rows = await context.db.read((query) =>
        query.selectFrom('linkings').selectAll().where('id', '=', id).execute(),
      )
      expect(rows).toMatchObject([{ ecdh_private: null, state: 'activate' }])
      const stored = await context.db.read((query) => deviceById(query, device))
      expect(stored).toMatchObject({ state: 'linking', authenticating: false })
      expect(Buffer.from(stored?.sealedUnlockSecret ?? []).includes(Buffer.from(secret))).toBe(false)
    })

    test('sent again gets the same answer; another one does not', async () => {
      const { id, transcript } = await toKeys()
      const answers = await inParallel(8, () => phone.agree(id, transcript))
      expect(new Set(answers.map((answer) => payloadOf(answer.transcript)))).toEqual(
        new Set([canonicalText(transcript)]),
      )
      expect((await auditKinds()).filter((kind) => kind === 'linking.keys-agreed')).toHaveLength(1)
      const other = await (await createPhone(context)).transcript(id, transcript)
      const ours = { ...transcript, phone_ecdh_jwk: other.phone_ecdh_jwk }
      await expect(phone.agree(id, ours)).rejects.toEqual(refusal('wrong_step'))
    })

    test('that is sent by two at once with two keys is agreed on once', async () => {
      const { id, transcript } = await toKeys()
      const other = await (await createPhone(context)).transcript(id, transcript)
      const ours = { ...transcript, phone_ecdh_jwk: other.phone_ecdh_jwk }
      const results = await Promise.allSettled([phone.agree(id, transcript), phone.agree(id, ours)])
      expect(codes(results)).toEqual({ taken: 1, wrong_step: 1 })
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
      const { id, transcript } = await toKeys()
      await expect(phone.agree(id, { ...transcript, ...change })).rejects.toEqual(refusal('invalid_request'))
      expect((await auditKinds()).at(-1)).toBe('linking.code-right')
      expect((await phone.agree(id, transcript)).transcript).toBeTruthy()
    })

    test('with other keys than were agreed on, or none at all, is refused', async () => {
      const { id, transcript } = await toKeys()
      const stranger = await createPhone(context)
      const noPoint = { ...transcript.phone_ecdh_jwk, y: transcript.phone_ecdh_jwk.x }
      for (const change of [
        { sign_jwk: stranger.key },
        { server_ecdh_jwk: stranger.key },
        { phone_ecdh_jwk: noPoint },
      ]) {
        await expect(phone.agree(id, { ...transcript, ...change })).rejects.toEqual(refusal('invalid_request'))
      }
    })

    test('before the code was right is refused', async () => {
      const id = await start()
      const transcript = await phone.transcript(id, {
        device: (await toKeys(await createPhone(context))).device,
        account: anna.id,
        server_ecdh_jwk: phone.key,
      })
      await expect(phone.agree(id, transcript)).rejects.toEqual(refusal('invalid_request'))
    })

    test('is taken for 15 minutes after the code', async () => {
      const { id, transcript } = await toKeys()
      await context.clock.advance(15 * minute)
      await expect(phone.agree(id, transcript)).rejects.toEqual(refusal('link_expired'))
    })
  })

  describe('the proof', () => {
    const wrong = new Uint8Array(32)

    test('that is wrong 5 times ends the linking, and the device with it', async () => {
      const { id, device, secret } = await toActivate()
      for (const tries_left of [4, 3, 2, 1, 0]) {
        await expect(phone.activate(id, device, wrong)).rejects.toEqual(refusal('unlock_failed', { tries_left }))
      }
      await expect(phone.activate(id, device, secret)).rejects.toEqual(refusal('link_expired'))
      expect(await context.db.read((query) => deviceById(query, device))).toBeNull()
      expect(await asked()).toBeNull()
    })

    test('abuse-32 of 50 wrong ones at once 5 are judged', async () => {
      const { id, device } = await toActivate()
      const results = await Promise.allSettled(Array.from({ length: 50 }, () => phone.activate(id, device, wrong)))
      expect(codes(results)).toEqual({ unlock_failed: 5, link_expired: 45 })
    })

    test('abuse-18 sent again after the answer was lost gets the same answer, and the proof is not judged', async () => {
      const { id, device, answer } = await link()
      expect(await phone.activate(id, device, wrong)).toEqual(answer)
      const again = await inParallel(50, () => phone.activate(id, device, wrong))
      expect(new Set(again.map((one) => JSON.stringify(one))).size).toBe(1)
      expect((await asked())?.unlockTriesLeft).toBe(5)
    })

    test('sent again after the device was removed does not bring it back', async () => {
      const { id, device, secret } = await link()
      await removeDevice(context, { device: { id: device, account: anna.id }, reason: 'test' }, noApprovals)
      await expect(phone.activate(id, device, secret)).rejects.toEqual(refusal('device_unknown'))
      expect(await asked()).toBeNull()
    })

    test('that is right, many times at once, activates once', async () => {
      const { id, device, secret } = await toActivate()
      const answers = await inParallel(20, () => phone.activate(id, device, secret))
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
      expect((await auditKinds()).filter((kind) => kind === 'device.linked')).toHaveLength(1)
    })

    test('of two phones at once makes one of them the device', async () => {
      const [one, other] = [phone, await createPhone(context)]
      const [first, second] = [await toActivate(one), await toActivate(other)]
      const results = await Promise.allSettled([
        one.activate(first.id, first.device, first.secret),
        other.activate(second.id, second.device, second.secret),
      ])
      expect(codes(results)).toEqual({ taken: 1, already_linked: 1 })
      const devices = await context.db.read((query) => query.selectFrom('devices').selectAll().execute())
      expect(devices).toHaveLength(1)
      expect(devices).toMatchObject([{ state: 'active', authenticating: 1 }])
    })

    test('that is not as it should be is refused, and costs no try', async () => {
      const { id, device, secret } = await toActivate()
      const payload = { v: 1, aud: context.config.issuer, link: id, device }
      const send = async (text: string, type = activationType, proof = 'A'.repeat(43)) => {
        const activation = await phone.sign(type, new TextEncoder().encode(text))
        return activateLinking(context, await phone.verified(id), { activation, proof })
      }
      const text = canonicalText(payload)
      await expect(send(text, activationType, `${'A'.repeat(42)}B`)).rejects.toEqual(refusal('invalid_request'))
      await expect(send(`${text} `)).rejects.toEqual(refusal('invalid_request'))
      await expect(send('{"v":1}')).rejects.toEqual(refusal('invalid_request'))
      await expect(send(text, linkType)).rejects.toEqual(refusal('signature_invalid'))
      const elsewhere = canonicalText({ ...payload, aud: 'https://other.example.com' })
      await expect(send(elsewhere)).rejects.toEqual(refusal('signature_invalid'))
      await expect(send(text)).rejects.toEqual(refusal('unlock_failed', { tries_left: 4 }))
      expect((await phone.activate(id, device, secret)).state).toBe('active')
    })
  })

  describe('abuse-22 an account that is locked or disabled', () => {
    const close = {
      locked: () => lockAccount(context, anna.id, noApprovals),
      disabled: () => disableAccount(context, email, noApprovals),
    }
    const reopen = () =>
      context.db.write((transaction) => transaction.updateTable('accounts').set({ state: 'active' }).execute())

    describe.each(['locked', 'disabled'] as const)('%s', (state) => {
      test('while its password is judged, gets no SMS', async () => {
        const verify = async (hash: string | null, given: string) => {
          const right = await context.passwords.verify(hash, given)
          await close[state]()
          return right
        }
        const slow = await createPhone({ ...context, passwords: { ...context.passwords, verify } })
        await expect(slow.start(email, password)).rejects.toEqual(refusal('link_failed'))
        await newestCode()
        expect(inbox.messages()).toEqual([])
      })

      test('before the code, its linking ends', async () => {
        const id = await start()
        const code = await newestCode()
        await close[state]()
        await expect(phone.submitCode(id, code)).rejects.toEqual(refusal('link_failed'))
        await reopen()
        await expect(phone.submitCode(id, code)).rejects.toEqual(refusal('link_expired'))
      })

      test('before another SMS, none is sent', async () => {
        const id = await start()
        await newestCode()
        await close[state]()
        await expect(phone.resend(id)).rejects.toEqual(refusal('link_failed'))
        await newestCode()
        expect(inbox.messages()).toHaveLength(1)
      })

      test('before the keys, there is no device', async () => {
        const { id, transcript } = await toKeys()
        await close[state]()
        await expect(phone.agree(id, transcript)).rejects.toEqual(refusal('link_failed'))
        expect(await context.db.read((query) => query.selectFrom('devices').selectAll().execute())).toEqual([])
      })

      test('before the proof, the device is gone', async () => {
        const { id, device, secret } = await toActivate()
        await close[state]()
        await expect(phone.activate(id, device, secret)).rejects.toEqual(refusal('link_failed'))
        await reopen()
        await expect(phone.activate(id, device, secret)).rejects.toMatchObject({ code: 'link_expired' })
        expect(await asked()).toBeNull()
      })

      test('while it is activated: either there is a device on an account that was active, or there is none', async () => {
        const { id, device, secret } = await toActivate()
        const [activated] = await Promise.allSettled([phone.activate(id, device, secret), close[state]()])
        const account = await context.db.read((query) => accountById(query, anna.id))
        expect(account?.state).toBe(state)
        expect((await asked()) !== null).toBe(activated.status === 'fulfilled')
      })
    })
  })

  describe('a sweep', () => {
    test('erases the keys and the device of a linking that ran out, and leaves those under way', async () => {
      const ranOut = await toActivate()
      const halfway = await toKeys(await createPhone(context))
      await context.clock.advance(15 * minute + 1)
      const underWay = await toActivate(await createPhone(context))
      await sweepLinkings(context)
      const rows = await context.db.read((query) =>
        query.selectFrom('linkings').select(['id', 'state', 'ecdh_private']).orderBy('created_at').execute(),
      )
      expect(rows).toEqual(
        expect.arrayContaining([
          { id: ranOut.id, state: 'ended', ecdh_private: null },
          { id: halfway.id, state: 'ended', ecdh_private: null },
          { id: underWay.id, state: 'activate', ecdh_private: null },
        ]),
      )
      const devices = await context.db.read((query) => query.selectFrom('devices').select('id').execute())
      expect(devices).toEqual([{ id: underWay.device }])
    })

    test('forgets after a day, and never the device', async () => {
      await link()
      await context.clock.advance(25 * 60 * minute)
      await sweepLinkings(context)
      expect(await context.db.read((query) => query.selectFrom('linkings').selectAll().execute())).toEqual([])
      expect(await asked()).not.toBeNull()
    })
  })
})
