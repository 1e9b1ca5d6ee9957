import { AccountId } from '@countersign/protocol'
import { beforeEach, describe, expect, test } from 'vitest'
import { inParallel, onBothDatabases, type TestContext } from '../context-for-tests.ts'
import {
  accountById,
  addAccount,
  disableAccount,
  findAccount,
  importAccounts,
  lockAccount,
  verifyPassword,
} from './index.ts'

const anna = {
  email: 'Anna@Strand.Example',
  name: 'Anna Lind',
  phoneNumber: '+46 70 174 06 05',
  locale: 'sv',
  secret: { password: 'morgonbris-vid-havet' },
} as const

onBothDatabases((open) => {
  let context: TestContext
  let ended: string[]
  beforeEach(async () => {
    context = await open()
    ended = []
  })

  const approvals = {
    cancelLiveApprovals: async (_context: unknown, _transaction: unknown, whose: object, reason: string) => {
      ended.push(`${Object.keys(whose)}: ${reason}`)
      return 'what was cancelled'
    },
    wakeCancelled: (_: unknown, cancelled: string) => {
      ended.push(cancelled)
    },
  }

  const addAnna = async () => {
    const added = await addAccount(context, anna)
    if (added.kind === 'refused') throw new Error(added.faults.join(' '))
    return added.account
  }
  const kinds = async () =>
    (await context.db.read((query) => query.selectFrom('audit').select('kind').orderBy('seq').execute())).map(
      ({ kind }) => kind,
    )

  describe('adding', () => {
    test('an account makes it active, findable however its address is spelled, and audited', async () => {
      const account = await addAnna()
      expect(account).toMatchObject({ phoneNumber: '+46701740605', state: 'active', email: 'Anna@Strand.Example' })
      expect(await context.db.read((query) => findAccount(query, ' aNNa@strand.example'))).toEqual(account)
      expect(await context.db.read((query) => accountById(query, account.id))).toEqual(account)
      expect(await kinds()).toEqual(['account.added'])
    })

    test('the same address twice at once adds one account', async () => {
      const added = await inParallel(8, () => addAccount(context, anna))
      expect(added.filter(({ kind }) => kind === 'added')).toHaveLength(1)
      expect(added.find(({ kind }) => kind === 'refused')).toEqual({
        kind: 'refused',
        faults: ['There is already an account with this e-mail address.'],
      })
    })

    test('names every fault and adds nothing', async () => {
      const input = { ...anna, email: 'anna', name: ' ', phoneNumber: '070', secret: { passwordHash: 'md5' } }
      const added = await addAccount(context, input)
      expect(added).toMatchObject({ kind: 'refused' })
      expect(added.kind === 'refused' && added.faults).toHaveLength(4)
      expect(await kinds()).toEqual([])
    })

    test('refuses a number in a country that no SMS goes to', async () => {
      const added = await addAccount(context, { ...anna, phoneNumber: '+1 202 555 0123' })
      expect(added.kind).toBe('refused')
    })

    test('takes a hash that was made elsewhere', async () => {
      const passwordHash = await context.passwords.hash('elsewhere-it-was')
      await addAccount(context, { ...anna, secret: { passwordHash } })
      expect(await verifyPassword(context, anna.email, 'elsewhere-it-was')).not.toBeNull()
    })
  })

  describe('importing', () => {
    const header = 'email,name,phone,locale,password\n'

    test('adds all of a file', async () => {
      const text = `${header}a@b.se,Anna,+46701740605,sv,morgonbris\nb@b.se,Erik,+46701740606,en,lugn-vik-i\n`
      expect(await importAccounts(context, text)).toEqual({ kind: 'imported', count: 2 })
      expect(await verifyPassword(context, 'b@b.se', 'lugn-vik-i')).toMatchObject({ name: 'Erik' })
    })

    test('names every fault with its line and adds nothing', async () => {
      const text = `${header}a@b.se,Anna,+46701740605,sv,short\nb@b.se,Erik,+46,en,lugn-vik-i\nB@b.se ,Erik,+46701740606,en,lugn-vik-i\n`
      expect(await importAccounts(context, text)).toEqual({
        kind: 'refused',
        faults: [
          { line: 2, fault: 'The password must have 8 to 256 characters.' },
          { line: 3, fault: 'The phone number is not one; it needs its country code (+46 …).' },
          { line: 4, fault: 'The e-mail address stands on line 3 too.' },
        ],
      })
      expect(await kinds()).toEqual([])
    })

    test('adds nothing where one address is taken', async () => {
      await addAnna()
      const text = `${header}a@b.se,Anna,+46701740605,sv,morgonbris\n${anna.email},Erik,+46701740606,en,lugn-vik-i\n`
      expect(await importAccounts(context, text)).toEqual({
        kind: 'refused',
        faults: [{ line: 3, fault: 'There is already an account with this e-mail address.' }],
      })
      expect(await context.db.read((query) => findAccount(query, 'a@b.se'))).toBeNull()
    })
  })

  describe('closing', () => {
    test.each(['locked', 'disabled'] as const)(
      '%s: what is pending is cancelled with it, and woken after',
      async (state) => {
        const account = await addAnna()
        const closed =
          state === 'locked'
            ? await lockAccount(context, account.id, approvals)
            : await disableAccount(context, anna.email, approvals)
        expect(closed).toEqual({ kind: 'closed' })
        expect(ended).toEqual([`account: account-${state}`, 'what was cancelled'])
        expect(await context.db.read((query) => accountById(query, account.id))).toMatchObject({ state })
        expect(await kinds()).toEqual(['account.added', `account.${state}`])
      },
    )

    test('an account that does not exist does nothing', async () => {
      const nobody = AccountId.parse(context.random.id('acc'))
      expect(await lockAccount(context, nobody, approvals)).toEqual({ kind: 'unknown' })
      expect(await disableAccount(context, 'nobody@b.se', approvals)).toEqual({ kind: 'unknown' })
      expect(ended).toEqual([])
    })

    test('where what is pending cannot be cancelled, the account stays as it was', async () => {
      const account = await addAnna()
      const broken = { ...approvals, cancelLiveApprovals: () => Promise.reject(new Error('broken')) }
      await expect(lockAccount(context, account.id, broken)).rejects.toThrow('broken')
      expect(await context.db.read((query) => accountById(query, account.id))).toMatchObject({ state: 'active' })
    })
  })

  describe('a password', () => {
    const right = anna.secret.password

    test('that is right gives the account', async () => {
      const account = await addAnna()
      expect(await verifyPassword(context, 'anna@strand.example', right)).toEqual(account)
    })

    test('abuse-34 unknown, wrong, locked and disabled are one answer after one Argon2 and the same writes', async () => {
      const account = await addAnna()
      await addAccount(context, { ...anna, email: 'locked@b.se' })
      await addAccount(context, { ...anna, email: 'disabled@b.se' })
      const locked = await context.db.read((query) => findAccount(query, 'locked@b.se'))
      await lockAccount(context, locked?.id ?? account.id, approvals)
      await disableAccount(context, 'disabled@b.se', approvals)
      const spentAfter = () => context.db.read((query) => query.selectFrom('limits').select('count').execute())
      const tries = [
        ['nobody@b.se', right],
        [anna.email, 'wrong'],
        ['locked@b.se', right],
        ['disabled@b.se', right],
      ] as const
      for (const [at, [email, password]] of tries.entries()) {
        expect(await verifyPassword(context, email, password)).toBeNull()
        expect(context.passwordsJudged()).toBe(at + 1)
        expect(await spentAfter()).toEqual(Array.from({ length: at + 1 }, () => ({ count: 1 })))
      }
    })

    test('tried 64 times at once is judged 10 times at most, for an unknown address too', async () => {
      await addAnna()
      for (const email of [anna.email, 'nobody@b.se']) {
        const before = context.passwordsJudged()
        const results = await Promise.allSettled(
          Array.from({ length: 64 }, () => verifyPassword(context, email, 'wrong')),
        )
        expect(context.passwordsJudged() - before).toBe(10)
        const refused = results.filter((result) => result.status === 'rejected')
        expect(refused).toHaveLength(54)
        expect(refused[0]?.reason).toMatchObject({ code: 'rate_limited', extra: { retry_after: 900 } })
      }
    })

    test('that is right is refused too while the tries are spent, and taken after', async () => {
      await addAnna()
      for (let count = 0; count < 10; count++) await verifyPassword(context, anna.email, 'wrong')
      await expect(verifyPassword(context, anna.email, right)).rejects.toMatchObject({ code: 'rate_limited' })
      await context.clock.advance(15 * 60_000)
      expect(await verifyPassword(context, anna.email, right)).not.toBeNull()
    })

    test('that is right costs no try', async () => {
      await addAnna()
      for (let count = 0; count < 12; count++) expect(await verifyPassword(context, anna.email, right)).not.toBeNull()
    })

    test('abuse-33 right ones at once are all right, and leave no try spent', async () => {
      await addAnna()
      const at = () => inParallel(24, () => verifyPassword(context, anna.email, right))
      for (const account of [...(await at()), ...(await at())]) expect(account).not.toBeNull()
      const counts = await context.db.read((query) => query.selectFrom('limits').select('count').execute())
      expect(counts).toEqual([{ count: 0 }])
    })

    test('of a flood no more wait than can be judged in a moment, and the others are told to come back soon', async () => {
      await addAnna()
      const told = await Promise.allSettled(
        Array.from({ length: 100 }, () => verifyPassword(context, anna.email, right)),
      )
      const refused = told.filter((one) => one.status === 'rejected')
      expect(refused).toHaveLength(68)
      for (const { reason } of refused)
        expect(reason).toMatchObject({ code: 'rate_limited', extra: { retry_after: 1 } })
      expect(await verifyPassword(context, anna.email, right)).not.toBeNull()
    })
  })
})
