/** Accounts by the application's own ids, with a real server: made, changed, asked nothing any more, deleted. */
import { startWorld, type World } from '@countersign/testkit'
import { beforeAll, describe, expect, test } from 'vitest'
import { Countersign } from './countersign.ts'

const anna = { name: 'Anna Berg', email: 'anna.berg@shop.example', locale: 'sv' } as const

let world: World
let countersign: Countersign

beforeAll(async () => {
  world = await startWorld()
  const { id, apiKey } = world.application
  countersign = new Countersign({ server: world.config.issuer, application: id, apiKey })
  return () => world[Symbol.asyncDispose]()
})

test('an account is made, read, changed, disabled, enabled and deleted', async () => {
  const { accounts } = countersign
  const made = await accounts.put('customer-17', anna)
  expect(made).toMatchObject({ external_id: 'customer-17', state: 'active', device: null, phone_number: null })
  expect(await accounts.put('customer-17', { ...anna, name: 'Anna Lind' })).toMatchObject({
    id: made.id,
    name: 'Anna Lind',
  })
  expect(await accounts.changePhoneNumber('customer-17', '+46701740605')).toMatchObject({
    phone_number: '+46701740605',
  })
  expect(await accounts.changePhoneNumber('customer-17', null)).toMatchObject({ phone_number: null })
  expect(await accounts.disable('customer-17')).toMatchObject({ state: 'disabled' })
  expect(await accounts.enable('customer-17')).toMatchObject({ state: 'active' })
  expect(await accounts.get('customer-17')).toMatchObject({ id: made.id, state: 'active' })
  await accounts.delete('customer-17')
  await expect(accounts.get('customer-17')).rejects.toMatchObject({ code: 'account_unknown', status: 404 })
})

test('an id may be anything that can be seen', async () => {
  const { accounts } = countersign
  for (const id of ['a/b', '50%', 'x?y#z', 'anna@shop.example']) {
    await accounts.put(id, { ...anna, email: `${encodeURIComponent(id)}@shop.example`.replaceAll('%', '.') })
    expect(await accounts.get(id)).toMatchObject({ external_id: id })
  }
  const first = await accounts.list({ limit: 3 })
  const second = await accounts.list({ limit: 3, cursor: first.next ?? '' })
  expect([...first.items, ...second.items].map(({ external_id: id }) => id).sort()).toEqual(
    ['a/b', '50%', 'x?y#z', 'anna@shop.example'].sort(),
  )
  expect(second.next).toBeNull()
})

describe('linking a phone from a page of the application', () => {
  test('begins with a code for five minutes, which waits for a phone', async () => {
    const { accounts } = countersign
    await accounts.put('customer-18', { ...anna, email: 'anna.18@shop.example' })
    const { linking, code, expires } = await accounts.offerLinking('customer-18')
    expect(code).toMatch(/^CS3:/)
    expect(await accounts.readLinking('customer-18', linking)).toEqual({ linking, state: 'open', expires })
  })

  test('gives the same code for the same idempotency key', async () => {
    const { accounts } = countersign
    await accounts.put('customer-19', { ...anna, email: 'anna.19@shop.example' })
    const idempotencyKey = 'visit-1'
    const offer = await accounts.offerLinking('customer-19', { idempotencyKey })
    expect(await accounts.offerLinking('customer-19', { idempotencyKey })).toEqual(offer)
    expect((await accounts.offerLinking('customer-19')).code).not.toBe(offer.code)
  })

  test('digits that nobody was shown are refused', async () => {
    const { accounts } = countersign
    await accounts.put('customer-20', { ...anna, email: 'anna.20@shop.example' })
    const { linking } = await accounts.offerLinking('customer-20')
    await expect(accounts.confirmLinking('customer-20', linking, '123456')).rejects.toMatchObject({ status: 409 })
  })
})
