import type { ApprovalId } from '@countersign/protocol'
import { usualPasscode } from '@countersign/testkit'
import { describe, expect, test } from 'vitest'
import { goOffline, nextRound, readApproval, submitResponse } from './index.ts'
import { onBothDatabases, type Scene } from './world-for-tests.ts'

/** Asks, and lets the page choose the offline way. Gives the 8 digits on the page. */
async function askOffline(scene: Scene): Promise<{ approval: ApprovalId; challenge: string }> {
  const approval = await scene.ask()
  expect(await goOffline(scene.context, approval)).toEqual({ kind: 'started' })
  return { approval, challenge: await challengeOn(scene, approval) }
}

async function challengeOn({ context }: Scene, approval: ApprovalId): Promise<string> {
  const challenge = (await readApproval(context, approval))?.challenge
  if (!challenge) throw new Error('There is no code on the page.')
  return challenge
}

const respond = async (scene: Scene, challenge: string, passcode = usualPasscode): Promise<string> =>
  (await scene.phone.responseFor(challenge, passcode)).response

/** A response that is not the right one, whatever that is. */
const notThis = (response: string): string => String((Number(response) + 1) % 100_000_000).padStart(8, '0')

const locks = (scene: Scene) =>
  scene.context.db.read((query) => query.selectFrom('offline_locks').selectAll().executeTakeFirstOrThrow())

onBothDatabases((setScene) => {
  describe('a code on the page and a response from the phone', () => {
    test('do what an answer over the network does', async () => {
      await using scene = await setScene()
      const { approval, challenge } = await askOffline(scene)
      expect(challenge).toMatch(/^[1-9]\d{7}$/)
      expect(await submitResponse(scene.context, approval, await respond(scene, challenge))).toEqual({
        kind: 'approved',
      })
      expect(await readApproval(scene.context, approval)).toMatchObject({ state: 'approved', method: 'offline-typed' })
      expect(await scene.audited(approval)).toEqual(['approval.started', 'approval.round-started', 'approval.approved'])
    })

    test('need the right passcode, which only the server can tell', async () => {
      await using scene = await setScene()
      const { approval, challenge } = await askOffline(scene)
      const response = await respond(scene, challenge, '739105')
      expect(response).toMatch(/^\d{8}$/)
      expect(await submitResponse(scene.context, approval, response)).toEqual({ kind: 'refused', triesLeft: 4 })
    })

    test('leave the way over the network open', async () => {
      await using scene = await setScene()
      const { approval } = await askOffline(scene)
      expect(await scene.approve(await scene.shown(approval), usualPasscode)).toEqual({
        outcome: 'decided',
        state: 'approved',
      })
    })

    test('are of this approval alone', async () => {
      await using scene = await setScene()
      const first = await askOffline(scene)
      const second = await askOffline(scene)
      const response = await respond(scene, first.challenge)
      expect(await submitResponse(scene.context, second.approval, response)).toMatchObject({ kind: 'refused' })
    })

    test('count nothing before the page has chosen the offline way', async () => {
      await using scene = await setScene()
      const approval = await scene.ask()
      expect(await submitResponse(scene.context, approval, '12345678')).toMatchObject({ kind: 'ended' })
      expect(await readApproval(scene.context, approval)).toMatchObject({ state: 'pending', responseTriesLeft: 5 })
    })
  })

  describe('rounds', () => {
    test('a new code comes when the old one ran out, and the old one is taken ten seconds longer', async () => {
      await using scene = await setScene()
      const { approval, challenge } = await askOffline(scene)
      const response = await respond(scene, challenge)
      expect(await nextRound(scene.context, approval)).toEqual({ kind: 'not-due' })
      await scene.advance(90_000)
      expect(await nextRound(scene.context, approval)).toEqual({ kind: 'started' })
      expect(await challengeOn(scene, approval)).not.toBe(challenge)
      await scene.advance(9_999)
      expect(await submitResponse(scene.context, approval, response)).toEqual({ kind: 'approved' })
    })

    test('not eleven', async () => {
      await using scene = await setScene()
      const { approval, challenge } = await askOffline(scene)
      const response = await respond(scene, challenge)
      await scene.advance(90_000)
      await nextRound(scene.context, approval)
      await scene.advance(10_000)
      expect(await submitResponse(scene.context, approval, response)).toEqual({ kind: 'refused', triesLeft: 4 })
    })

    test('however many pages ask for it, one next round starts', async () => {
      await using scene = await setScene()
      const { approval } = await askOffline(scene)
      await scene.advance(90_000)
      const started = await Promise.all(Array.from({ length: 16 }, () => nextRound(scene.context, approval)))
      expect(started.filter(({ kind }) => kind === 'started')).toHaveLength(1)
      expect(await readApproval(scene.context, approval)).toMatchObject({ round: 3 })
    })

    test('six at most, then it is over', async () => {
      await using scene = await setScene()
      const { approval } = await askOffline(scene)
      for (const round of [3, 4, 5, 6]) {
        await scene.advance(90_000)
        expect(await nextRound(scene.context, approval)).toEqual({ kind: 'started' })
        expect(await readApproval(scene.context, approval)).toMatchObject({ round })
      }
      await scene.advance(90_000)
      expect(await nextRound(scene.context, approval)).toEqual({ kind: 'not-due' })
      await scene.advance(10_000)
      expect(await readApproval(scene.context, approval)).toMatchObject({ state: 'expired' })
    })
  })

  describe('guessing', () => {
    test('five wrong responses end the approval', async () => {
      await using scene = await setScene()
      const { approval, challenge } = await askOffline(scene)
      const wrong = notThis(await respond(scene, challenge))
      for (const triesLeft of [4, 3, 2, 1]) {
        expect(await submitResponse(scene.context, approval, wrong)).toEqual({ kind: 'refused', triesLeft })
      }
      expect(await submitResponse(scene.context, approval, wrong)).toEqual({ kind: 'ended', state: 'declined' })
      expect(await readApproval(scene.context, approval)).toMatchObject({ state: 'declined', reason: 'codes-spent' })
      expect(await scene.audited(approval)).toEqual([
        'approval.started',
        'approval.round-started',
        ...Array.from({ length: 5 }, () => 'approval.response-refused'),
        'approval.declined',
      ])
    })

    test('abuse-28 five hundred guesses at once over fifty approvals: five are judged, then offline is locked', async () => {
      await using scene = await setScene()
      const asked: { approval: ApprovalId }[] = []
      for (let each = 0; each < 50; each++) asked.push(await askOffline(scene))
      const guesses = asked.flatMap(({ approval }) =>
        Array.from({ length: 10 }, (_, guess) =>
          submitResponse(scene.context, approval, String(guess).padStart(8, '0')),
        ),
      )
      const taken = await Promise.all(guesses)
      expect(taken.filter(({ kind }) => kind !== 'locked').length).toBeLessThanOrEqual(5)
      expect(await locks(scene)).toMatchObject({ failures: 5 })
    })

    test('abuse-28 a new challenge gives no tries back, and a lock refuses the right response too', async () => {
      await using scene = await setScene()
      for (let each = 0; each < 5; each++) {
        const { approval, challenge } = await askOffline(scene)
        await submitResponse(scene.context, approval, notThis(await respond(scene, challenge)))
      }
      const approval = await scene.ask()
      expect(await goOffline(scene.context, approval)).toMatchObject({ kind: 'locked' })
      // With network the person gets in all the same.
      expect(await scene.approve(await scene.shown(approval), usualPasscode)).toMatchObject({ state: 'approved' })
      await scene.advance(15 * 60_000)
      expect(await goOffline(scene.context, await scene.ask())).toEqual({ kind: 'started' })
    })

    test('a right response resets the count', async () => {
      await using scene = await setScene()
      const { approval, challenge } = await askOffline(scene)
      const response = await respond(scene, challenge)
      await submitResponse(scene.context, approval, notThis(response))
      expect(await locks(scene)).toMatchObject({ failures: 1 })
      await submitResponse(scene.context, approval, response)
      expect(await locks(scene)).toMatchObject({ failures: 0, locked_until: null })
    })

    test('abuse-29 a right response is good once, also when it comes twice at once', async () => {
      await using scene = await setScene()
      const { approval, challenge } = await askOffline(scene)
      const response = await respond(scene, challenge)
      const taken = await Promise.all(
        Array.from({ length: 16 }, () => submitResponse(scene.context, approval, response)),
      )
      expect(taken.filter(({ kind }) => kind === 'approved')).toHaveLength(1)
      const kinds = await scene.audited(approval)
      expect(kinds.filter((kind) => kind === 'approval.approved')).toHaveLength(1)
    })
  })

  describe("the phone's clock", () => {
    test('abuse-31 an hour fast makes codes that are not taken, now or later', async () => {
      await using scene = await setScene()
      const { approval, challenge } = await askOffline(scene)
      const device = scene.world.openPhone({ ...scene.phone.stored, clockOffset: 3_600_000 })
      const { response } = await device.responseFor(challenge, usualPasscode)
      expect(await submitResponse(scene.context, approval, response)).toEqual({ kind: 'refused', triesLeft: 4 })
      await scene.advance(3_600_000)
      expect(await submitResponse(scene.context, approval, response)).toEqual({ kind: 'ended', state: 'expired' })
    })

    test('a minute off is forgiven', async () => {
      await using scene = await setScene()
      const { approval, challenge } = await askOffline(scene)
      const device = scene.world.openPhone({ ...scene.phone.stored, clockOffset: -59_000 })
      const { response } = await device.responseFor(challenge, usualPasscode)
      expect(await submitResponse(scene.context, approval, response)).toEqual({ kind: 'approved' })
    })
  })
})
