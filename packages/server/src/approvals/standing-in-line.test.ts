/**
 * What happens to an answer while it waits for a row that somebody else holds. Here the order is made, not hoped for: a
 * row is held until everybody stands in line. On PostgreSQL alone: on SQLite one write runs at a time.
 */
import { RequestRefused, type ShownApproval } from '@countersign/device'
import type { ApprovalId } from '@countersign/protocol'
import { usualPasscode } from '@countersign/testkit'
import { expect, test } from 'vitest'
import { holdAccount } from '../accounts/index.ts'
import { holdOfflineLock, writeOfflineLock } from '../offline/index.ts'
import { holdApproval } from './approval-store.ts'
import { expireApproval, goOffline, readApproval, redeemApproval } from './index.ts'
import { hold, onPostgres, type Scene, untilInLine } from './world-for-tests.ts'

interface Asked {
  readonly approval: ApprovalId
  readonly shown: ShownApproval
}

async function ask(scene: Scene): Promise<Asked> {
  const approval = await scene.ask()
  return { approval, shown: await scene.shown(approval) }
}

/** What an act on an approval came to, in a word. */
const acts = {
  approve: async (scene: Scene, { shown }: Asked) => {
    const outcome = await scene.approve(shown, usualPasscode)
    return outcome.outcome === 'ended' ? outcome.code : outcome.outcome
  },
  redeem: async (scene: Scene, { approval }: Asked) => (await redeemApproval(scene.context, approval, 'sign-in')).kind,
  unlink: async (scene: Scene) => {
    await scene.phone.removeDevice()
    return 'unlinked'
  },
} as const

/** Begins an act; a refusal is an end of it like any other. */
const begin = (act: keyof typeof acts, scene: Scene, asked: Asked): Promise<string> =>
  acts[act](scene, asked).catch((error: unknown) => {
    if (error instanceof RequestRefused) return error.code
    throw error
  })

/** What was written down about the end of it, in its order. */
async function orderOf({ context }: Scene): Promise<string[]> {
  const rows = await context.db.read((query) => query.selectFrom('audit').select('kind').orderBy('seq').execute())
  const about = ['approval.approved', 'approval.cancelled', 'approval.expired', 'approval.redeemed', 'device.removed']
  return rows.map(({ kind }) => kind).filter((kind) => about.includes(kind))
}

onPostgres((setScene) => {
  test('abuse-16 the time runs out while answers stand in line: none of them counts', async () => {
    await using scene = await setScene()
    const asked = await ask(scene)
    await scene.advance(89_999)
    const account = scene.phone.stored.account.id
    const release = await hold(scene, (transaction) => holdAccount(transaction, account, 'update'))
    const answers = Array.from({ length: 8 }, () => begin('approve', scene, asked))
    await untilInLine(scene, 8)
    await scene.advance(1)
    await release()
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['approval_expired']))
    await expireApproval(scene.context, asked.approval)
    expect(await readApproval(scene.context, asked.approval)).toMatchObject({ state: 'expired' })
    expect(await orderOf(scene)).toEqual(['approval.expired'])
  })

  test('abuse-28 offline codes are locked while a round stands in line: it does not begin', async () => {
    await using scene = await setScene()
    const { approval } = await ask(scene)
    const account = scene.phone.stored.account.id
    const lockedUntil = scene.clock.now() + 900_000
    const release = await hold(scene, async (transaction) => {
      await holdApproval(transaction, approval)
      await holdOfflineLock(transaction, account)
      await writeOfflineLock(transaction, account, { failures: 5, lockedUntil, untilOnline: false })
    })
    const started = goOffline(scene.context, approval)
    await untilInLine(scene, 1)
    await release()
    expect(await started).toEqual({ kind: 'locked', until: lockedUntil })
    expect(await readApproval(scene.context, approval)).toMatchObject({ state: 'pending', round: 1, challenge: null })
  })

  test.each([
    ['approve', 'unlink', ['decided', 'unlinked'], ['approval.approved', 'device.removed']],
    ['unlink', 'approve', ['unlinked', 'device_unknown'], ['approval.cancelled', 'device.removed']],
    ['redeem', 'unlink', ['redeemed', 'unlinked'], ['approval.approved', 'approval.redeemed', 'device.removed']],
  ] as const)('abuse-39 %s comes first, %s waits for it', async (first, second, told, order) => {
    await using scene = await setScene()
    const asked = await ask(scene)
    if (first === 'redeem') await scene.approve(asked.shown, usualPasscode)
    const release = await hold(scene, (transaction) => holdApproval(transaction, asked.approval))
    const firsts = begin(first, scene, asked)
    await untilInLine(scene, 1)
    const seconds = begin(second, scene, asked)
    await untilInLine(scene, 2)
    await release()
    expect([await firsts, await seconds]).toEqual(told)
    expect(await orderOf(scene)).toEqual(order)
    expect(await redeemApproval(scene.context, asked.approval, 'late')).toMatchObject({ kind: 'refused' })
  })
})
