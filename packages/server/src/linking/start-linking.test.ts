import { beforeEach, describe, expect, test } from 'vitest'
import { addAccount, disableAccount } from '../accounts/index.ts'
import { onBothDatabases } from '../context-for-tests.ts'
import { removeDevice } from '../devices/index.ts'
import {
  email,
  type LinkingWorld,
  minute,
  noApprovals,
  noBelongings,
  openLinkingWorld,
  outcomes,
  password,
  refusal,
} from './linking-for-tests.ts'
import { createPhone } from './phone-for-tests.ts'

onBothDatabases((open) => {
  let world: LinkingWorld
  beforeEach(async () => {
    world = await openLinkingWorld(await open())
  })

  describe('e-mail and password', () => {
    test('that are right send one SMS, to the number on file, shown masked', async () => {
      const answer = await world.phone.start(email, password)
      expect(answer).toMatchObject({
        phone_number: '+•• •• ••• •• 05',
        expires: world.context.clock.now() + 5 * minute,
      })
      await world.newestCode()
      expect(world.inbox.messages()).toHaveLength(1)
      expect(world.inbox.messages()[0]).toMatchObject({ to: '+46701740605' })
      expect(world.inbox.messages()[0]?.text).toMatch(
        /^Code to connect a NEW PHONE to Strand\. Never tell it to anyone\.\n/,
      )
    })

    test('abuse-34 abuse-50 unknown, wrong, locked, disabled: equal refusals after one Argon2 and equal writes', async () => {
      for (const closed of ['locked@b.se', 'disabled@b.se']) {
        await addAccount(world.context, { ...world.anna, email: closed, secret: { password } })
      }
      const locked = await world.context.db.read((query) =>
        query.selectFrom('accounts').select('id').where('email', '=', 'locked@b.se').executeTakeFirstOrThrow(),
      )
      await world.context.db.write((transaction) =>
        transaction.updateTable('accounts').set({ state: 'locked' }).where('id', '=', locked.id).execute(),
      )
      await disableAccount(world.context, 'disabled@b.se', noApprovals)
      const counts = () =>
        world.context.db.read(async (query) => ({
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
        const judged = world.context.passwordsJudged()
        const refused: unknown = await world.phone.start(address, word).catch((error: unknown) => error)
        expect(world.context.passwordsJudged() - judged).toBe(1)
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
      const rows = await world.context.db.read((query) =>
        query
          .selectFrom('audit')
          .select(['kind', 'account_id', 'detail'])
          .where('kind', '=', 'linking.refused')
          .execute(),
      )
      expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(1)
    })

    test('the same request twice is made once', async () => {
      const request = world.phone.signed()
      await world.phone.start(email, password, request)
      await expect(world.phone.start(email, password, request)).rejects.toEqual(refusal('nonce_used'))
      await world.newestCode()
      expect(world.inbox.messages()).toHaveLength(1)
    })

    test('that an account has a device is said only after the right password', async () => {
      await world.link()
      const other = await createPhone(world.context)
      await expect(other.start(email, 'wrong')).rejects.toEqual(refusal('link_failed'))
      await expect(other.start(email, password)).rejects.toEqual(refusal('already_linked'))
    })

    test('a blocked device is a device too', async () => {
      const { device } = await world.link()
      await world.context.db.write((transaction) =>
        transaction.updateTable('devices').set({ state: 'blocked' }).where('id', '=', device).execute(),
      )
      await expect((await createPhone(world.context)).start(email, password)).rejects.toEqual(refusal('already_linked'))
    })

    test('a key that was a device never becomes another one', async () => {
      const { device } = await world.link()
      await removeDevice(
        world.context,
        { device: { id: device, account: world.anna.id }, reason: 'test' },
        noBelongings,
      )
      await expect(world.phone.start(email, password)).rejects.toEqual(refusal('invalid_request'))
      expect((await world.link(await createPhone(world.context))).answer.state).toBe('active')
    })

    test('send 5 SMS an hour and 10 a day at most', async () => {
      const startMany = (count: number) =>
        Promise.allSettled(Array.from({ length: count }, () => world.phone.start(email, password)))
      expect(outcomes(await startMany(8))).toEqual({ taken: 5, rate_limited: 3 })
      await world.context.clock.advance(60 * minute)
      expect(outcomes(await startMany(8))).toEqual({ taken: 5, rate_limited: 3 })
      await world.context.clock.advance(60 * minute)
      expect(outcomes(await startMany(8))).toEqual({ rate_limited: 8 })
      await world.newestCode()
      expect(await world.context.db.read((query) => query.selectFrom('linkings').selectAll().execute())).toHaveLength(
        10,
      )
    })
  })
})
