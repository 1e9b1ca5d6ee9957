/** Renewals over HTTP: signed by the device, parsed at the edge, bounded. */
import {
  DeviceAnswer,
  generateSigningKey,
  headerNames,
  type KeyPair,
  publicJwkOf,
  StartRenewalAnswer,
  signRequest,
  thumbprintOf,
  utf8,
} from '@countersign/protocol'
import { createAuthenticator } from '@countersign/testkit'
import type { FastifyInstance } from 'fastify'
import { beforeEach, describe, expect, test } from 'vitest'
import { openTestContext, type TestContext } from '../context-for-tests.ts'
import { registerDevice } from '../devices/index.ts'
import { createApp } from '../http/index.ts'
import { registerRenewals } from './index.ts'
import { addPerson, linkPhone, noBelongings, type Phone, renewalRows } from './renewing-for-tests.ts'

let context: TestContext
let app: FastifyInstance
let phone: Phone

beforeEach(async () => {
  context = await openTestContext('sqlite::memory:')
  app = createApp(context)
  registerRenewals(app, context)
  registerDevice(app, context, noBelongings)
  phone = await linkPhone(context, await addPerson(context, 'anna@strand.example'))
})

interface Signer {
  readonly pair: KeyPair
  readonly thumbprint: string
}

/** A request as a phone signs it, with a nonce that the server gave for its key. */
async function sign(signer: Signer, method: 'GET' | 'POST', path: string, json?: unknown) {
  const payload = json === undefined ? '' : JSON.stringify(json)
  const request = {
    method,
    targetUri: context.config.issuer + path,
    body: utf8(payload),
    client: { app: '1.2.3', protocol: 1 as const },
    keyId: signer.thumbprint,
    key: signer.pair.privateKey,
  }
  const asked = await app.inject({ method, url: path, headers: { ...(await signRequest({ ...request, nonce: '' })) } })
  const nonce = String(asked.headers[headerNames.nonce])
  const headers = { ...(await signRequest({ ...request, nonce })), 'content-type': 'application/json' }
  return { method, url: path, headers, payload }
}

const send = async (...request: Parameters<typeof sign>) => app.inject(await sign(...request))

const start = async (by = phone, from = by.secret) => {
  const { ecdh, body } = await by.startBody(from)
  const answer = await send(by, 'POST', '/v1/device/renewals', body)
  return by.begunBy(ecdh, StartRenewalAnswer.parse(answer.json()))
}
const pathOf = (id: string) => `/v1/device/renewals/${id}/activate`
const rows = async () => ({
  renewals: await renewalRows(context),
  devices: await context.db.read((query) => query.selectFrom('devices').selectAll().execute()),
  audit: await context.db.read((query) => query.selectFrom('audit').selectAll().execute()),
  nonces: await context.db.read((query) => query.selectFrom('nonces').selectAll().execute()),
})

describe('renewals over HTTP', () => {
  test('go through both steps, and then the device says which secret and credential are in force', async () => {
    const begun = await start()
    const authenticator = createAuthenticator(context.config.phoneUrl)
    const { credential } = authenticator
    const body = await phone.activateBody(begun, { credential, registration: authenticator.register(begun.challenge) })
    const activated = DeviceAnswer.parse((await send(phone, 'POST', pathOf(begun.id), body)).json())
    expect(activated).toMatchObject({ renewal: begun.id, credential })
    expect(DeviceAnswer.parse((await send(phone, 'GET', '/v1/device')).json())).toEqual(activated)
  })

  test('tell a wrong proof with the tries that are left', async () => {
    const { body } = await phone.startBody(new Uint8Array(32))
    const answer = await send(phone, 'POST', '/v1/device/renewals', body)
    expect(answer.json()).toMatchObject({ status: 403, code: 'unlock_failed', tries_left: 4 })
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
  })

  test('are not there without a signature, or for a key that is not linked', async () => {
    const begun = await start()
    const stranger = await generateSigningKey({ extractable: false })
    const signer = { pair: stranger, thumbprint: thumbprintOf(await publicJwkOf(stranger.publicKey)) }
    const before = await rows()
    const { body } = await phone.startBody()
    for (const [url, payload] of [
      ['/v1/device/renewals', body],
      [pathOf(begun.id), await phone.activateBody(begun)],
    ] as const) {
      const unsigned = await app.inject({ method: 'POST', url, payload })
      expect(unsigned.json()).toMatchObject({ status: 401, code: 'signature_invalid' })
      expect((await send(signer, 'POST', url, payload)).json()).toMatchObject({ status: 401, code: 'device_unknown' })
    }
    expect(await rows()).toEqual(before)
  })

  test('abuse-20 are made once by one request, and not at all by a changed one', async () => {
    const begun = await start()
    const request = await sign(phone, 'POST', pathOf(begun.id), await phone.activateBody(begun))
    const changed = { ...request, payload: request.payload.replace('"proof":"', '"proof":"A') }
    expect((await app.inject(changed)).json()).toMatchObject({ code: 'signature_invalid' })
    const moved = { ...request, url: pathOf(`rnw_${'A'.repeat(22)}`) }
    expect((await app.inject(moved)).json()).toMatchObject({ code: 'signature_invalid' })
    expect((await app.inject(request)).statusCode).toBe(200)
    expect((await app.inject(request)).json()).toMatchObject({ status: 401, code: 'nonce_used' })
  })

  test('abuse-24 another phone gets the same bytes as for a renewal that there is not', async () => {
    const begun = await start()
    const erik = await linkPhone(context, await addPerson(context, 'erik@strand.example'))
    const before = await rows()
    const unknown = { ...begun, id: begun.id.replace(/.{4}$/, 'AAAA') }
    const bodies: string[] = []
    for (const id of [begun.id, unknown.id, 'none', 'rnw_']) {
      const named = id.length === begun.id.length ? id : begun.id
      const answer = await send(erik, 'POST', pathOf(id), await erik.activateBody(begun, undefined, { renewal: named }))
      expect(answer.statusCode).toBe(404)
      bodies.push(answer.body)
    }
    expect(new Set(bodies).size).toBe(1)
    expect(await rows()).toEqual(before)
  })

  const jws = 'a.b.c'
  const proof = 'A'.repeat(43)
  const registration = { credential: 'A'.repeat(43), client_data: 'AAAA', attestation: 'AAAA' }
  test.each<[string, unknown]>([
    ['', null],
    ['', []],
    ['', {}],
    ['', { renewal: jws }],
    ['', { proof }],
    ['', { renewal: 'not a jws', proof }],
    ['', { renewal: jws, proof: `${'A'.repeat(42)}B` }],
    ['', { renewal: jws, proof, more: true }],
    ['', { renewal: `${'a'.repeat(16_384)}.b.c`, proof }],
    ['activate', { activation: jws }],
    ['activate', { activation: jws, proof, more: true }],
    ['activate', { activation: jws, proof, registration: null }],
    ['activate', { activation: jws, proof, registration: { ...registration, more: 1 } }],
    ['activate', { activation: jws, proof, registration: { ...registration, credential: 'short' } }],
    ['activate', { activation: jws, proof, registration: { ...registration, client_data: '' } }],
    ['activate', { activation: jws, proof, registration: { ...registration, attestation: 'A'.repeat(4_097) } }],
    ['activate', { activation: jws, proof, registration: { ...registration, attestation: 'A=' } }],
  ])('%s with a body like %j is a problem, and nothing changes', async (step, body) => {
    const begun = await start()
    const before = await rows()
    const answer = await send(phone, 'POST', step === '' ? '/v1/device/renewals' : pathOf(begun.id), body)
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid_request' })
    expect(await rows()).toEqual(before)
  })

  test('take no more than 32 kB', async () => {
    const answer = await send(phone, 'POST', '/v1/device/renewals', { renewal: 'a'.repeat(32_768) })
    expect(answer.json()).toMatchObject({ status: 413, code: 'too_large' })
  })
})
