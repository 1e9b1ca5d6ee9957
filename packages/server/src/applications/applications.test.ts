import { ApplicationId } from '@countersign/protocol'
import { beforeEach, describe, expect, test } from 'vitest'
import { inParallel, onBothDatabases, type TestContext } from '../context-for-tests.ts'
import { homeOf, isRedirectUri } from './application.ts'
import { addApplication, findApplication, isApplicationSecret } from './index.ts'

describe('a redirect address', () => {
  test.each([
    'https://strand.example/callback',
    'http://localhost:4002/callback',
    'http://127.0.0.1/',
    'http://[::1]:80/',
  ])('%s may be one', (uri) => {
    expect(isRedirectUri(uri)).toBe(true)
  })
  test.each([
    'http://strand.example/callback',
    'https://strand.example/callback#part',
    'https://user:pass@strand.example/',
    'javascript:alert(1)',
    'strand://callback',
    'http://localhost.evil.example/',
    '/callback',
  ])('%s may not', (uri) => {
    expect(isRedirectUri(uri)).toBe(false)
  })
})

test('an application is at the root of its first redirect address', () => {
  expect(homeOf({ redirectUris: ['https://strand.example:8443/a/callback?x=1', 'https://other.example/'] })).toBe(
    'https://strand.example:8443/',
  )
})

onBothDatabases((open) => {
  let context: TestContext
  beforeEach(async () => {
    context = await open()
  })
  const strand = {
    id: 'strand',
    name: 'Strand',
    redirectUris: ['https://strand.example/callback'],
    postLogoutRedirectUris: ['https://strand.example/'],
  }
  const find = (id: string) => context.db.read((query) => findApplication(query, id))

  test('an application is found as it was registered', async () => {
    const added = await addApplication(context, strand)
    expect(added).toMatchObject({ kind: 'added', application: strand })
    expect(await find('strand')).toEqual({ ...strand, startsApprovals: false, startsPerMinute: 600 })
    expect(await find('other')).toBeNull()
  })

  test('its secret is right, no other one is, and it is not in the database', async () => {
    const added = await addApplication(context, strand)
    const secret = added.kind === 'added' ? added.secret : ''
    const isSecret = (id: string, text: string) => context.db.read((query) => isApplicationSecret(query, id, text))
    expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(await isSecret('strand', secret)).toBe(true)
    expect(await isSecret('strand', `${secret}A`)).toBe(false)
    expect(await isSecret('other', secret)).toBe(false)
    const rows = await context.db.read((query) => query.selectFrom('applications').selectAll().execute())
    expect(JSON.stringify(rows)).not.toContain(secret)
  })

  test('an id belongs to the first of many at once', async () => {
    const added = await inParallel(8, () => addApplication(context, strand))
    expect(added.filter(({ kind }) => kind === 'added')).toHaveLength(1)
  })

  test('every fault is named, and nothing is added', async () => {
    const added = await addApplication(context, {
      id: 'Strand Bank',
      name: 'a\u202eb',
      redirectUris: [],
      postLogoutRedirectUris: ['http://strand.example/'],
    })
    expect(added.kind === 'refused' && added.faults).toHaveLength(4)
    expect(ApplicationId.safeParse('Strand Bank').success).toBe(false)
  })
})
