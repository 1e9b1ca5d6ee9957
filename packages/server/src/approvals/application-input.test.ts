/** Faulty input of applications: a clear problem, nobody is asked, nothing is changed. */
import { expect, test } from 'vitest'
import { backEnd, bill, definition, relateAnna } from './back-end-for-tests.ts'
import { onBothDatabases } from './world-for-tests.ts'

const changed = (field: string, value: unknown) => ({ data: { ...bill, [field]: value } })

const dataRefused = [
  ...[
    '-1.00 SEK',
    '0.00 SEK',
    'NaN SEK',
    '1e3 SEK',
    '1.000 SEK',
    '1 SEK',
    '1.5 SEK',
    '01.00 SEK',
    '1.00 EUR',
    '1.00sek',
  ],
  ...['100000.01 SEK', `${'9'.repeat(30)}.00 SEK`, '1,00 SEK', ' 1.00 SEK', '1.00', '', '+1.00 SEK', '٣.00 SEK'],
].map((amount) => [`the amount ${amount}`, changed('amount', amount), 'amount'] as const)

const refused = [
  ...dataRefused,
  ['a payee with a control character', changed('payee', 'El\u0007'), 'payee'],
  ['a payee that turns the direction of reading', changed('payee', 'El \u202egnitteb'), 'payee'],
  ['a payee with nothing to see', changed('payee', '\u200b'), 'payee'],
  ['a payee of 61 characters', changed('payee', 'a'.repeat(61)), 'payee'],
  ['an account number with a wrong digit', changed('account_number', 'SE4550000000058398257467'), 'account_number'],
  ['an account number with spaces', changed('account_number', 'SE45 5000 0000 0583 9825 7466'), 'account_number'],
  ['a field too many', changed('fee', '1.00 SEK'), 'fee'],
  ['a field that every object has', changed('constructor', 'x'), 'constructor'],
  ['no payee', { data: { amount: bill.amount, account_number: bill.account_number } }, 'payee'],
  ['no data', { data: {} }, 'account_number'],
] as const

onBothDatabases((scene) => {
  test('data that the template does not take is refused by the name of the field, and nobody is asked', async () => {
    await using set = await scene()
    const app = backEnd(set)
    const anna = await relateAnna(set)
    await app.define()
    for (const [what, other, field] of refused) {
      expect(await app.start(anna, other), what).toMatchObject({
        status: 422,
        body: { code: 'data_refused', detail: `Not as the template takes it: data.${field}.` },
      })
    }
    for (const other of [
      { data: { ...bill, payee: 'a'.repeat(501) } },
      { data: { ...bill, amount: 5 } },
      { data: null },
      { action: 'Transfer' },
      { account: { id: anna, external_id: 'anna' } },
      { account: {} },
      { context: undefined },
      { context: { place: null } },
      { context: { place: null, browser: 'a\nb' } },
      { session: '' },
      { session: 'with space' },
      { binding: 'none' },
      { locale: 'de' },
      { extra: 1 },
    ]) {
      expect(await app.start(anna, other), JSON.stringify(other)).toMatchObject({
        status: 400,
        body: { code: 'invalid_request' },
      })
    }
    expect(await app.start(anna, { action: 'transfer.delete' })).toMatchObject({ body: { code: 'template_unknown' } })
    expect(await app.start(anna, { action: 'login', data: {} })).toMatchObject({ body: { code: 'template_unknown' } })
    const { approvals } = await set.phone.pendingApprovals()
    expect(approvals).toEqual([])
  })

  test('what would be too long for its receipt is refused, though every field is as it must be', async () => {
    await using set = await scene()
    const app = backEnd(set)
    const anna = await relateAnna(set)
    const names = Array.from({ length: 10 }, (_, at) => `text_${at}`)
    const long = {
      binding: 'plain',
      fields: Object.fromEntries(names.map((name) => [name, { type: 'text', maximum_length: 200 }])),
      headline: { sv: 'Läs', en: 'Read' },
      lines: names.map((field) => ({ label: { sv: 'Text', en: 'Text' }, field })),
    }
    await app.call('PUT', '/v1/templates/text.read', { body: long })
    const ask = (character: string) =>
      app.start(anna, {
        action: 'text.read',
        data: Object.fromEntries(names.map((name) => [name, character.repeat(200)])),
      })
    expect(await ask('€')).toMatchObject({ status: 422, body: { code: 'data_refused' } })
    expect((await set.phone.pendingApprovals()).approvals).toEqual([])
    expect(await ask('a')).toMatchObject({ status: 201 })
  })

  test('a definition in which words and data could disagree is refused', async () => {
    await using set = await scene()
    const app = backEnd(set)
    const put = (other: object, action = 'transfer.create') =>
      app.call('PUT', `/v1/templates/${action}`, { body: { ...definition, ...other } })
    const { fields, lines, headline } = definition
    for (const [what, other] of [
      ['a field that nobody sees', { fields: { ...fields, fee: { type: 'text', maximum_length: 9 } } }],
      ['a line of no field', { lines: [...lines, { label: { sv: 'Avgift', en: 'Fee' }, field: 'fee' }] }],
      ['a headline of no field', { headline: { ...headline, en: 'Pay {all}' } }],
      ['a headline of a field that may be missing', { headline: { ...headline, sv: 'Betala: {message}' } }],
      ['a headline that can be too long', { headline: { ...headline, sv: `${'a'.repeat(60)}{payee}{amount}` } }],
      ['a brace that is no field', { headline: { ...headline, en: 'Pay {amount} {' } }],
      [
        'a limit with too many decimals',
        { fields: { ...fields, amount: { type: 'money', maximum: { SEK: '1.000' } } } },
      ],
      ['no language', { headline: { en: 'Pay' } }],
      ['a binding that is none', { binding: 'weak' }],
      ['words with a bidirectional character', { headline: { ...headline, en: 'Pay \u202e' } }],
    ] as const) {
      expect(await put(other), what).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    }
    expect(await put({}, 'login')).toMatchObject({ status: 400 })
    expect(await put({}, 'device.link')).toMatchObject({ status: 400 })
    expect((await app.call('GET', '/v1/templates')).body).toEqual({ items: [] })
    expect((await put({})).body).toMatchObject({ version: 1 })
    expect((await put({ binding: 'number' })).body).toMatchObject({ version: 2 })
    expect((await app.call('GET', '/v1/templates/transfer.create')).body).toMatchObject({ version: 2 })
  })

  test('a list is read page by page, the newest first', async () => {
    await using set = await scene()
    const app = backEnd(set)
    const anna = await relateAnna(set)
    await app.define()
    const ids: string[] = []
    for (let start = 0; start < 5; start++) {
      const { body } = await app.start(anna, { session: `browser-${start}` })
      ids.unshift(body.approval.id)
      await app.call('POST', `/v1/approvals/${body.approval.id}/cancel`, { body: {} })
      await set.advance(1_000)
    }
    const first = (await app.call('GET', '/v1/approvals?limit=2')).body
    const second = (await app.call('GET', `/v1/approvals?limit=2&cursor=${first.next}`)).body
    const third = (await app.call('GET', `/v1/approvals?limit=2&cursor=${second.next}`)).body
    const read = [first, second, third].flatMap(({ items }) => items.map(({ id }: { id: string }) => id))
    expect([read, third.next]).toEqual([ids, null])
    expect((await app.call('GET', '/v1/approvals?state=cancelled')).body.items).toHaveLength(5)
    expect((await app.call('GET', '/v1/approvals?state=pending')).body.items).toEqual([])
    for (const wrong of ['limit=0', 'limit=101', 'limit=x', 'cursor=x', 'state=x', 'page=2']) {
      expect((await app.call('GET', `/v1/approvals?${wrong}`)).status, wrong).toBe(400)
    }
  })
})
