/** Two ends of one approval in the same instant: one of them comes true, and everybody is told which. */
import { RequestRefused, type ShownApproval } from '@countersign/device'
import type { ApprovalId } from '@countersign/protocol'
import { usualPasscode } from '@countersign/testkit'
import { describe, expect, test } from 'vitest'
import { expireApproval, expireOverdue, readApproval, redeemApproval } from './index.ts'
import { onBothDatabases, type Scene } from './world-for-tests.ts'

const atOnce = 64
const runs = 3

/** What came of one of many at once: the state that it was told, or the code of its refusal. */
async function toldOf(work: () => Promise<unknown>): Promise<string> {
  try {
    const outcome = await work()
    if (typeof outcome !== 'object' || outcome === null) return 'done'
    if ('state' in outcome) return String(outcome.state)
    return 'code' in outcome ? String(outcome.code) : 'done'
  } catch (error) {
    if (error instanceof RequestRefused) return error.code
    throw error
  }
}

/** All of the work, many times over, in an order that differs from run to run. @returns what each was told, by its name */
async function race(works: Record<string, () => Promise<unknown>>, count = atOnce) {
  const names = Object.keys(works)
  const started = Array.from({ length: count }, (_, index) => names[index % names.length] ?? '')
    .sort(() => Math.random() - 0.5)
    .map(async (name) => ({ name, told: await toldOf(works[name] ?? (async () => null)) }))
  const all = await Promise.all(started)
  return (name: string) => new Set(all.filter((one) => one.name === name).map(({ told }) => told))
}

interface Ended {
  readonly state: string
  readonly inTime: boolean
}

/** How the approval ended, by its row; and that the audit has this end, once, and no other. */
async function endOf(scene: Scene, approval: ApprovalId): Promise<Ended> {
  const row = await scene.context.db.read((query) =>
    query
      .selectFrom('approvals')
      .select(['state', 'decided_at', 'expires_at'])
      .where('id', '=', approval)
      .executeTakeFirstOrThrow(),
  )
  const ends = (await scene.audited(approval)).filter((kind) => /approved|declined|expired|cancelled/.test(kind))
  expect(ends).toEqual([`approval.${row.state}`])
  return { state: row.state, inTime: row.decided_at === null || row.decided_at < row.expires_at }
}

interface Asked {
  readonly approval: ApprovalId
  readonly shown: ShownApproval
}

async function ask(scene: Scene): Promise<Asked> {
  const approval = await scene.ask()
  return { approval, shown: await scene.shown(approval) }
}

onBothDatabases((setScene) => {
  test(`abuse-16 approve and decline, ${atOnce} in the same instant: one of them, and the others are told`, async () => {
    await using scene = await setScene()
    for (let run = 0; run < runs; run++) {
      const { approval, shown } = await ask(scene)
      const told = await race({
        approve: () => scene.approve(shown, usualPasscode),
        decline: () => scene.phone.decline(shown, 'not-me'),
      })
      const { state } = await endOf(scene, approval)
      const other = 'decision_conflict'
      expect(told('approve')).toEqual(new Set([state === 'approved' ? state : other]))
      expect(told('decline')).toEqual(new Set([state === 'declined' ? state : other]))
    }
  })

  test(`abuse-16 approve and expire, ${atOnce} in the same instant: nothing is approved after its end`, async () => {
    await using scene = await setScene()
    for (let run = 0; run < runs; run++) {
      const { approval, shown } = await ask(scene)
      await scene.advance(89_999)
      const told = await race({
        approve: () => scene.approve(shown, usualPasscode),
        expire: () => expireApproval(scene.context, approval),
        sweep: () => expireOverdue(scene.context),
        'the last millisecond': () => scene.advance(1),
      })
      await expireApproval(scene.context, approval)
      const ended = await endOf(scene, approval)
      expect({ run, ...ended }).toEqual({ run, state: expect.stringMatching(/^(approved|expired)$/), inTime: true })
      const answers = [...told('approve')].filter((answer) => answer !== 'approval_expired')
      expect(answers).toEqual(ended.state === 'approved' ? ['approved'] : [])
    }
  })

  describe('abuse-39 the phone is unlinked while its answer is under way', () => {
    /** When things were written down, by the audit. */
    async function orderOf(scene: Scene): Promise<string[]> {
      const rows = await scene.context.db.read((query) =>
        query.selectFrom('audit').select('kind').orderBy('seq').execute(),
      )
      const about = ['approval.approved', 'approval.cancelled', 'approval.redeemed', 'device.removed']
      return rows.map(({ kind }) => kind).filter((kind) => about.includes(kind))
    }

    test('either it counted before, or it does not count, and everybody is told the same', async () => {
      for (let run = 0; run < 4; run++) {
        await using scene = await setScene()
        const { approval, shown } = await ask(scene)
        const told = await race(
          {
            approve: () => scene.approve(shown, usualPasscode),
            unlink: () => scene.phone.removeDevice(),
          },
          run % 2 === 0 ? 2 : 16,
        )
        const { state } = await endOf(scene, approval)
        const refusals = [...told('approve')].filter((answer) => answer !== 'approved')
        // Answers that came after the phone was unlinked are of a phone that nobody knows.
        expect(refusals.filter((code) => code !== 'device_unknown')).toEqual([])
        if (state === 'approved') {
          expect(told('approve')).toContain('approved')
          expect(await orderOf(scene)).toEqual(['approval.approved', 'device.removed'])
        } else {
          expect(told('approve')).not.toContain('approved')
          expect(state).toBe('cancelled')
          expect((await readApproval(scene.context, approval))?.reason).toBe('device-removed')
          expect((await orderOf(scene)).toSorted()).toEqual(['approval.cancelled', 'device.removed'])
        }
        expect([...told('unlink')].filter((answer) => !['done', 'device_unknown'].includes(answer))).toEqual([])
        expect(await redeemApproval(scene.context, approval, 'late')).toMatchObject({ kind: 'refused' })
      }
    })

    test('what it approved is collected before it was unlinked, or never', async () => {
      for (let run = 0; run < 4; run++) {
        await using scene = await setScene()
        const { approval, shown } = await ask(scene)
        await scene.approve(shown, usualPasscode)
        const collected: string[] = []
        await race(
          {
            redeem: async () => collected.push((await redeemApproval(scene.context, approval, 'sign-in')).kind),
            unlink: () => scene.phone.removeDevice(),
          },
          run % 2 === 0 ? 2 : 16,
        )
        const order = await orderOf(scene)
        const redeemed = ['approval.approved', 'approval.redeemed', 'device.removed']
        expect(order).toEqual(collected.includes('redeemed') ? redeemed : ['approval.approved', 'device.removed'])
        expect(await redeemApproval(scene.context, approval, 'sign-in')).toMatchObject({ kind: 'refused' })
      }
    })
  })
})
