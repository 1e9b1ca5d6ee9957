import { beforeEach, describe, expect, test } from 'vitest'
import { onBothDatabases } from '../context-for-tests.ts'
import { sweepLinkings } from './index.ts'
import { type LinkingWorld, minute, openLinkingWorld } from './linking-for-tests.ts'
import { createPhone } from './phone-for-tests.ts'

onBothDatabases((open) => {
  let world: LinkingWorld
  beforeEach(async () => {
    world = await openLinkingWorld(await open())
  })

  describe('a sweep', () => {
    test('erases the keys and the device of a linking that ran out, and leaves those under way', async () => {
      const ranOut = await world.toActivate()
      const halfway = await world.toKeys(await createPhone(world.context))
      await world.context.clock.advance(15 * minute + 1)
      const underWay = await world.toActivate(await createPhone(world.context))
      await sweepLinkings(world.context)
      const rows = await world.context.db.read((query) =>
        query.selectFrom('linkings').select(['id', 'state', 'ecdh_private']).orderBy('created_at').execute(),
      )
      expect(rows).toEqual(
        expect.arrayContaining([
          { id: ranOut.id, state: 'ended', ecdh_private: null },
          { id: halfway.id, state: 'ended', ecdh_private: null },
          { id: underWay.id, state: 'activate', ecdh_private: null },
        ]),
      )
      const devices = await world.context.db.read((query) => query.selectFrom('devices').select('id').execute())
      expect(devices).toEqual([{ id: underWay.device }])
    })

    test('forgets after a day, and never the device', async () => {
      await world.link()
      await world.context.clock.advance(25 * 60 * minute)
      await sweepLinkings(world.context)
      expect(await world.context.db.read((query) => query.selectFrom('linkings').selectAll().execute())).toEqual([])
      expect(await world.asked()).not.toBeNull()
    })
  })
})
