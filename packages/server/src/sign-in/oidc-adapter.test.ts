/** One suite for the storage of oidc-provider, on both databases. */
import { createDatabase, TestClock } from '@countersign/testkit'
import type { Adapter } from 'oidc-provider'
import { beforeEach, describe, expect, inject, test } from 'vitest'
import { addApplication } from '../applications/index.ts'
import type { Context } from '../context.ts'
import { openContext } from '../main.ts'
import { sweepSignIn } from './index.ts'
import { createAdapter } from './oidc-adapter.ts'

const kinds = [
  { name: 'SQLite', newUrl: async () => 'sqlite::memory:' },
  { name: 'PostgreSQL', newUrl: () => createDatabase(inject('postgres') ?? '') },
]

const configOf = (databaseUrl: string) => ({
  issuer: 'https://id.example',
  phoneUrl: 'https://app.example',
  databaseUrl,
  listen: [],
  masterKeys: [new Uint8Array(32).fill(7)] as const,
  brand: { name: 'Countersign', supportEmail: 'support@example' },
  minimumAppVersion: '0.1.0',
  sms: { kind: 'demo' } as const,
  smsCountries: [],
  push: { hosts: [] },
  outbound: { origins: [] },
  demo: true,
})

const inParallel = <T>(count: number, work: () => Promise<T>) =>
  Promise.allSettled(Array.from({ length: count }, () => work()))

const fulfilled = (results: PromiseSettledResult<unknown>[]) => results.filter(({ status }) => status === 'fulfilled')

describe.each(kinds)('$name', ({ name, newUrl }) => {
  let clock: TestClock
  let context: Context
  let code: Adapter
  let interaction: Adapter

  beforeEach(async ({ skip }) => {
    if (name === 'PostgreSQL' && inject('postgres') === null) skip('PostgreSQL is not installed here')
    clock = new TestClock()
    const opened = await openContext(configOf(await newUrl()), { clock, logLevel: 'silent' })
    context = opened
    code = createAdapter(context)('AuthorizationCode')
    interaction = createAdapter(context)('Interaction')
    return () => opened.close()
  })

  test('gives back what was stored, until it is over', async () => {
    await code.upsert('c', { accountId: 'a', grantId: 'g' }, 60)
    expect(await code.find('c')).toEqual({ accountId: 'a', grantId: 'g' })
    await clock.advance(60_000)
    expect(await code.find('c')).toBeUndefined()
  })

  test('stores again what is there', async () => {
    await code.upsert('c', { accountId: 'a' }, 60)
    await code.upsert('c', { accountId: 'b' }, 60)
    expect(await code.find('c')).toEqual({ accountId: 'b' })
  })

  test('keeps the models apart', async () => {
    await code.upsert('c', {}, 60)
    expect(await createAdapter(context)('AccessToken').find('c')).toBeUndefined()
  })

  test('finds a session by its uid', async () => {
    const session = createAdapter(context)('Session')
    await session.upsert('id', { uid: 'u', jti: 'id' }, 60)
    expect(await session.findByUid('u')).toMatchObject({ jti: 'id' })
    expect(await session.findByUid('id')).toBeUndefined()
  })

  test('abuse-17 a code is consumed once, however many try at once', async () => {
    await code.upsert('c', {}, 60)
    expect(fulfilled(await inParallel(16, () => code.consume('c')))).toHaveLength(1)
    expect(await code.find('c')).toMatchObject({ consumed: Math.floor(clock.now() / 1000) })
    await expect(code.consume('nothing')).rejects.toThrow('invalid_grant')
  })

  test('an interaction is resumed once, and an answer that comes late does not bring it back', async () => {
    await interaction.upsert('i', { uid: 'i' }, 60)
    await interaction.upsert('i', { uid: 'i', result: { login: { accountId: 'a' } } }, 60)
    expect(fulfilled(await inParallel(16, async () => interaction.destroy('i')))).toHaveLength(1)
    await expect(interaction.upsert('i', { uid: 'i', result: { login: { accountId: 'a' } } }, 60)).rejects.toThrow()
    expect(await interaction.find('i')).toBeUndefined()
  })

  test('revoking a grant takes what it gave, and nothing else', async () => {
    await code.upsert('mine', { grantId: 'g' }, 60)
    await code.upsert('other', { grantId: 'h' }, 60)
    await code.revokeByGrantId('g')
    expect(await code.find('mine')).toBeUndefined()
    expect(await code.find('other')).toBeDefined()
  })

  test('what is over is swept', async () => {
    const rows = () => context.db.read((query) => query.selectFrom('oidc_records').select('id').execute())
    await code.upsert('short', {}, 60)
    await code.upsert('long', {}, 120)
    await clock.advance(60_000)
    await sweepSignIn(context)
    expect(await rows()).toHaveLength(1)
  })

  test('the table holds nothing that a thief of it could use', async () => {
    await createAdapter(context)('Session').upsert('secret-id', { uid: 'secret-uid', jti: 'secret-id' }, 60)
    const rows = await context.db.read((query) => query.selectFrom('oidc_records').selectAll().execute())
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain('secret')
    expect(Buffer.from(rows[0]?.payload ?? '', 'base64url').toString('latin1')).not.toContain('secret')
  })

  test('clients are the registered applications, without their secrets', async () => {
    const added = await addApplication(context, {
      id: 'strand',
      name: 'Strand',
      redirectUris: ['https://strand.example/callback'],
      postLogoutRedirectUris: [],
    })
    const client = await createAdapter(context)('Client').find('strand')
    expect(client).toMatchObject({ client_id: 'strand', redirect_uris: ['https://strand.example/callback'] })
    expect(JSON.stringify(client)).not.toContain(added.kind === 'added' ? added.secret : 'never')
    expect(await createAdapter(context)('Client').find('stranger')).toBeUndefined()
  })
})
