/** What somebody may try with the API of applications, or with an API key that is not theirs. */
import { type ApprovalAnswer, StartedApproval } from '@countersign/protocol'
import { describe, expect, test } from 'vitest'
import { addApiKey, addApplication, scopes } from '../applications/index.ts'
import { inParallel } from '../context-for-tests.ts'
import { backEnd, bill, relateAnna } from './back-end-for-tests.ts'
import { onBothDatabases, type Scene } from './world-for-tests.ts'

async function begin(scene: Scene) {
  const app = backEnd(scene)
  const anna = await relateAnna(scene)
  await app.define()
  return { app, anna }
}

const approvalIn = (body: unknown): ApprovalAnswer => StartedApproval.parse(body).approval
const tokenIn = (body: unknown): string => StartedApproval.parse(body).page_token

/** Another application of the same server, which knows Anna too. */
async function secondApplication(scene: Scene, startsPerMinute = 600) {
  const { context, phone } = scene
  await addApplication(context, {
    id: 'shop',
    name: 'Shop',
    redirectUris: [],
    postLogoutRedirectUris: [],
    pageOrigins: ['https://shop.example'],
    startsApprovals: true,
    startsPerMinute,
  })
  await context.db.write((transaction) =>
    transaction
      .insertInto('relations')
      .values({ application_id: 'shop', account_id: phone.stored.account.id, external_id: 'anna' })
      .execute(),
  )
  const shop = backEnd(scene, (await addApiKey(context, 'shop', scopes))?.key)
  await shop.define()
  return shop
}

const countOf = ({ context }: Scene, table: 'approvals' | 'outbox') =>
  context.db.read(async (query) => (await query.selectFrom(table).select('id').execute()).length)

const auditKinds = ({ context }: Scene) =>
  context.db.read(async (query) => (await query.selectFrom('audit').select('kind').execute()).map(({ kind }) => kind))

onBothDatabases((scene) => {
  describe('abuse-57 an Idempotency-Key', () => {
    test('gets the same answer again, its page token among it, and nothing is asked twice', async () => {
      await using set = await scene()
      const { app, anna } = await begin(set)
      const headers = { 'idempotency-key': 'transfer-1' }
      const first = await app.start(anna, {}, headers)
      const again = await app.start(anna, {}, headers)
      expect(again).toMatchObject({ status: 201, body: first.body })
      expect([first, again].map((one) => one.headers.get('idempotency-replayed'))).toEqual([null, 'true'])
      expect(await app.start(anna, { data: { ...bill, amount: '1.00 SEK' } }, headers)).toMatchObject({
        status: 422,
        body: { code: 'idempotency_mismatch' },
      })
      expect(await countOf(set, 'approvals')).toBe(1)
    })

    test('used 32 times at once starts one approval', async () => {
      await using set = await scene()
      const { app, anna } = await begin(set)
      const answers = await inParallel(32, () => app.start(anna, {}, { 'idempotency-key': 'transfer-1' }))
      for (const { status, body } of answers) {
        if (status !== 201) expect({ status, code: body.code }).toEqual({ status: 409, code: 'idempotency_in_flight' })
      }
      expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThan(0)
      expect(await countOf(set, 'approvals')).toBe(1)
    })

    test('of another application is another one, and what was refused may be tried again', async () => {
      await using set = await scene()
      const { app, anna } = await begin(set)
      const shop = await secondApplication(set)
      const headers = { 'idempotency-key': 'one' }
      expect((await app.start(anna, { data: {} }, headers)).status).toBe(422)
      expect((await app.start(anna, {}, headers)).status).toBe(201)
      expect((await shop.start(anna, {}, headers)).status).toBe(201)
      expect((await app.start(anna, {}, { 'idempotency-key': 'a key' })).status).toBe(400)
    })

    test('is free again after a day, and when the process that used it died', async () => {
      await using set = await scene()
      const { app, anna } = await begin(set)
      const headers = { 'idempotency-key': 'one' }
      await app.start(anna, {}, headers)
      const update = (values: { answer?: null; leased_until?: number; expires_at?: number }) =>
        set.context.db.write((transaction) => transaction.updateTable('idempotency_keys').set(values).execute())
      await update({ answer: null })
      expect((await app.start(anna, {}, headers)).body).toMatchObject({ code: 'idempotency_in_flight' })
      await update({ leased_until: 0 })
      // It is alive: the same is found again, and not asked twice.
      expect((await app.start(anna, {}, headers)).status).toBe(200)
      await update({ expires_at: 0 })
      expect((await app.start(anna, { data: { ...bill, amount: '1.00 SEK' } }, headers)).status).toBe(201)
    })
  })

  describe('abuse-1 push bombing', () => {
    test('200 starts send three pushes, raise the binding, are refused in the end, and the person can still answer', async () => {
      await using set = await scene()
      const { app, anna } = await begin(set)
      const { context, phone } = set
      const { vapid_key } = await phone.readPush()
      const keys = { p256dh: vapid_key, auth: 'AAAAAAAAAAAAAAAAAAAAAA' }
      await phone
        .subscribePush({ endpoint: 'https://fcm.googleapis.com/fcm/send/a', ...keys, vapid_key })
        .catch(() => {})
      const answers: Awaited<ReturnType<typeof app.start>>[] = []
      for (let start = 0; start < 200; start++) answers.push(await app.start(anna, { session: `browser-${start}` }))
      const started = answers.filter(({ status }) => status === 201).map(({ body }) => approvalIn(body))
      expect(started).toHaveLength(10)
      expect(answers.slice(10).every(({ body }) => body.code === 'rate_limited')).toBe(true)
      expect(started.map(({ number }) => number !== null)).toEqual([false, ...Array(9).fill(true)])
      expect(started.slice(3).every(({ push }) => push === 'withheld' || push === 'none')).toBe(true)
      const rows = await context.db.read((query) =>
        query.selectFrom('approvals').select('quiet').orderBy('created_at').orderBy('id').execute(),
      )
      expect(rows.filter(({ quiet }) => quiet === 0)).toHaveLength(3)

      const newest = started.at(-1)
      if (newest === undefined) throw new Error('Nothing was started.')
      expect(await set.approve(await set.shown(newest.id))).toMatchObject({ state: 'approved' })
      // The person is there: what comes now is asked as usual.
      expect((await app.start(anna, { session: 'another' })).status).toBe(201)
    })
  })

  test('abuse-4 an application that sprays over accounts is throttled, and the audit tells it once', async () => {
    await using set = await scene()
    const { anna } = await begin(set)
    const shop = await secondApplication(set, 3)
    const answers = await inParallel(12, (index) => shop.start(anna, { session: `browser-${index}` }))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3)
    expect(answers.filter(({ body }) => body.code === 'rate_limited')).toHaveLength(9)
    expect((await auditKinds(set)).filter((kind) => kind === 'application.throttled')).toHaveLength(1)
  })

  test('abuse-4 an account that the application does not know is not asked, nor told from one that there is not', async () => {
    await using set = await scene()
    const app = backEnd(set)
    await app.define()
    const known = await app.start(set.phone.stored.account.id)
    const unknown = await app.start('acc_AAAAAAAAAAAAAAAAAAAAAA')
    expect(known).toMatchObject({ status: 404, body: { code: 'account_unknown' } })
    expect(known.body).toEqual(unknown.body)
    expect(await countOf(set, 'approvals')).toBe(0)
  })

  test('abuse-12, abuse-54 the result goes to the back end of the application that asked, and to nobody else', async () => {
    await using set = await scene()
    const { app, anna } = await begin(set)
    const shop = await secondApplication(set)
    const [mine, other] = [(await app.start(anna)).body, (await app.start(anna, { session: 'browser-2' })).body]
    const { id } = approvalIn(mine)
    const redeem = { body: { redemption_id: 'r' } }
    await set.approve(await set.shown(id))
    const path = `/v1/approvals/${id}`
    for (const [method, rest, extra] of [
      ['GET', '', {}],
      ['GET', '/events', {}],
      ['POST', '/cancel', { body: {} }],
      ['POST', '/wake', { body: {} }],
      ['POST', '/offline', { body: {} }],
      ['POST', '/response', { body: { response: '12345678' } }],
      ['POST', '/redeem', redeem],
    ] as const) {
      expect(await shop.call(method, path + rest, extra), rest).toMatchObject({
        status: 404,
        body: { code: 'not_found' },
      })
    }
    expect((await shop.call('GET', '/v1/approvals')).body).toEqual({ items: [], next: null })
    // A page may watch its own approval alone, and collect none.
    expect(await app.call('GET', path, { token: tokenIn(other) })).toMatchObject({ status: 404 })
    expect(await app.call('POST', `${path}/redeem`, { ...redeem, token: tokenIn(mine) })).toMatchObject({
      status: 401,
      body: { code: 'key_refused' },
    })
    expect((await app.call('POST', `${path}/redeem`, redeem)).status).toBe(200)
  })

  test('abuse-12 the approval of a login is the sign-in’s: the API knows of none', async () => {
    await using set = await scene()
    const { app } = await begin(set)
    const login = await set.ask()
    await set.approve(await set.shown(login))
    expect(await app.call('GET', `/v1/approvals/${login}`)).toMatchObject({ status: 404 })
    const redeem = { body: { redemption_id: 'r' } }
    expect(await app.call('POST', `/v1/approvals/${login}/redeem`, redeem)).toMatchObject({ status: 404 })
    expect((await app.call('GET', '/v1/approvals')).body.items).toEqual([])
  })

  test('abuse-15 of two that wait at once for different browsers, the second shows a number that the phone must find', async () => {
    await using set = await scene()
    const { app, anna } = await begin(set)
    const first = approvalIn((await app.start(anna)).body)
    const second = approvalIn((await app.start(anna, { session: 'attacker' })).body)
    expect([first.number, second.number]).toEqual([null, expect.stringMatching(/^[1-9]\d$/)])
    const together = await inParallel(8, (index) => app.start(anna, { session: `at-once-${index}` }))
    const numbers = together.filter(({ status }) => status === 201).map(({ body }) => approvalIn(body).number)
    expect(numbers.every((number) => number !== null)).toBe(true)
  })

  test('abuse-15 of eight that are asked in the same moment, one at most is plain', async () => {
    await using set = await scene()
    const { app, anna } = await begin(set)
    const together = await inParallel(8, (index) => app.start(anna, { session: `at-once-${index}` }))
    expect(together.map(({ body }) => body.code)).toEqual(Array(8).fill(undefined))
    const plain = together.filter(({ body }) => approvalIn(body).number === null)
    expect(plain).toHaveLength(1)
  })

  test('abuse-21 who changes the amount asks for something else: what was asked before ends, and cannot be approved', async () => {
    await using set = await scene()
    const { app, anna } = await begin(set)
    const before = approvalIn((await app.start(anna)).body)
    const shown = await set.shown(before.id)
    const changed = approvalIn((await app.start(anna, { data: { ...bill, amount: '9999.00 SEK' } })).body)
    expect(changed.id).not.toBe(before.id)
    expect((await app.call('GET', `/v1/approvals/${before.id}`)).body).toMatchObject({
      state: 'cancelled',
      reason: 'replaced',
    })
    expect(await set.approve(shown)).toMatchObject({ outcome: 'ended' })
    expect((await app.start(anna, { data: { ...bill, amount: '9999.00 SEK' } })).body).toMatchObject({
      approval: { id: changed.id },
    })
  })

  test('abuse-52 a page of another origin is refused, whatever it knows, and the application’s own may ask', async () => {
    await using set = await scene()
    const { app, anna } = await begin(set)
    await secondApplication(set)
    const { body } = await app.start(anna)
    const path = `/v1/approvals/${approvalIn(body).id}`
    const from = (origin: string) => app.call('GET', path, { token: tokenIn(body), headers: { origin } })
    expect(await from('https://evil.example')).toMatchObject({ status: 403, body: { code: 'origin_refused' } })
    expect((await from('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull()
    expect(await from('https://shop.example')).toMatchObject({ status: 403 })
    const own = await from('http://localhost:4999')
    expect(own.status).toBe(200)
    expect(own.headers.get('access-control-allow-origin')).toBe('http://localhost:4999')
    expect(own.headers.get('access-control-allow-credentials')).toBeNull()
    const preflight = await app.call('OPTIONS', path, { headers: { origin: 'http://localhost:4999' } })
    expect([preflight.status, preflight.headers.get('access-control-allow-headers')]).toEqual([
      204,
      'authorization, content-type',
    ])
  })
})
