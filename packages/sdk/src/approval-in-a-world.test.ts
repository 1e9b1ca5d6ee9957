/** The whole way, with a real server and a phone: over HTTP, as a back end goes it. */

import type { TemplateDefinition } from '@countersign/protocol'
import { startWorld, usualPasscode, type World } from '@countersign/testkit'
import { beforeAll, describe, expect, test } from 'vitest'
import type { StartApproval } from './approvals.ts'
import { Countersign } from './countersign.ts'

const template: TemplateDefinition = {
  binding: 'number',
  fields: {
    amount: { type: 'money', maximum: { SEK: '100000.00' } },
    payee: { type: 'text', maximum_length: 60 },
  },
  headline: { en: 'Pay {amount} to {payee}', sv: 'Betala {amount} till {payee}' },
  lines: [
    { label: { en: 'Amount', sv: 'Belopp' }, field: 'amount' },
    { label: { en: 'To', sv: 'Till' }, field: 'payee' },
  ],
}

const bill = { amount: '1250.00 SEK', payee: 'Elnät Syd AB' }

let world: World
let countersign: Countersign
let phone: Awaited<ReturnType<World['linkPhone']>>
let question: StartApproval

beforeAll(async () => {
  world = await startWorld()
  phone = await world.linkPhone(await world.addAccount('Anna'))
  const { id, apiKey } = world.application
  countersign = new Countersign({ server: world.config.issuer, application: id, apiKey })
  const account = phone.stored.account.id
  await world.running.context.db.write((transaction) =>
    transaction
      .insertInto('relations')
      .values({ application_id: id, account_id: account, external_id: 'customer-17' })
      .execute(),
  )
  question = { account: { external_id: 'customer-17' }, action: 'transfer.create', data: bill, session: 'browser-1' }
  await countersign.templates.put('transfer.create', template)
  return () => world[Symbol.asyncDispose]()
})

/** Anna looks at her phone. */
async function shown(id: string) {
  const { approvals } = await phone.pendingApprovals()
  const found = approvals.find((one) => one.approval === id)
  if (found === undefined || !('document' in found)) throw new Error('The phone does not show it.')
  return found
}

test('faq-01 a bill is asked, waited for, approved, collected once, and its receipt is true', async () => {
  const { approval, page_token: pageToken } = await countersign.approvals.start(question)
  expect(approval).toMatchObject({ state: 'pending', headline: 'Betala 1\u00a0250,00\u00a0SEK till Elnät Syd AB' })
  expect(pageToken).toMatch(/^cpt_/)
  const ended = countersign.approvals.wait(approval.id)
  await world.approve(phone, await shown(approval.id))
  expect(await ended).toMatchObject({ state: 'approved', method: 'push', amr: ['swk', 'pin'] })

  const redeemed = await countersign.approvals.redeem(approval.id, 'payment-1')
  expect(redeemed).toMatchObject({ action: 'transfer.create', data: bill })
  expect(await countersign.approvals.redeem(approval.id, 'payment-1')).toEqual(redeemed)
  await expect(countersign.approvals.redeem(approval.id, 'payment-2')).rejects.toMatchObject({
    code: 'already_redeemed',
    status: 409,
  })
  const receipt = await countersign.receipts.verify(redeemed.receipt)
  expect(receipt).toMatchObject({ evidence: 'device-signed', document: { data: bill, locale: 'sv' } })
})

test('without network the code goes by the page, and the server attests it', async () => {
  const { approval } = await countersign.approvals.start({ ...question, session: 'browser-2', locale: 'en' })
  expect(approval.headline).toBe('Pay 1,250.00\u00a0SEK to Elnät Syd AB')
  const { offline } = await countersign.approvals.goOffline(approval.id)
  await expect(countersign.approvals.respond(approval.id, '00000000')).rejects.toMatchObject({
    code: 'code_refused',
    triesLeft: 4,
  })
  const { response } = await phone.responseFor(offline?.challenge ?? '', usualPasscode)
  expect(await countersign.approvals.respond(approval.id, response)).toMatchObject({ state: 'approved' })
  const { receipt } = await countersign.approvals.redeem(approval.id, 'payment-3')
  expect(await countersign.receipts.verify(receipt)).toMatchObject({ evidence: 'server-attested', decision: null })
})

test('what is declined is not collected, and says why', async () => {
  const { approval } = await countersign.approvals.start({ ...question, session: 'browser-3' })
  await phone.decline(await shown(approval.id), 'wrong-details')
  expect(await countersign.approvals.wait(approval.id)).toMatchObject({ state: 'declined', reason: 'wrong-details' })
  await expect(countersign.approvals.redeem(approval.id, 'payment-4')).rejects.toMatchObject({
    code: 'approval_not_pending',
  })
})

test('a question is withdrawn once, and stays so', async () => {
  const { approval } = await countersign.approvals.start({ ...question, session: 'browser-4' })
  expect(await countersign.approvals.read(approval.id)).toMatchObject({ state: 'pending' })
  expect(await countersign.approvals.cancel(approval.id)).toMatchObject({ state: 'cancelled' })
  expect(await countersign.approvals.cancel(approval.id)).toMatchObject({ state: 'cancelled' })
})

describe('a connection that is lost', () => {
  /** A client whose first answer to each path gets lost after the server has given it. */
  function withLostAnswers(): Countersign {
    const lost = new Set<string>()
    const { id, apiKey } = world.application
    const losing: typeof fetch = async (url, init) => {
      const answer = await fetch(url, init)
      if (init?.method === 'GET' || lost.has(String(url))) return answer
      lost.add(String(url))
      await answer.arrayBuffer()
      throw new TypeError('The connection was lost.')
    }
    return new Countersign({ server: world.config.issuer, application: id, apiKey, fetch: losing })
  }

  test('asks once and collects once, though both are sent twice', async () => {
    const client = withLostAnswers()
    const before = (await countersign.approvals.list({ limit: 100 })).items.length
    const { approval, page_token: pageToken } = await client.approvals.start({ ...question, session: 'browser-5' })
    expect(pageToken).toMatch(/^cpt_/)
    expect((await countersign.approvals.list({ limit: 100 })).items).toHaveLength(before + 1)
    await world.approve(phone, await shown(approval.id))
    const redeemed = await client.approvals.redeem(approval.id, 'payment-5')
    expect(await countersign.approvals.redeem(approval.id, 'payment-5')).toEqual(redeemed)
  })
})

test('lists come a page at a time, the newest first', async () => {
  const { approval } = await countersign.approvals.start({ ...question, session: 'browser-6' })
  const first = await countersign.approvals.list({ limit: 1 })
  expect(first.items.map(({ id }) => id)).toEqual([approval.id])
  const second = await countersign.approvals.list({ limit: 1, cursor: first.next ?? '' })
  expect(second.items[0]?.id).not.toBe(approval.id)
  expect((await countersign.approvals.list({ state: 'pending' })).items.map(({ id }) => id)).toEqual([approval.id])
  await countersign.approvals.cancel(approval.id)
})

test('templates are defined, read and listed', async () => {
  const { version } = await countersign.templates.put('transfer.create', template)
  expect(version).toBe(1)
  expect(await countersign.templates.get('transfer.create')).toMatchObject({ version, definition: template })
  expect(await countersign.templates.list()).toEqual([await countersign.templates.get('transfer.create')])
})

describe('refusals have their codes', () => {
  test.each([
    ['an account that nobody knows', { account: { external_id: 'nobody' } }, 'account_unknown'],
    ['an action without a template', { action: 'transfer.undo' }, 'template_unknown'],
    ['an amount without decimals', { data: { ...bill, amount: '1250 SEK' } }, 'data_refused'],
    ['data that is missing', { data: { amount: '1.00 SEK' } }, 'data_refused'],
  ])('%s', async (_, other, code) => {
    await expect(countersign.approvals.start({ ...question, ...other })).rejects.toMatchObject({ code })
  })

  test('an approval of nobody, a template of nobody, a key of nobody', async () => {
    const nobodys = `apr_${'A'.repeat(22)}`
    await expect(countersign.approvals.wait(nobodys)).rejects.toMatchObject({ code: 'not_found', status: 404 })
    await expect(countersign.templates.get('no.such')).rejects.toMatchObject({ code: 'template_unknown' })
    const { id } = world.application
    const apiKey = `csk_${'a'.repeat(12)}_${'A'.repeat(43)}`
    const stranger = new Countersign({ server: world.config.issuer, application: id, apiKey })
    await expect(stranger.approvals.read(nobodys)).rejects.toMatchObject({ code: 'key_refused', status: 401 })
  })
})
