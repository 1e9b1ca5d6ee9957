import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { receiptKeysOf, thumbprintOf, toBase64url } from '@countersign/protocol'
import { startWorld } from '@countersign/testkit'
import { expect, test } from 'vitest'
import { countersign } from './terminal-for-tests.ts'

test('keys rotate receipt: the server that runs signs by another key, and publishes both', async () => {
  const databaseUrl = `sqlite:${join(await mkdtemp(join(tmpdir(), 'countersign-keys-')), 'countersign.db')}`
  await using world = await startWorld({ databaseUrl })
  const { config, running } = world
  const environment = {
    COUNTERSIGN_PUBLIC_URL: 'https://id.example.com',
    COUNTERSIGN_PHONE_URL: 'https://app.example.com',
    COUNTERSIGN_MASTER_KEY: toBase64url(config.masterKeys[0]),
    COUNTERSIGN_DATABASE_URL: databaseUrl,
    COUNTERSIGN_SMS_URL: 'https://sms.example.com/send',
    COUNTERSIGN_SMS_AUTHORIZATION: 'Bearer token',
    COUNTERSIGN_SUPPORT_EMAIL: 'support@example.com',
  }
  const published = async () => {
    const answer = await fetch(`${config.issuer}/oidc/jwks`)
    return receiptKeysOf(await answer.json()).map(thumbprintOf)
  }
  const before = await running.context.keys.receiptKey()
  expect(await published()).toContain(before.id)

  const ran = await countersign(['keys', 'rotate', 'receipt'], { environment })

  const after = await running.context.keys.receiptKey()
  expect(ran).toMatchObject({ code: 0, out: expect.stringContaining(after.id) })
  expect(after.id).not.toBe(before.id)
  expect(await published()).toEqual(expect.arrayContaining([before.id, after.id]))
})

test.each([[[]], [['document']], [['receipt', 'oidc']]])('keys rotate %j is not done', async (rest) => {
  expect(await countersign(['keys', 'rotate', ...rest])).toMatchObject({ code: 2, out: '' })
})
