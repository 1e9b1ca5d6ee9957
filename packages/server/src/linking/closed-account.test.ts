import { beforeEach, describe, expect, test } from 'vitest'
import { accountById, disableAccount, lockAccount } from '../accounts/index.ts'
import { onBothDatabases } from '../context-for-tests.ts'
import { email, type LinkingWorld, noApprovals, openLinkingWorld, password, refusal } from './linking-for-tests.ts'
import { createPhone } from './phone-for-tests.ts'

onBothDatabases((open) => {
  let world: LinkingWorld
  beforeEach(async () => {
    world = await openLinkingWorld(await open())
  })

  describe('abuse-22 an account that is locked or disabled', () => {
    const close = {
      locked: () => lockAccount(world.context, world.anna.id, noApprovals),
      disabled: () => disableAccount(world.context, email, noApprovals),
    }
    const reopen = () =>
      world.context.db.write((transaction) => transaction.updateTable('accounts').set({ state: 'active' }).execute())

    describe.each(['locked', 'disabled'] as const)('%s', (state) => {
      test('while its password is judged, gets no SMS', async () => {
        const verify = async (hash: string | null, given: string) => {
          const right = await world.context.passwords.verify(hash, given)
          await close[state]()
          return right
        }
        const slow = await createPhone({ ...world.context, passwords: { ...world.context.passwords, verify } })
        await expect(slow.start(email, password)).rejects.toEqual(refusal('link_failed'))
        await world.newestCode()
        expect(world.inbox.messages()).toEqual([])
      })

      test('before the code, its linking ends', async () => {
        const id = await world.start()
        const code = await world.newestCode()
        await close[state]()
        await expect(world.phone.submitCode(id, code)).rejects.toEqual(refusal('link_failed'))
        await reopen()
        await expect(world.phone.submitCode(id, code)).rejects.toEqual(refusal('link_expired'))
      })

      test('before another SMS, none is sent', async () => {
        const id = await world.start()
        await world.newestCode()
        await close[state]()
        await expect(world.phone.resend(id)).rejects.toEqual(refusal('link_failed'))
        await world.newestCode()
        expect(world.inbox.messages()).toHaveLength(1)
      })

      test('before the keys, there is no device', async () => {
        const { id, transcript } = await world.toKeys()
        await close[state]()
        await expect(world.phone.agree(id, transcript)).rejects.toEqual(refusal('link_failed'))
        expect(await world.context.db.read((query) => query.selectFrom('devices').selectAll().execute())).toEqual([])
      })

      test('before the proof, the device is gone', async () => {
        const { id, device, secret } = await world.toActivate()
        await close[state]()
        await expect(world.phone.activate(id, device, secret)).rejects.toEqual(refusal('link_failed'))
        await reopen()
        await expect(world.phone.activate(id, device, secret)).rejects.toMatchObject({ code: 'link_expired' })
        expect(await world.asked()).toBeNull()
      })

      test('while it is activated: either there is a device on an account that was active, or there is none', async () => {
        const { id, device, secret } = await world.toActivate()
        const [activated] = await Promise.allSettled([world.phone.activate(id, device, secret), close[state]()])
        const account = await world.context.db.read((query) => accountById(query, world.anna.id))
        expect(account?.state).toBe(state)
        expect((await world.asked()) !== null).toBe(activated.status === 'fulfilled')
      })
    })
  })
})
