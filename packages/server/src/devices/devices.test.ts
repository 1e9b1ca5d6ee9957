import { CredentialId, DeviceId, generateSigningKey, publicJwkOf, thumbprintOf } from '@countersign/protocol'
import { beforeEach, describe, expect, test } from 'vitest'
import { type Account, addAccount } from '../accounts/index.ts'
import { inParallel, onBothDatabases, type TestContext } from '../context-for-tests.ts'
import {
  activateDevice,
  authenticatingDevice,
  deviceById,
  deviceByThumbprint,
  holdDevice,
  insertLinkingDevice,
  isKeyKnown,
  linkedDeviceOf,
  openUnlockSecret,
  removeDevice,
  restoreUnlockTries,
  sealUnlockSecret,
  spendUnlockTry,
} from './index.ts'

const secret = new Uint8Array(32).fill(9)
const credential = { id: CredentialId.parse('A'.repeat(43)), publicKey: new Uint8Array(77).fill(3) }

onBothDatabases((open) => {
  let context: TestContext
  let anna: Account
  let ended: string[]

  beforeEach(async () => {
    context = await open()
    ended = []
    anna = await addPerson('anna@strand.example')
  })

  const addPerson = async (email: string): Promise<Account> => {
    const person = { name: 'Anna Lind', phoneNumber: '+46701740605', locale: 'sv' } as const
    const added = await addAccount(context, { ...person, email, secret: { password: 'morgonbris' } })
    if (added.kind === 'refused') throw new Error(added.faults.join(' '))
    return added.account
  }
  const insert = async (account = anna) => {
    const signJwk = await publicJwkOf((await generateSigningKey({ extractable: false })).publicKey)
    const id = DeviceId.parse(context.random.id('dev'))
    await context.db.write((transaction) =>
      insertLinkingDevice(transaction, {
        id,
        account: account.id,
        thumbprint: thumbprintOf(signJwk),
        signJwk,
        name: 'Annas telefon',
        platform: 'virtual',
        appVersion: '1.2.3',
        sealedUnlockSecret: sealUnlockSecret(context, id, secret),
      }),
    )
    return { id, account: account.id, thumbprint: thumbprintOf(signJwk) }
  }
  const activate = (device: { id: DeviceId; account: Account['id'] }) =>
    context.db.write((transaction) => activateDevice(transaction, device.id, device.account, credential))
  const linked = async (account = anna) => {
    const device = await insert(account)
    expect(await activate(device)).toBe(true)
    return device
  }
  const approvals = {
    cancelLiveApprovals: async (_context: unknown, _transaction: unknown, whose: object, reason: string) => {
      ended.push(`${Object.keys(whose)}: ${reason}`)
      return 'woken'
    },
    wakeCancelled: (_: unknown, cancelled: string) => {
      ended.push(cancelled)
    },
  }
  const belongings = {
    approvals,
    forget: async () => {
      ended.push('forgotten')
    },
  }
  const read = (id: DeviceId) => context.db.read((query) => deviceById(query, id))
  const spend = (id: DeviceId) => context.db.write((transaction) => spendUnlockTry(transaction, id))

  describe('the device that is asked', () => {
    test('is the linked one, and none before it is active', async () => {
      const device = await insert()
      expect(await context.db.read((query) => authenticatingDevice(query, anna.id))).toBeNull()
      expect(await context.db.read((query) => deviceByThumbprint(query, device.thumbprint))).toBeNull()
      await activate(device)
      expect(await context.db.read((query) => authenticatingDevice(query, anna.id))).toMatchObject({ id: device.id })
      expect(await context.db.read((query) => deviceByThumbprint(query, device.thumbprint))).toMatchObject({
        id: device.id,
      })
    })

    test('is one of two that are activated one after the other', async () => {
      await linked()
      expect(await activate(await insert())).toBe(false)
    })

    test('abuse-24 is not activated for another account', async () => {
      const erik = await addPerson('erik@strand.example')
      const device = await insert()
      expect(await activate({ id: device.id, account: erik.id })).toBe(false)
    })

    test('opens its own secret and no other one', async () => {
      const [device, other] = [await linked(), await linked(await addPerson('erik@strand.example'))]
      const [stored, foreign] = [await read(device.id), await read(other.id)]
      expect(stored && openUnlockSecret(context, stored)).toEqual(secret)
      const swapped = stored && foreign && { ...stored, sealedUnlockSecret: foreign.sealedUnlockSecret }
      expect(() => swapped && openUnlockSecret(context, swapped)).toThrow()
    })
  })

  describe('tries at the passcode', () => {
    test('are 5, however many come at once; the last one blocks the device', async () => {
      const { id, thumbprint } = await linked()
      const left = await inParallel(64, () => spend(id))
      expect(left.filter((tries) => tries !== null).toSorted()).toEqual([0, 1, 2, 3, 4])
      expect(await read(id)).toMatchObject({ state: 'blocked', unlockTriesLeft: 0, authenticating: true })
      expect(await context.db.read((query) => deviceByThumbprint(query, thumbprint))).toMatchObject({
        state: 'blocked',
      })
      expect(await context.db.read((query) => linkedDeviceOf(query, anna.id))).toMatchObject({ id })
    })

    test('come back after a right one, the last one included', async () => {
      const { id } = await linked()
      for (const left of [4, 3, 2, 1]) expect(await spend(id)).toBe(left)
      await context.db.write(async (transaction) => {
        expect(await spendUnlockTry(transaction, id)).toBe(0)
        await restoreUnlockTries(transaction, id)
      })
      expect(await read(id)).toMatchObject({ state: 'active', unlockTriesLeft: 5 })
    })

    test('are not there for a device that is not active', async () => {
      const linking = await insert()
      expect(await spend(linking.id)).toBeNull()
      const { id, account } = await linked()
      await removeDevice(context, { device: { id, account }, reason: 'test' }, belongings)
      expect(await spend(id)).toBeNull()
      await context.db.write((transaction) => restoreUnlockTries(transaction, id))
      expect(await read(id)).toMatchObject({ state: 'removed' })
    })
  })

  describe('removing', () => {
    test('erases secret and credential, cancels what is pending, tells who waits, and is audited', async () => {
      const device = await linked()
      let woken = 0
      context.wakeups.subscribe(`device:${device.id}`, () => {
        woken += 1
      })
      expect(await read(device.id)).toMatchObject({ credential })
      await removeDevice(context, { device, reason: 'logged-out' }, belongings)
      expect(await read(device.id)).toMatchObject({
        state: 'removed',
        authenticating: false,
        credential: null,
        sealedUnlockSecret: new Uint8Array(),
      })
      expect(await context.db.read((query) => authenticatingDevice(query, anna.id))).toBeNull()
      expect(await context.db.read((query) => deviceByThumbprint(query, device.thumbprint))).toBeNull()
      expect(await context.db.read((query) => isKeyKnown(query, device.thumbprint))).toBe(true)
      expect(ended).toEqual(['forgotten', 'device: device-removed', 'woken'])
      expect(woken).toBe(1)
      const rows = await context.db.read((query) =>
        query
          .selectFrom('audit')
          .select(['kind', 'device_id', 'detail'])
          .where('kind', '=', 'device.removed')
          .execute(),
      )
      expect(rows).toEqual([{ kind: 'device.removed', device_id: device.id, detail: '{"reason":"logged-out"}' }])
    })

    test('many times at once is once', async () => {
      const device = await linked()
      await inParallel(16, () => removeDevice(context, { device, reason: 'test' }, belongings))
      expect(ended).toEqual(['forgotten', 'device: device-removed', 'woken'])
    })

    test('that cannot cancel what is pending removes nothing', async () => {
      const device = await linked()
      const rejecting = { ...approvals, cancelLiveApprovals: () => Promise.reject(new Error('broken')) }
      const broken = { ...belongings, approvals: rejecting }
      await expect(removeDevice(context, { device, reason: 'test' }, broken)).rejects.toThrow('broken')
      expect(await read(device.id)).toMatchObject({ state: 'active' })
    })

    test('makes room for another device', async () => {
      const device = await linked()
      await removeDevice(context, { device, reason: 'test' }, belongings)
      await linked()
    })

    test('while it is relied on, waits for that to be done', async () => {
      const device = await linked()
      const order: string[] = []
      const relied = context.db.write(async (transaction) => {
        const held = await holdDevice(transaction, device.id, 'share')
        const later = await holdDevice(transaction, device.id, 'share')
        order.push(`${held?.state} ${later?.state}`)
      })
      await Promise.all([relied, removeDevice(context, { device, reason: 'test' }, belongings)])
      expect(['active active', 'removed removed']).toContain(order[0])
    })
  })
})
