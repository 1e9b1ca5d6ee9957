/** Another key for receipts while the server runs (protocol section 10). */
import {
  keyIdOf,
  RedeemedApproval,
  receiptKeysOf,
  StartedApproval,
  thumbprintOf,
  verifyReceipt,
} from '@countersign/protocol'
import { expect, test } from 'vitest'
import { inParallel } from '../context-for-tests.ts'
import { loadKeys } from '../platform/keys.ts'
import { backEnd, relateAnna } from './back-end-for-tests.ts'
import { rotateReceiptKey } from './index.ts'
import { onBothDatabases, type Scene } from './world-for-tests.ts'

/** An application that lets Anna approve bills, and collects each receipt when it is told to. */
async function billing(scene: Scene) {
  const app = backEnd(scene)
  const anna = await relateAnna(scene)
  await app.define()
  const approve = async (session: string) => {
    const { approval } = StartedApproval.parse((await app.start(anna, { session })).body)
    await scene.approve(await scene.shown(approval.id))
    return approval.id
  }
  const collect = async (approval: string) => {
    const body = { redemption_id: 'payment-1' }
    const answer = await app.call('POST', `/v1/approvals/${approval}/redeem`, { body })
    return RedeemedApproval.parse(answer.body).receipt
  }
  const published = async () => receiptKeysOf((await app.call('GET', '/oidc/jwks')).body)
  return { approve, collect, published }
}

const kindsOf = async ({ context }: Scene) => {
  const rows = await context.db.read((query) =>
    query.selectFrom('audit').select('kind').where('kind', 'like', 'receipt-key%').execute(),
  )
  return rows.map(({ kind }) => kind)
}

onBothDatabases((scene) => {
  test('the server that runs signs by it at once, and the receipts of before stay true', async () => {
    await using set = await scene()
    const { approve, collect, published } = await billing(set)
    const before = await collect(await approve('browser-1'))
    const waiting = await approve('browser-2')

    const rotated = await rotateReceiptKey(set.context)
    const after = await collect(waiting)

    expect(rotated).toEqual({ kind: 'rotated', key: keyIdOf(after) })
    expect(keyIdOf(before)).not.toBe(keyIdOf(after))
    const keys = await published()
    for (const receipt of [before, after]) {
      expect(await verifyReceipt(receipt, { keys, issuer: set.world.config.issuer })).toMatchObject({ kind: 'valid' })
    }
    expect(await kindsOf(set)).toEqual(['receipt-key.rotated'])
  })

  test('a receipt that was made stays as it is, by the key of then', async () => {
    await using set = await scene()
    const { approve, collect } = await billing(set)
    const approval = await approve('browser-1')
    const receipt = await collect(approval)
    await rotateReceiptKey(set.context)
    expect(await collect(approval)).toBe(receipt)
  })

  test('only keys of receipts are published with those of OpenID Connect, and after a restart the same', async () => {
    await using set = await scene()
    const { published } = await billing(set)
    await rotateReceiptKey(set.context)
    const { context } = set
    const ids = (await published()).map(thumbprintOf)
    expect(ids).toHaveLength(3)
    const { receiptKey, documentKey, oidcKeys } = await loadKeys(context.db, context.seal)
    expect(ids).toContain((await receiptKey()).id)
    expect(ids).not.toContain(documentKey.id)
    expect(ids).toContain(oidcKeys[0]?.kid)
  })

  test('of several at once each is done or told that another came first, and one key is in use', async () => {
    await using set = await scene()
    const outcomes = await inParallel(4, () => rotateReceiptKey(set.context))
    const done = outcomes.filter(({ kind }) => kind === 'rotated')
    expect(done.length).toBeGreaterThan(0)
    expect(await kindsOf(set)).toHaveLength(done.length)
    const { published } = await billing(set)
    expect(await published()).toHaveLength(done.length + 2)
  })
})
