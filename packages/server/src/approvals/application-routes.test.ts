/** An application asks, its page waits, the phone answers, and the result is collected once: over HTTP, as they do it. */
import { ApprovalAnswer, RedeemedApproval, StartedApproval, verifyReceipt } from '@countersign/protocol'
import { usualPasscode } from '@countersign/testkit'
import { expect, test } from 'vitest'
import { readReceiptKeys } from '../platform/receipt-keys.ts'
import { backEnd, bill, relateAnna } from './back-end-for-tests.ts'
import { onBothDatabases } from './world-for-tests.ts'

onBothDatabases((scene) => {
  test('faq-01 a transfer is asked, shown as it is, approved on the phone, and collected once with its receipt', async () => {
    await using set = await scene()
    const app = backEnd(set)
    const anna = await relateAnna(set)
    expect(await app.define()).toMatchObject({ status: 200, body: { action: 'transfer.create', version: 1 } })
    expect((await app.define()).body).toMatchObject({ version: 1 })

    const { status, body } = await app.start(anna)
    expect(status).toBe(201)
    const { approval, page_token: page } = StartedApproval.parse(body)
    expect(approval).toMatchObject({
      state: 'pending',
      headline: 'Betala 1\u00a0250,00\u00a0SEK till Skogens El AB',
      device: set.phone.stored.name,
      number: null,
    })
    const shown = await set.shown(approval.id)
    expect(shown.document.lines).toEqual([
      { label: 'Belopp', value: '1\u00a0250,00\u00a0SEK' },
      { label: 'Mottagare', value: 'Skogens El AB' },
      { label: 'Kontonummer', value: 'SE45 5000 0000 0583 9825 7466' },
      { label: 'Webbläsare', value: 'Firefox, Linux' },
      { label: 'Plats (ungefärlig)', value: 'Okänd' },
    ])
    expect(shown.document.data).toEqual(bill)

    const waiting = app.call('GET', `/v1/approvals/${approval.id}?wait=20&after=${approval.version}`, {
      token: page,
    })
    expect(await set.approve(shown)).toMatchObject({ state: 'approved' })
    expect(ApprovalAnswer.parse((await waiting).body)).toMatchObject({
      state: 'approved',
      method: 'push',
      redeemed: false,
    })

    const redeem = (id: string) =>
      app.call('POST', `/v1/approvals/${approval.id}/redeem`, { body: { redemption_id: id } })
    const [first, again] = [await redeem('transfer-1'), await redeem('transfer-1')]
    expect(again).toMatchObject({ status: 200, body: first.body })
    expect((await redeem('transfer-2')).body).toMatchObject({ status: 409, code: 'already_redeemed' })
    const redeemed = RedeemedApproval.parse(first.body)
    expect(redeemed).toMatchObject({ action: 'transfer.create', data: bill, amr: ['swk', 'pin'] })

    const jwks = (await app.call('GET', '/oidc/jwks')).body
    const keys = jwks.keys.map(({ kty, crv, x, y }: Record<string, unknown>) => ({ kty, crv, x, y }))
    const verified = await verifyReceipt(redeemed.receipt, {
      keys,
      issuer: set.world.config.issuer,
      application: 'strand',
    })
    expect(verified).toMatchObject({
      kind: 'valid',
      receipt: { evidence: 'device-signed', document: { data: bill, round: 1 }, method: 'push' },
    })
  })

  test('faq-05 the page goes offline, and the response code from the phone approves', async () => {
    await using set = await scene()
    const app = backEnd(set)
    const anna = await relateAnna(set)
    await app.define()
    const { approval, page_token: page } = StartedApproval.parse((await app.start(anna)).body)
    const post = (name: string, body: unknown) =>
      app.call('POST', `/v1/approvals/${approval.id}/${name}`, { body, token: page })
    const offline = ApprovalAnswer.parse((await post('offline', {})).body)
    expect(offline.offline).toMatchObject({ round: 2, tries_left: 5 })
    expect((await post('response', { response: '00000000' })).body).toMatchObject({
      code: 'code_refused',
      tries_left: 4,
    })
    const { response } = await set.phone.responseFor(offline.offline?.challenge ?? '', usualPasscode)
    expect((await post('response', { response })).body).toMatchObject({ state: 'approved', method: 'offline-typed' })
    const { body } = await app.call('POST', `/v1/approvals/${approval.id}/redeem`, { body: { redemption_id: 'r' } })
    const keys = await set.context.db.read(readReceiptKeys)
    expect(await verifyReceipt(body.receipt, { keys, issuer: set.world.config.issuer })).toMatchObject({
      kind: 'valid',
      receipt: { evidence: 'server-attested', decision: null, document: { round: 2 } },
    })
  })
})
