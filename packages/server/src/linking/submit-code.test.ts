import { beforeEach, describe, expect, test } from 'vitest'
import { inParallel, onBothDatabases } from '../context-for-tests.ts'
import { runOutbox } from '../jobs/index.ts'
import { smsHandlers } from '../sms/index.ts'
import { type LinkingWorld, minute, openLinkingWorld, otherThan, outcomes, refusal } from './linking-for-tests.ts'
import { createPhone } from './phone-for-tests.ts'

onBothDatabases((open) => {
  let world: LinkingWorld
  beforeEach(async () => {
    world = await openLinkingWorld(await open())
  })

  describe('the SMS code', () => {
    test('is nowhere in the database', async () => {
      await world.start()
      const rows = await world.context.db.read(async (query) => [
        await query.selectFrom('linkings').selectAll().execute(),
        await query.selectFrom('outbox').selectAll().execute(),
        await query.selectFrom('audit').selectAll().execute(),
      ])
      const code = await world.newestCode()
      expect(code).toMatch(/^\d{6}$/)
      const text = rows
        .flat()
        .flatMap((row) => Object.values(row))
        .map((value) => (value instanceof Uint8Array ? new TextDecoder('latin1').decode(value) : String(value)))
      expect(text.filter((value) => value.includes(code))).toEqual([])
    })

    test('abuse-28 of 100 wrong ones at once 5 are judged, then the linking is over', async () => {
      const id = await world.start()
      const code = await world.newestCode()
      const tries = inParallel(100, () => world.phone.submitCode(id, otherThan(code)).catch((error: unknown) => error))
      const refused = await tries
      const judged = refused.filter(
        (error) => error instanceof Error && 'code' in error && error.code === 'code_refused',
      )
      expect(judged).toHaveLength(5)
      expect(judged.map((error) => error instanceof Error && 'extra' in error && error.extra)).toEqual(
        expect.arrayContaining([4, 3, 2, 1, 0].map((tries_left) => ({ tries_left }))),
      )
      expect((await world.auditKinds()).filter((kind) => kind === 'linking.code-wrong')).toHaveLength(5)
      await expect(world.phone.submitCode(id, code)).rejects.toEqual(refusal('link_expired'))
      await expect(world.phone.resend(id)).rejects.toEqual(refusal('link_expired'))
    })

    test('abuse-28 five linkings give an account no more than 5 wrong codes an hour', async () => {
      const ids = [
        await world.start(),
        await world.start(),
        await world.start(),
        await world.start(),
        await world.start(),
      ]
      const code = await world.newestCode()
      const all = ids.flatMap((id) => Array.from({ length: 20 }, () => world.phone.submitCode(id, otherThan(code))))
      const counted = outcomes(await Promise.allSettled(all))
      expect(counted.code_refused).toBe(5)
      expect((counted.rate_limited ?? 0) + (counted.link_expired ?? 0)).toBe(95)
    })

    test('that is right after wrong ones is taken, and its linking may err again', async () => {
      const id = await world.start()
      const code = await world.newestCode()
      for (const tries_left of [4, 3, 2, 1]) {
        await expect(world.phone.submitCode(id, otherThan(code))).rejects.toEqual(
          refusal('code_refused', { tries_left }),
        )
      }
      expect(await world.phone.submitCode(id, code)).toMatchObject({ account: world.anna.id })
    })

    test('that is right costs the account none of its tries', async () => {
      const id = await world.start()
      const code = await world.newestCode()
      for (let count = 0; count < 4; count++) {
        await expect(world.phone.submitCode(id, otherThan(code))).rejects.toEqual(refusal('code_refused'))
      }
      await world.phone.submitCode(id, code)
      const next = await world.start()
      const wrong = otherThan(await world.newestCode())
      await expect(world.phone.submitCode(next, wrong)).rejects.toEqual(refusal('code_refused', { tries_left: 4 }))
      await expect(world.phone.submitCode(next, wrong)).rejects.toEqual(refusal('rate_limited', { retry_after: 3_600 }))
    })

    test('abuse-29 that is right, many times at once, is used once: one device, one key', async () => {
      const id = await world.start()
      const code = await world.newestCode()
      const answers = await inParallel(20, () => world.phone.submitCode(id, code))
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
      expect((await world.auditKinds()).filter((kind) => kind === 'linking.code-right')).toHaveLength(1)
      await expect(world.phone.submitCode(id, otherThan(code))).rejects.toEqual(refusal('wrong_step'))
    })

    test('is good for 5 minutes', async () => {
      const [one, other] = [await world.start(), await world.start(await createPhone(world.context))]
      await runOutbox(world.context, smsHandlers(world.inbox))
      const [otherCode, code] = world.inbox.messages().map(({ text }) => text.slice(-6))
      await world.context.clock.advance(5 * minute - 1)
      expect(await world.phone.submitCode(one, code ?? '')).toMatchObject({ account: world.anna.id })
      await world.context.clock.advance(1)
      await expect(world.phone.submitCode(other, otherCode ?? '')).rejects.toEqual(refusal('link_expired'))
    })

    test('of another linking is wrong', async () => {
      await world.start()
      const code = await world.newestCode()
      const other = await world.start()
      await expect(world.phone.submitCode(other, code)).rejects.toEqual(refusal('code_refused', { tries_left: 4 }))
    })

    test('sent again is another one, and gives no tries back', async () => {
      const id = await world.start()
      const code = await world.newestCode()
      await expect(world.phone.submitCode(id, otherThan(code))).rejects.toEqual(
        refusal('code_refused', { tries_left: 4 }),
      )
      await world.context.clock.advance(4 * minute)
      expect(await world.phone.resend(id)).toMatchObject({
        linking: id,
        expires: world.context.clock.now() + 5 * minute,
      })
      const next = await world.newestCode()
      expect(world.inbox.messages()).toHaveLength(2)
      await expect(world.phone.submitCode(id, code === next ? otherThan(code) : code)).rejects.toEqual(
        refusal('code_refused', { tries_left: 3 }),
      )
      expect(await world.phone.submitCode(id, next)).toMatchObject({ account: world.anna.id })
    })

    test('is not sent more than 5 times, and the one that is out stays good', async () => {
      const id = await world.start()
      await inParallel(4, () => world.phone.resend(id))
      await runOutbox(world.context, smsHandlers(world.inbox))
      const row = () =>
        world.context.db.read((query) => query.selectFrom('linkings').select('code_hash').executeTakeFirst())
      const before = await row()
      await expect(world.phone.resend(id)).rejects.toEqual(refusal('rate_limited', { retry_after: 3_600 }))
      expect(await row()).toEqual(before)
    })

    test('is not sent again once it was right', async () => {
      const { id } = await world.toKeys()
      await expect(world.phone.resend(id)).rejects.toEqual(refusal('wrong_step'))
    })
  })
})
