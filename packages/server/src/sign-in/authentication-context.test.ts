/** How somebody signed in, and what an application may ask of that (OpenID Connect Core sections 3.1.2.1 and 5.5.1.1). */
import { startWorld, type World } from '@countersign/testkit'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { authorizationRequest, Browser, codeIn, redeemCode, redirectUri } from './browser-for-tests.ts'

const approved = 'urn:countersign:acr:approved'

let world: World
beforeAll(async () => {
  world = await startWorld({ redirectUri })
})
afterAll(() => world[Symbol.asyncDispose]())

test('a wish for the higher one is met or not, and the ID token says which: never what was asked for', async () => {
  const erik = await world.addAccount('Erik')
  const browser = new Browser(world)
  const claims = JSON.stringify({ id_token: { acr: { essential: true, values: [approved] } } })
  const begun = await browser.begin(authorizationRequest(world, { acr_values: approved, claims }))
  await browser.password(begun.id, erik)
  await world.running.jobs.settled()
  await browser.command(begun.id, 'code', { code: await world.smsCode(erik.phoneNumber) })
  const { location } = await browser.go(await browser.finish(begun.id))
  const { body } = await redeemCode(world, codeIn(location) ?? '', begun.request.verifier)
  expect(decodeJwt(String(body.id_token))).toMatchObject({ acr: 'urn:countersign:acr:sms', amr: ['pwd', 'sms'] })
})

test('what is announced is that: wishes by acr_values, and no demands by claims', async () => {
  const { text } = await new Browser(world).go('/.well-known/openid-configuration')
  expect(JSON.parse(text)).toMatchObject({
    acr_values_supported: [approved, 'urn:countersign:acr:sms'],
    claims_parameter_supported: false,
  })
})
