import {
  activationType,
  canonicalBytes,
  DeviceAnswer,
  generateSigningKey,
  headerNames,
  type KeyPair,
  LinkingCodeAnswer,
  LinkingKeysAnswer,
  linkType,
  type PublicJwk,
  proofKeyOf,
  proofOf,
  publicJwkOf,
  StartLinkingAnswer,
  signJws,
  signRequest,
  thumbprintOf,
  toBase64url,
  utf8,
} from '@countersign/protocol'
import type { FastifyInstance } from 'fastify'
import { beforeEach, describe, expect, test } from 'vitest'
import { addAccount } from '../accounts/index.ts'
import { openTestContext, type TestContext } from '../context-for-tests.ts'
import { registerDevice } from '../devices/index.ts'
import { createApp } from '../http/index.ts'
import { runOutbox } from '../jobs/index.ts'
import { createDemoInbox, type DemoInbox, smsHandlers } from '../sms/index.ts'
import { registerLinking } from './index.ts'
import { noBelongings } from './linking-for-tests.ts'
import { createPhone } from './phone-for-tests.ts'

const email = 'anna@strand.example'
const password = 'morgonbris-vid-havet'

interface Signer {
  readonly pair: KeyPair
  readonly jwk: PublicJwk
}

const newSigner = async (): Promise<Signer> => {
  const pair = await generateSigningKey({ extractable: false })
  return { pair, jwk: await publicJwkOf(pair.publicKey) }
}

let context: TestContext
let app: FastifyInstance
let inbox: DemoInbox
let phone: Signer

beforeEach(async () => {
  context = await openTestContext('sqlite::memory:')
  inbox = createDemoInbox(context)
  app = createApp(context)
  registerLinking(app, context)
  registerDevice(app, context, noBelongings)
  const person = { name: 'Anna Lind', phoneNumber: '+46701740605', locale: 'sv' } as const
  await addAccount(context, { ...person, email, secret: { password } })
  phone = await newSigner()
})

type Method = 'GET' | 'POST' | 'DELETE'

/** Headers and body of a request as a phone signs it, with a nonce that the server gave for its key. */
async function sign(signer: Signer, method: Method, path: string, json?: object, appVersion = '1.2.3') {
  const keyId = thumbprintOf(signer.jwk)
  const payload = json === undefined ? '' : JSON.stringify(json)
  const request = {
    method,
    targetUri: context.config.issuer + path,
    body: utf8(payload),
    client: { app: appVersion, protocol: 1 as const },
    keyId,
    key: signer.pair.privateKey,
  }
  const asked = await app.inject({ method, url: path, headers: { ...(await signRequest({ ...request, nonce: '' })) } })
  const nonce = String(asked.headers[headerNames.nonce])
  const headers = { ...(await signRequest({ ...request, nonce })), 'content-type': 'application/json' }
  return { method, url: path, headers, payload }
}

const send = async (...request: Parameters<typeof sign>) => app.inject(await sign(...request))

const start = async (signer = phone) => {
  const answer = await send(signer, 'POST', '/v1/linkings', { sign_jwk: signer.jwk, email, password, locale: 'sv' })
  return { answer, path: `/v1/linkings/${answer.json().linking}` }
}

const newestCode = async () => {
  await runOutbox(context, smsHandlers(inbox))
  return inbox.messages()[0]?.text.slice(-6) ?? ''
}

const changes = () =>
  context.db.read(async (query) => ({
    linkings: await query.selectFrom('linkings').selectAll().execute(),
    devices: await query.selectFrom('devices').selectAll().execute(),
    audit: await query.selectFrom('audit').selectAll().execute(),
  }))

async function link() {
  const { path, answer } = await start()
  const { linking } = StartLinkingAnswer.parse(answer.json())
  const code = LinkingCodeAnswer.parse((await send(phone, 'POST', `${path}/code`, { code: await newestCode() })).json())
  const ecdh = await createPhone(context)
  const transcript = {
    ...(await ecdh.transcript(linking, {
      device: code.device,
      account: code.account,
      server_ecdh_jwk: code.server_ecdh_jwk,
    })),
    sign_jwk: phone.jwk,
  }
  const jws = (type: string, payload: Uint8Array) =>
    signJws({ type, keyId: thumbprintOf(phone.jwk), payload, key: phone.pair.privateKey })
  const keys = await send(phone, 'POST', `${path}/keys`, {
    transcript: await jws(linkType, canonicalBytes(transcript)),
  })
  LinkingKeysAnswer.parse(keys.json())
  const payload = canonicalBytes({
    v: 1,
    aud: context.config.issuer,
    link: linking,
    device: code.device,
    credential: null,
  })
  const proof = toBase64url(proofOf(proofKeyOf(await ecdh.secret(transcript)), 'activate', payload))
  const activated = await send(phone, 'POST', `${path}/activate`, {
    activation: await jws(activationType, payload),
    proof,
  })
  return { path, device: DeviceAnswer.parse(activated.json()) }
}

describe('linking over HTTP', () => {
  test('goes through all steps, and then the device knows itself', async () => {
    const { device } = await link()
    const answer = await send(phone, 'GET', '/v1/device')
    expect(DeviceAnswer.parse(answer.json())).toEqual(device)
  })

  test('logging out removes the device, and its key is nobody any more', async () => {
    await link()
    const request = await sign(phone, 'DELETE', '/v1/device')
    expect((await app.inject(request)).statusCode).toBe(204)
    const spent = await context.db.read((query) => query.selectFrom('nonces').select('nonce').execute())
    expect(spent.filter(({ nonce }) => request.headers['signature-input'].includes(nonce))).toHaveLength(1)
    expect((await send(phone, 'GET', '/v1/device')).json()).toMatchObject({ status: 401, code: 'device_unknown' })
    expect((await send(phone, 'DELETE', '/v1/device')).json()).toMatchObject({ code: 'device_unknown' })
  })

  test('what a device is seen doing is written once a minute', async () => {
    await link()
    const seen = () => context.db.read((query) => query.selectFrom('devices').select('last_seen_at').executeTakeFirst())
    const linkedAt = context.clock.now()
    await context.clock.advance(59_999)
    await send(phone, 'GET', '/v1/device')
    expect(await seen()).toEqual({ last_seen_at: linkedAt })
    await context.clock.advance(1)
    await send(phone, 'GET', '/v1/device')
    expect(await seen()).toEqual({ last_seen_at: linkedAt + 60_000 })
  })

  test('abuse-24 another key cannot go on with a linking, nor learn that there is one', async () => {
    const { path } = await start()
    const code = await newestCode()
    const stranger = await newSigner()
    const before = await changes()
    const unknown = `/v1/linkings/lnk_${'A'.repeat(22)}`
    const bodies = { resend: {}, code: { code }, keys: { transcript: 'a.b.c' }, activate: {} }
    for (const [step, body] of Object.entries(bodies)) {
      const foreign = await send(stranger, 'POST', `${path}/${step}`, body)
      const nothing = await send(stranger, 'POST', `${unknown}/${step}`, body)
      expect(foreign.json()).toMatchObject({ status: 404, code: 'not_found' })
      expect(foreign.body).toBe(nothing.body)
    }
    expect(await changes()).toEqual(before)
    expect((await send(phone, 'POST', `${path}/code`, { code })).statusCode).toBe(200)
  })

  test('a key that signs another key is refused', async () => {
    const stranger = await newSigner()
    const answer = await send(stranger, 'POST', '/v1/linkings', { sign_jwk: phone.jwk, email, password, locale: 'sv' })
    expect(answer.json()).toMatchObject({ status: 401, code: 'signature_invalid' })
    expect(context.passwordsJudged()).toBe(0)
  })

  test('a key that is no point of the curve is refused', async () => {
    const jwk = { ...phone.jwk, y: phone.jwk.x }
    const answer = await send({ ...phone, jwk }, 'POST', '/v1/linkings', {
      sign_jwk: jwk,
      email,
      password,
      locale: 'sv',
    })
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid_request' })
  })

  test('abuse-20 a request that was made is not made again', async () => {
    const request = await sign(phone, 'POST', '/v1/linkings', { sign_jwk: phone.jwk, email, password, locale: 'sv' })
    expect((await app.inject(request)).statusCode).toBe(200)
    expect((await app.inject(request)).json()).toMatchObject({ status: 401, code: 'nonce_used' })
    await newestCode()
    expect(inbox.messages()).toHaveLength(1)

    const { path } = await start()
    const wrong = await sign(phone, 'POST', `${path}/code`, { code: 'none' })
    expect((await app.inject(wrong)).json()).toMatchObject({ status: 400, code: 'invalid_request' })
    const guess = await sign(phone, 'POST', `${path}/code`, { code: '000000' })
    await app.inject(guess)
    expect((await app.inject(guess)).json()).toMatchObject({ code: 'nonce_used' })
    const rows = (await changes()).linkings.filter(({ id }) => path.endsWith(id))
    expect(rows).toMatchObject([{ code_tries_left: 4 }])
  })

  test('abuse-20 a request whose body or path was changed is refused, and nothing changes', async () => {
    const { path } = await start()
    const request = await sign(phone, 'POST', `${path}/code`, { code: '000000' })
    const before = await changes()
    const changed = await app.inject({ ...request, payload: JSON.stringify({ code: '000001' }) })
    expect(changed.json()).toMatchObject({ status: 401, code: 'signature_invalid' })
    const moved = await app.inject({ ...request, url: `${path}/resend` })
    expect(moved.json()).toMatchObject({ status: 401, code: 'signature_invalid' })
    expect(await changes()).toEqual(before)
  })

  test('without a signature no step is taken', async () => {
    const { path } = await start()
    const before = await changes()
    for (const url of ['/v1/linkings', `${path}/resend`, `${path}/code`, `${path}/keys`, `${path}/activate`]) {
      const body = { sign_jwk: phone.jwk, email, password, locale: 'sv' }
      const answer = await app.inject({ method: 'POST', url, payload: body })
      expect(answer.json()).toMatchObject({ status: 401, code: 'signature_invalid' })
    }
    expect(await changes()).toEqual(before)
  })

  test('an old app is told to update', async () => {
    const body = { sign_jwk: phone.jwk, email, password, locale: 'sv' }
    const answer = await send(phone, 'POST', '/v1/linkings', body, '0.0.9')
    expect(answer.json()).toMatchObject({ status: 426, code: 'app_outdated' })
  })

  test.each([
    ['/v1/linkings', { email, password, locale: 'sv' }],
    ['/v1/linkings', { sign_jwk: {}, email, password, locale: 'de' }],
    ['/code', { code: 123456 }],
    ['/code', { code: '12345' }],
    ['/code', { code: '123456', more: true }],
    ['/keys', { transcript: 'not a jws' }],
    ['/activate', { activation: 'a.b.c' }],
  ])('%s with a body like %j is a problem, and nothing changes', async (url, body) => {
    const { path } = await start()
    const before = await changes()
    const answer = await send(phone, 'POST', url.startsWith('/v1') ? url : path + url, body)
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid_request' })
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
    expect(await changes()).toEqual(before)
  })

  test('abuse-34 abuse-50 an unknown account and a wrong password get equal bytes', async () => {
    const bodies: string[] = []
    for (const [address, word] of [
      ['nobody@strand.example', password],
      [email, 'wrong'],
    ]) {
      const body = { sign_jwk: phone.jwk, email: address, password: word, locale: 'sv' }
      const answer = await send(phone, 'POST', '/v1/linkings', body)
      expect(answer.statusCode).toBe(401)
      bodies.push(answer.body)
    }
    expect(bodies[0]).toBe(bodies[1])
    expect(JSON.parse(bodies[0] ?? '')).toMatchObject({ code: 'link_failed' })
  })
})
