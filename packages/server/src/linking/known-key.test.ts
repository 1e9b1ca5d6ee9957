/** A key belongs to one device, of one account, for ever: whoever links it elsewhere is refused, and nothing changes. */
import { beforeEach, describe, expect, test } from 'vitest'
import { addAccount } from '../accounts/index.ts'
import { onBothDatabases, type TestContext } from '../context-for-tests.ts'
import { removeDevice } from '../devices/index.ts'
import { type LinkingWorld, noBelongings, openLinkingWorld, outcomes, password, refusal } from './linking-for-tests.ts'

const eriksEmail = 'erik@strand.example'

onBothDatabases((open) => {
  let context: TestContext
  let world: LinkingWorld
  beforeEach(async () => {
    context = await open()
    world = await openLinkingWorld(context)
    const person = { name: 'Erik Lund', phoneNumber: '+46701740606', locale: 'sv' } as const
    await addAccount(context, { ...person, email: eriksEmail, secret: { password } })
  })

  /** The same phone, with the same key, on its way into Erik's account: the code was right, no keys are agreed on. */
  async function toEriksKeys() {
    const { linking } = await world.phone.start(eriksEmail, password)
    const { expires: _, ...agreed } = await world.phone.submitCode(linking, await world.newestCode())
    return { id: linking, ...agreed, transcript: await world.phone.transcript(linking, agreed) }
  }

  const everything = () =>
    context.db.read(async (query) => ({
      devices: await query.selectFrom('devices').selectAll().orderBy('id').execute(),
      linkings: await query.selectFrom('linkings').selectAll().orderBy('id').execute(),
      audit: await query.selectFrom('audit').selectAll().orderBy('seq').execute(),
    }))

  describe('abuse-24 the key of a phone that is linked', () => {
    test('begins no linking to another account', async () => {
      await world.link()
      await expect(world.phone.start(eriksEmail, password)).rejects.toEqual(refusal('invalid_request'))
    })

    test('agrees on no secret for another account, where that linking was begun before', async () => {
      const eriks = await toEriksKeys()
      const annas = await world.link()
      const before = await everything()
      await expect(world.phone.agree(eriks.id, eriks.transcript)).rejects.toEqual(refusal('invalid_request'))
      expect(await everything()).toEqual(before)
      expect(await world.asked()).toMatchObject({ id: annas.device, account: world.anna.id, state: 'active' })
    })

    test('does not come back with another account once it was removed', async () => {
      const eriks = await toEriksKeys()
      const { device } = await world.link()
      await removeDevice(context, { device: { id: device, account: world.anna.id }, reason: 'test' }, noBelongings)
      await expect(world.phone.agree(eriks.id, eriks.transcript)).rejects.toEqual(refusal('invalid_request'))
      await expect(world.phone.start(eriksEmail, password)).rejects.toEqual(refusal('invalid_request'))
    })

    test('that is agreed on for two accounts at once is the device of one of them at most', async () => {
      for (let run = 0; run < 5; run++) {
        const eriks = await toEriksKeys()
        const annas = await world.toKeys()
        const agreed = await Promise.allSettled([
          world.phone.agree(annas.id, annas.transcript),
          world.phone.agree(eriks.id, eriks.transcript),
        ])
        // The later one takes the place of the earlier, or is refused: never is it a fault of ours.
        const { taken = 0, invalid_request: refused = 0 } = outcomes(agreed)
        expect({ run, all: taken + refused, one: taken >= 1 }).toEqual({ run, all: 2, one: true })
        const { devices } = await everything()
        expect(devices.filter(({ state }) => state === 'linking')).toHaveLength(1)
      }
    })

    test('that is activated for one account while it is agreed on for another is the device of one', async () => {
      const eriks = await toEriksKeys()
      const annas = await world.toActivate()
      const results = await Promise.allSettled([
        world.phone.activate(annas.id, annas.device, annas.secret),
        world.phone.agree(eriks.id, eriks.transcript),
      ])
      const known = ['taken', 'invalid_request', 'already_linked', 'wrong_step']
      expect(Object.keys(outcomes(results)).filter((name) => !known.includes(name))).toEqual([])
      expect((await everything()).devices).toHaveLength(1)
    })
  })
})
