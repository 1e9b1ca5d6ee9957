/** Paying over HTTP: who may, what is refused, and what a page that is loaded again finds. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { TransferAnswer } from './account-view.ts'
import { type IssuerForTests, startIssuer } from './issuer-for-tests.ts'
import { type Site, startSite, type Visitor, visitor } from './site-for-tests.ts'

let issuer: IssuerForTests
let site: Site
let anna: Visitor
beforeEach(async () => {
  issuer = await startIssuer('strand', 'a secret/with + odd signs')
  site = await startSite({ issuer: issuer.url })
  anna = visitor(site)
  await anna.visit('/login')
})
afterEach(async () => {
  await site.close()
  await issuer.close()
})

const form = {
  amount: '1 250,50',
  payee: 'Elnät Syd AB',
  accountNumber: 'SE45 5000 0000 0583 9825 7466',
  message: '',
  savePayee: true,
  locale: 'sv',
  attempt: 'the-same-attempt-0001',
}

const post = (who: Visitor, path: string, body: unknown, origin: string | null = site.url) =>
  who.request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(origin === null ? {} : { origin }) },
    body: JSON.stringify(body),
  })
const send = async (more: object = {}, who = anna): Promise<TransferAnswer> =>
  (await post(who, '/api/transfers', { ...form, ...more })).json()
const waitingId = async () => {
  const answer = await send()
  return answer.kind === 'waiting' ? answer.transfer.id : ''
}
const settle = async (id: string, who = anna) => (await post(who, `/api/transfers/${id}/settle`, {})).json()
const account = async (who = anna) => (await who.request('/api/account')).json()
const approve = () => {
  for (const asking of site.approver.asked) asking.state = 'approved'
}

describe('a payment', () => {
  test('is asked about in the person’s language, with the browser’s name, and booked when it is approved', async () => {
    const id = await waitingId()
    expect(site.approver.asked).toMatchObject([{ key: id, subject: 'acc_anna', locale: 'sv', browser: null }])
    expect(await settle(id)).toMatchObject({ kind: 'waiting', transfer: { server: issuer.url } })
    approve()
    expect(await settle(id)).toMatchObject({ kind: 'booked', payment: { amount: 125_050 } })
    expect(await account()).toMatchObject({
      balance: 4_825_050 - 125_050,
      entries: [{ kind: 'transfer', other: 'Elnät Syd AB', amount: -125_050 }, {}, {}, {}, {}, {}],
      payees: [{ name: 'Elnät Syd AB', accountNumber: 'SE4550000000058398257466' }],
      waiting: null,
    })
  })

  test('waits on in the browser that asked when its page is loaded again, and nowhere else', async () => {
    const id = await waitingId()
    expect(await account()).toMatchObject({
      waiting: { id, approval: 'apr_0', pageToken: 'cpt_apr_0', savePayee: true },
    })
    const elsewhere = visitor(site)
    await elsewhere.visit('/login')
    expect(await account(elsewhere)).toMatchObject({ state: 'customer', waiting: null })
  })

  test('that was approved while no page was there is booked when one is loaded', async () => {
    await waitingId()
    approve()
    expect(await account()).toMatchObject({ balance: 4_825_050 - 125_050, waiting: null })
    expect(await account()).toMatchObject({ balance: 4_825_050 - 125_050 })
  })

  test('is not held up by a Countersign that does not answer', async () => {
    const id = await waitingId()
    site.approver.reachable = false
    expect(await settle(id)).toMatchObject({ kind: 'waiting' })
    expect(await account()).toMatchObject({ balance: 4_825_050 })
    expect(await send({ attempt: 'another-attempt-00001', amount: '1' })).toEqual({ kind: 'unreachable' })
  })
})

describe('nobody is asked', () => {
  test.each([null, 'null', 'https://evil.example', 'http://localhost'])('from a page of origin %s', async (origin) => {
    expect((await post(anna, '/api/transfers', form, origin)).status).toBe(403)
    expect(site.approver.asked).toEqual([])
  })

  test('by somebody who is not logged in', async () => {
    expect(await send({}, visitor(site))).toEqual({ kind: 'guest' })
    expect(await settle('a'.repeat(22), visitor(site))).toEqual({ kind: 'guest' })
    expect(site.approver.asked).toEqual([])
  })

  test.each([
    ['a field too many', { ...form, approval: 'apr_0' }],
    ['an amount that is a number', { ...form, amount: 1250 }],
    ['no payee', { ...form, payee: undefined }],
    ['a name for the attempt that is none', { ...form, attempt: '' }],
    ['a text without end', { ...form, message: 'a'.repeat(600) }],
    ['another language', { ...form, locale: 'tlh' }],
    ['nothing', null],
  ])('with %s', async (_, body) => {
    expect((await post(anna, '/api/transfers', body)).status).toBe(400)
    expect(site.approver.asked).toEqual([])
  })

  test('with faults, which are told by field', async () => {
    const faults = { amount: 'negative', payee: 'hidden', accountNumber: 'check-digits' }
    const accountNumber = 'SE46 5000 0000 0583 9825 7466'
    expect(await send({ amount: '-5', payee: 'Elnät\u202e', accountNumber })).toEqual({ kind: 'faults', faults })
    expect(site.approver.asked).toEqual([])
  })
})

test('somebody else’s transfer is not there', async () => {
  const id = await waitingId()
  issuer.person = { sub: 'acc_erik', name: 'Erik Berg', email: 'erik@strand.example' }
  const erik = visitor(site)
  await erik.visit('/login')
  approve()
  for (const path of [id, 'a'.repeat(22), 'x', '%2e%2e']) {
    expect((await post(erik, `/api/transfers/${path}/settle`, {})).status).toBe(404)
  }
  expect(await account()).toMatchObject({ balance: 4_825_050 - 125_050 })
})

test('the page may ask Countersign about approvals, and nobody else about anything', async () => {
  const policy = (await anna.request('/')).headers.get('content-security-policy') ?? ''
  expect(policy.split('; ')).toContain(`connect-src 'self' ${issuer.url}/v1/approvals/`)
})

test('logging in once more asks who is there, however well the issuer knows the browser', async () => {
  expect(await anna.visit('/login?again=1&locale=sv')).toBe(`${site.url}/`)
  expect(issuer.requests.map((query) => query.get('prompt'))).toEqual([null, 'login'])
  expect(await account()).toMatchObject({ state: 'customer' })
})
