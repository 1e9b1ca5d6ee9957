import { usualPasscode } from '@countersign/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { systemRandom } from '../platform/random.ts'
import { drawBinding, isBindingMet } from './binding.ts'
import { readApproval } from './index.ts'
import { approvalOf, onBothDatabases, proofKeyOfPhone, sendDecision } from './world-for-tests.ts'

describe('the numbers of an approval', () => {
  test('are three different ones from 10 to 99 in ascending order, the right one among them', () => {
    for (let draw = 0; draw < 500; draw++) {
      const { value, choices } = drawBinding('number', systemRandom)
      expect(choices).toContain(value)
      expect(new Set(choices).size).toBe(3)
      expect(choices).toEqual(choices?.toSorted())
      for (const choice of choices ?? []) expect(choice).toMatch(/^[1-9]\d$/)
    }
  })

  test('the right one stands in every place as often', () => {
    const places = [0, 0, 0]
    for (let draw = 0; draw < 3000; draw++) {
      const { value, choices } = drawBinding('number', systemRandom)
      const place = choices?.findIndex((choice) => choice === value) ?? -1
      places[place] = (places[place] ?? 0) + 1
    }
    for (const count of places) expect(count).toBeGreaterThan(850)
  })

  test('nothing but the right one meets it, and nothing meets a binding that is not built', () => {
    fc.assert(
      fc.property(fc.string(), (answer) => {
        expect(isBindingMet('number', '47', answer)).toBe(answer === '47')
        expect(isBindingMet('code', '123456', answer)).toBe(false)
        expect(isBindingMet('qr', answer, answer)).toBe(false)
      }),
    )
    expect(isBindingMet('number', '47', null)).toBe(false)
    expect(isBindingMet('number', null, null)).toBe(false)
    expect(isBindingMet('plain', null, null)).toBe(true)
  })
})

onBothDatabases((setScene) => {
  /** A number that the phone offers and the page does not show. */
  const wrongOf = (numbers: readonly string[] | null, right: string | null | undefined) =>
    numbers?.find((number) => number !== right) ?? ''

  test('the page shows a number, the phone offers three, and the right one approves', async () => {
    await using scene = await setScene()
    const approval = await scene.ask()
    const shown = await scene.shown(approval)
    const view = await readApproval(scene.context, approval)
    expect(shown.document.binding).toBe('number')
    expect(shown.numbers).toContain(view?.number)
    expect(JSON.stringify(shown.document)).not.toContain(`"${view?.number}"`)
    expect(await scene.phone.approve(shown, usualPasscode, view?.number ?? '')).toMatchObject({ state: 'approved' })
  })

  test('a wrong number ends the approval at once, also when the right one comes after it', async () => {
    await using scene = await setScene()
    const approval = await scene.ask()
    const shown = await scene.shown(approval)
    const right = (await readApproval(scene.context, approval))?.number
    const wrong = wrongOf(shown.numbers, right)
    expect(await scene.phone.approve(shown, usualPasscode, wrong)).toEqual({ outcome: 'decided', state: 'declined' })
    expect(await readApproval(scene.context, approval)).toMatchObject({
      state: 'declined',
      reason: 'wrong-number',
      number: null,
    })
    expect(await scene.phone.approve(shown, usualPasscode, right ?? '')).toEqual({
      outcome: 'ended',
      code: 'decision_conflict',
    })
    // The same wrong answer again, after a lost one: from the record.
    expect(await scene.phone.approve(shown, usualPasscode, wrong)).toEqual({ outcome: 'decided', state: 'declined' })
  })

  test('all three at once: the first one judged is the only one', async () => {
    await using scene = await setScene()
    const approval = await scene.ask()
    const shown = await scene.shown(approval)
    const answers = (shown.numbers ?? []).map((number) => scene.phone.approve(shown, usualPasscode, number))
    const decided = (await Promise.all(answers)).filter(({ outcome }) => outcome === 'decided')
    expect(decided).toHaveLength(1)
  })

  test('with a wrong passcode the number is not looked at', async () => {
    await using scene = await setScene()
    const approval = await scene.ask()
    const shown = await scene.shown(approval)
    const wrong = wrongOf(shown.numbers, (await readApproval(scene.context, approval))?.number)
    expect(await scene.phone.approve(shown, '739105', wrong)).toEqual({ outcome: 'unlock_failed', triesLeft: 4 })
    expect(await readApproval(scene.context, approval)).toMatchObject({ state: 'pending' })
  })

  test('abuse-15 two logins at once from two browsers are both bound to a number, each to its own page', async () => {
    await using scene = await setScene()
    const asked = [await scene.ask(), await scene.ask()]
    for (const approval of asked) {
      expect((await scene.shown(approval)).document).toMatchObject({ approval, binding: 'number' })
      expect((await readApproval(scene.context, approval))?.number).toMatch(/^[1-9]\d$/)
    }
  })

  test('abuse-46 a phone cannot answer with less than is asked for', async () => {
    await using scene = await setScene()
    const approval = await scene.ask()
    const shown = await scene.shown(approval)
    const proofKey = await proofKeyOfPhone(scene)
    const answer = (change: object) =>
      sendDecision(scene.phone, approval, { ...approvalOf(scene.phone, shown, null), ...change }, proofKey)
    await expect(answer({ binding: 'plain' })).rejects.toMatchObject({ code: 'digest_mismatch' })
    expect(await readApproval(scene.context, approval)).toMatchObject({ state: 'pending' })
    expect(await answer({})).toMatchObject({ state: 'declined' })
  })

  test('abuse-10 the number of one request approves no other', async () => {
    await using scene = await setScene()
    const first = await scene.ask()
    const second = await scene.ask()
    const shown = await scene.shown(second)
    const numberOfFirst = (await readApproval(scene.context, first))?.number ?? ''
    if (numberOfFirst === (await readApproval(scene.context, second))?.number) return
    expect(await scene.phone.approve(shown, usualPasscode, numberOfFirst)).toMatchObject({ state: 'declined' })
    expect(await readApproval(scene.context, first)).toMatchObject({ state: 'pending' })
  })
})
