/** An application keeps the accounts of its people, and links their phones from pages of its own. */

import { scanLinking } from '@countersign/device'
import { AccountAnswer, LinkingOffer } from '@countersign/protocol'
import { cheapPasscodeHash, createDatabase, startWorld, usualPasscode, type World } from '@countersign/testkit'
import { describe, expect, inject, test } from 'vitest'
import { addApiKey, addApplication, scopes } from '../applications/index.ts'

async function begin(databaseUrl: string) {
  const world = await startWorld({ databaseUrl })
  const call = async (method: string, path: string, body?: unknown, token = world.application.apiKey) => {
    const answer = await fetch(world.config.issuer + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? null : JSON.parse(text) }
  }
  return { world, call, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() }
}

const greet = {
  binding: 'plain',
  fields: { name: { type: 'text', maximum_length: 40 } },
  headline: { sv: 'Hälsa {name}', en: 'Greet {name}' },
  lines: [{ label: { sv: 'Namn', en: 'Name' }, field: 'name' }],
}

const person = { name: 'Anna Lind', email: 'anna@shop.example', locale: 'sv' }
const phoneOf = ({ config }: World) =>
  ({
    apiUrl: config.issuer,
    deviceName: 'Annas telefon',
    locale: 'sv',
    platform: 'virtual',
    appVersion: '0.1.0',
  }) as const

/** Another application of the server, with a key. */
async function secondKey({ running: { context } }: World): Promise<string> {
  const shop = { id: 'shop', name: 'Shop', redirectUris: [], postLogoutRedirectUris: [], startsApprovals: true }
  await addApplication(context, shop)
  return (await addApiKey(context, 'shop', scopes))?.key ?? ''
}

describe.each([
  ['SQLite', async () => 'sqlite::memory:'],
  ['PostgreSQL', () => createDatabase(inject('postgres') ?? '')],
])('on %s', (name, newUrl) => {
  test.skipIf(name === 'PostgreSQL' && inject('postgres') === null)(
    'an account is made, changed, disabled, enabled and deleted by the application’s own id',
    async () => {
      await using set = await begin(await newUrl())
      const { call } = set
      const made = await call('PUT', '/v1/accounts/customer-7', person)
      expect(made).toMatchObject({ status: 201, body: { external_id: 'customer-7', state: 'active', device: null } })
      const { id } = AccountAnswer.parse(made.body)
      const changed = await call('PUT', '/v1/accounts/customer-7', { ...person, name: 'Anna Berg' })
      expect(changed).toMatchObject({ status: 200, body: { id, name: 'Anna Berg', phone_number: null } })
      const number = { phone_number: '070-174 06 05' }
      expect(await call('PUT', '/v1/accounts/customer-7/phone-number', number)).toMatchObject({ status: 400 })
      expect(
        (await call('PUT', '/v1/accounts/customer-7/phone-number', { phone_number: '+46 70 174 06 05' })).body,
      ).toMatchObject({ phone_number: '+46701740605' })
      expect((await call('POST', '/v1/accounts/customer-7/disable', {})).body).toMatchObject({ state: 'disabled' })
      expect((await call('PUT', '/v1/accounts/customer-7', person)).body).toMatchObject({ state: 'disabled' })
      expect((await call('POST', '/v1/accounts/customer-7/enable', {})).body).toMatchObject({ state: 'active' })
      expect((await call('DELETE', '/v1/accounts/customer-7')).status).toBe(204)
      expect(await call('GET', '/v1/accounts/customer-7')).toMatchObject({
        status: 404,
        body: { code: 'account_unknown' },
      })
      const again = await call('PUT', '/v1/accounts/customer-7', person)
      expect(again.status).toBe(201)
      expect(again.body.id).not.toBe(id)
    },
  )

  test.skipIf(name === 'PostgreSQL' && inject('postgres') === null)(
    'sixteen that make the same account at once make one',
    async () => {
      await using set = await begin(await newUrl())
      const answers = await Promise.all(
        Array.from({ length: 16 }, () => set.call('PUT', '/v1/accounts/customer-7', person)),
      )
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
      expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    },
  )

  test.skipIf(name === 'PostgreSQL' && inject('postgres') === null)(
    'a phone is linked from the application’s page, and answers what the application asks',
    async () => {
      await using set = await begin(await newUrl())
      const { world, call } = set
      await call('PUT', '/v1/accounts/customer-7', person)
      const offered = await call('POST', '/v1/accounts/customer-7/linkings', {})
      expect(offered.status).toBe(201)
      const offer = LinkingOffer.parse(offered.body)
      const path = `/v1/accounts/customer-7/linkings/${offer.linking}`
      expect(await call('POST', `${path}/confirm`, { digits: '123456' })).toMatchObject({ status: 409 })

      const linking = await scanLinking({ ...phoneOf(world), code: offer.code })
      expect((await call('GET', path)).body).toMatchObject({ state: 'scanned' })
      // Before the digits are on the page, the phone cannot go on, nor have an SMS sent.
      await expect(linking.submitCode(linking.digits)).rejects.toMatchObject({ code: 'wrong_step' })
      await expect(linking.resend()).rejects.toMatchObject({ code: 'wrong_step' })
      expect((await call('POST', `${path}/confirm`, { digits: linking.digits })).body).toMatchObject({
        state: 'confirmed',
      })
      await linking.confirmed()
      const stored = await linking.finish({
        passcode: usualPasscode,
        passcodeHash: cheapPasscodeHash,
        credential: null,
        keep: async (device) => device,
      })
      expect(stored.account).toMatchObject({ email: person.email, name: person.name })
      expect((await call('GET', path)).body).toMatchObject({ state: 'linked' })
      expect((await call('GET', '/v1/accounts/customer-7')).body).toMatchObject({
        device: { name: 'Annas telefon', state: 'active' },
      })
      expect(await call('POST', '/v1/accounts/customer-7/linkings', {})).toMatchObject({
        body: { code: 'already_linked' },
      })

      await call('PUT', '/v1/templates/greeting.send', greet)
      const asked = await call('POST', '/v1/approvals', {
        account: { external_id: 'customer-7' },
        action: 'greeting.send',
        data: { name: 'Erik' },
        context: { place: null, browser: null },
        session: 'one',
      })
      const phone = world.openPhone(stored)
      const [shown] = (await phone.pendingApprovals()).approvals
      if (shown === undefined) throw new Error('The phone shows nothing.')
      expect(await world.approve(phone, shown)).toMatchObject({ state: 'approved' })
      const { id } = asked.body.approval
      expect((await call('POST', `/v1/approvals/${id}/redeem`, { redemption_id: 'r' })).status).toBe(200)
      // With the account goes its phone.
      expect((await call('DELETE', '/v1/accounts/customer-7')).status).toBe(204)
      await expect(phone.pendingApprovals()).rejects.toMatchObject({ code: 'device_unknown' })
    },
  )

  test.skipIf(name === 'PostgreSQL' && inject('postgres') === null)(
    'wrong digits end it at the first try, a code is good for one phone, and a newer one takes its place',
    async () => {
      await using set = await begin(await newUrl())
      const { world, call } = set
      await call('PUT', '/v1/accounts/customer-7', person)
      const offer = async () => LinkingOffer.parse((await call('POST', '/v1/accounts/customer-7/linkings', {})).body)
      const first = await offer()
      const linking = await scanLinking({ ...phoneOf(world), code: first.code })
      await expect(scanLinking({ ...phoneOf(world), code: first.code })).rejects.toMatchObject({ code: 'link_expired' })
      const wrong = linking.digits === '000000' ? '000001' : '000000'
      const confirm = (digits: string) =>
        call('POST', `/v1/accounts/customer-7/linkings/${first.linking}/confirm`, { digits })
      expect(await confirm(wrong)).toMatchObject({ status: 403, body: { code: 'code_refused', tries_left: 0 } })
      expect(await confirm(linking.digits)).toMatchObject({ status: 409 })
      await expect(linking.confirmed()).rejects.toMatchObject({ code: 'link_expired' })
      expect((await call('GET', `/v1/accounts/customer-7/linkings/${first.linking}`)).body).toMatchObject({
        state: 'ended',
      })

      const [second, third] = [await offer(), await offer()]
      await expect(scanLinking({ ...phoneOf(world), code: second.code })).rejects.toMatchObject({
        code: 'link_expired',
      })
      await expect(scanLinking({ ...phoneOf(world), code: third.code })).resolves.toBeDefined()
    },
  )

  test.skipIf(name === 'PostgreSQL' && inject('postgres') === null)(
    'abuse-54 another application knows nothing of it, and nobody makes an account that signs in here his own',
    async () => {
      await using set = await begin(await newUrl())
      const { world, call } = set
      const key = await secondKey(world)
      await call('PUT', '/v1/accounts/customer-7', person)
      const { linking } = LinkingOffer.parse((await call('POST', '/v1/accounts/customer-7/linkings', {})).body)
      for (const [method, path, body] of [
        ['GET', '', undefined],
        ['DELETE', '', undefined],
        ['POST', '/disable', {}],
        ['POST', '/enable', {}],
        ['PUT', '/phone-number', { phone_number: null }],
        ['POST', '/linkings', {}],
        ['GET', `/linkings/${linking}`, undefined],
        ['POST', `/linkings/${linking}/confirm`, { digits: '123456' }],
      ] as const) {
        expect((await call(method, `/v1/accounts/customer-7${path}`, body, key)).body, path).toMatchObject({
          code: 'account_unknown',
        })
      }
      expect((await call('GET', '/v1/accounts', undefined, key)).body).toEqual({ items: [], next: null })
      // Its own account of that id is another person.
      expect((await call('PUT', '/v1/accounts/customer-7', person, key)).status).toBe(201)
      expect(await call('GET', `/v1/accounts/customer-7/linkings/${linking}`, undefined, key)).toMatchObject({
        status: 404,
      })
      // The address is that of somebody who signs in here: another account, and no way into theirs.
      const anna = await world.addAccount('Anna')
      const { body } = await call('PUT', '/v1/accounts/customer-8', { ...person, email: anna.email })
      expect(body.id).not.toBe((await world.linkPhone(anna)).stored.account.id)
      expect(await call('GET', '/v1/accounts', undefined, `csk_${'a'.repeat(12)}_${'A'.repeat(43)}`)).toMatchObject({
        status: 401,
        body: { code: 'key_refused' },
      })
    },
  )
})
