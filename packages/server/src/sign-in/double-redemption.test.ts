/** abuse-17: what may be collected once is collected once, also where two servers share a database; and it is collected. */
import { once } from 'node:events'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { LinkedDevice } from '@countersign/device'
import { createDatabase, freePort, startWorld, type World, type WorldAccount } from '@countersign/testkit'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { type RunningCountersign, startCountersign } from '../main.ts'
import { Browser, codeIn, redirectUri } from './browser-for-tests.ts'

const times = 20

let world: World
let second: RunningCountersign
let anna: WorldAccount
let phone: LinkedDevice
let browser: Browser

interface Sent {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** Sends a request to one of the two servers, by turns, under the one name that both have. */
async function send(turn: number, { method, path, headers, body = '' }: Sent) {
  const { host, port } = new URL(world.config.issuer)
  const sent = request({
    host: '127.0.0.1',
    port: turn % 2 === 0 ? port : second.ports[0],
    method,
    path,
    headers: { ...headers, host, 'content-length': Buffer.byteLength(body) },
  })
  sent.end(body)
  const [answer] = await once(sent, 'response')
  return { status: Number(answer.statusCode), location: answer.headers.location ?? null, text: await text(answer) }
}

const allAtOnce = (sent: Sent) => Promise.all(Array.from({ length: times }, (_, turn) => send(turn, sent)))

const codesIn = (answers: readonly { readonly location: string | null }[]) =>
  answers.map(({ location }) => codeIn(location)).filter((code) => code !== null)

/** Everything up to where the page would finish: password, and approval on the phone. */
async function toApproved() {
  const { id, request: asked } = await browser.begin()
  await browser.password(id, anna)
  for (const shown of (await phone.pendingApprovals()).approvals) await world.approve(phone, shown)
  return { id, verifier: asked.verifier }
}

const audited = (kind: string) =>
  world.running.context.db.read((query) => query.selectFrom('audit').select('seq').where('kind', '=', kind).execute())

describe.skipIf(inject('postgres') === null)('two servers on one PostgreSQL', () => {
  beforeEach(async () => {
    const databaseUrl = await createDatabase(inject('postgres') ?? '')
    world = await startWorld({ databaseUrl, redirectUri })
    const listen = [{ host: '127.0.0.1', port: await freePort() }]
    second = await startCountersign({ ...world.config, listen }, { logLevel: 'silent' })
    anna = await world.addAccount('Anna')
    phone = await world.linkPhone(anna)
    browser = new Browser(world)
  })
  afterEach(async () => {
    await second.close()
    await world[Symbol.asyncDispose]()
  })

  test(`abuse-17 a sign-in that is finished ${times} times at once, and gone on with as often, gives one code`, async () => {
    const { id } = await toApproved()
    const page = `/sign-in/${id}/finish`
    const headers = {
      'content-type': 'application/json',
      origin: world.config.issuer,
      cookie: browser.cookieHeader(page),
    }
    const finished = await allAtOnce({ method: 'POST', path: page, headers, body: '{}' })
    expect(new Set(finished.map(({ status }) => status))).toEqual(new Set([200]))
    expect(await audited('approval.redeemed')).toHaveLength(1)
    expect(await audited('sign-in.done')).toHaveLength(1)
    const { pathname } = new URL(JSON.parse(finished[0]?.text ?? '{}').location)
    const cookie = browser.cookieHeader(pathname)
    const resumed = await allAtOnce({ method: 'GET', path: pathname, headers: { cookie, accept: 'text/html' } })
    expect(codesIn(resumed)).toHaveLength(1)
  })

  test(`abuse-17 a code that is redeemed ${times} times at once gives one token set`, async () => {
    const { id, verifier } = await toApproved()
    const code = codeIn((await browser.go(await browser.finish(id))).location) ?? ''
    const { application } = world
    const answers = await allAtOnce({
      method: 'POST',
      path: '/oidc/token',
      headers: {
        authorization: `Basic ${Buffer.from(`${application.id}:${application.secret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        code_verifier: verifier,
        redirect_uri: redirectUri,
      }).toString(),
    })
    const given = answers.filter(({ status }) => status === 200)
    expect(given).toHaveLength(1)
    expect(JSON.parse(given[0]?.text ?? '{}')).toMatchObject({ id_token: expect.any(String) })
    const refused = answers.filter(({ status }) => status !== 200).map((answer) => JSON.parse(answer.text).error)
    expect(refused).toEqual(Array.from({ length: times - 1 }, () => 'invalid_grant'))
  })
})
