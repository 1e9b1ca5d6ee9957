import { createPublicKey, ECDH } from 'node:crypto'
import { createDatabase, TestClock } from '@countersign/testkit'
import { compactVerify, importJWK, SignJWT } from 'jose'
import { beforeEach, describe, expect, inject, test } from 'vitest'
import { type Database, openDatabase } from '../db/index.ts'
import { loadKeys } from './keys.ts'
import { createSeal, SealBroken } from './seal.ts'
import { vapidKeyInUse } from './vapid-keys.ts'

const seal = createSeal([new Uint8Array(32).fill(1)])

describe('keys', () => {
  let db: Database

  beforeEach(async () => {
    db = await openDatabase({ url: 'sqlite::memory:', clock: new TestClock() })
    return () => db.close()
  })

  test('are made on the first start and the same on every later one', async () => {
    const { documentKey, documentKeys, oidcKeys } = await loadKeys(db, seal)
    const again = await loadKeys(db, seal)
    expect(again.documentKey.id).toBe(documentKey.id)
    expect(again.documentKeys).toEqual(documentKeys)
    expect(again.oidcKeys).toEqual(oidcKeys)
  })

  test('sign what their published halves verify', async () => {
    const { documentKey, documentKeys, oidcKeys } = await loadKeys(db, seal)
    expect(documentKeys).toEqual([documentKey.jwk])
    const signed = await new SignJWT({}).setProtectedHeader({ alg: 'ES256' }).sign(documentKey.key)
    await compactVerify(signed, await importJWK(documentKey.jwk, 'ES256'))
    const [oidcKey] = oidcKeys
    expect(oidcKey).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' })
    const { d: _, ...published } = oidcKey ?? {}
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: 'ES256' })
      .sign(await importJWK(oidcKey ?? {}, 'ES256'))
    await compactVerify(token, await importJWK(published, 'ES256'))
  })

  test('for documents and for OpenID Connect are different ones', async () => {
    const { documentKey, oidcKeys } = await loadKeys(db, seal)
    expect(oidcKeys.map(({ kid }) => kid)).not.toContain(documentKey.id)
  })

  test('for documents do not leave the process', async () => {
    const { documentKey } = await loadKeys(db, seal)
    expect(documentKey.key.extractable).toBe(false)
  })

  test('for push services are points of the curve, kept over restarts, and theirs alone', async () => {
    const { vapidKey, documentKey, oidcKeys } = await loadKeys(db, seal)
    const publicKey = await db.read(vapidKeyInUse)
    const point = Buffer.from(publicKey, 'base64url')
    expect([point.length, point[0]]).toEqual([65, 4])
    expect(ECDH.convertKey(point, 'prime256v1')).toEqual(point)
    await loadKeys(db, seal)
    expect(await db.read(vapidKeyInUse)).toBe(publicKey)
    const found = await vapidKey(publicKey)
    expect(found?.publicKey).toBe(publicKey)
    expect(createPublicKey(found?.privateKey ?? '').export({ format: 'jwk' })).toMatchObject({
      x: point.subarray(1, 33).toString('base64url'),
    })
    expect(await vapidKey(documentKey.id)).toBeNull()
    const x = point.subarray(1, 33).toString('base64url')
    expect([documentKey.jwk.x, ...oidcKeys.map((key) => key.x)]).not.toContain(x)
  })

  test('lie sealed in the database', async () => {
    const { oidcKeys } = await loadKeys(db, seal)
    const rows = await db.read((query) => query.selectFrom('signing_keys').selectAll().execute())
    expect(rows.map(({ purpose }) => purpose).sort()).toEqual(['document', 'oidc', 'receipt', 'vapid'])
    const private64 = oidcKeys.map(({ d }) => Buffer.from(d ?? '', 'base64url').toString('hex'))
    for (const row of rows) expect(private64).not.toContain(Buffer.from(row.private_key).toString('hex'))
    for (const row of rows) expect(row.public_jwk).not.toContain('"d"')
    await expect(loadKeys(db, createSeal([new Uint8Array(32).fill(2)]))).rejects.toThrow(SealBroken)
  })

  test('that are derived differ from each other, and cookies of before a rotation still verify', async () => {
    const keys = await loadKeys(db, seal)
    expect(keys.nonceKey).not.toEqual(keys.challengeKey)
    expect(keys.cookieKeys).toHaveLength(1)
    const rotated = await loadKeys(db, createSeal([new Uint8Array(32).fill(2), new Uint8Array(32).fill(1)]))
    expect(rotated.cookieKeys.slice(1)).toEqual(keys.cookieKeys)
    expect(rotated.nonceKey).not.toEqual(keys.nonceKey)
  })

  test('that were retired stay published behind the one in use', async () => {
    const { documentKey } = await loadKeys(db, seal)
    await db.write((transaction) => transaction.updateTable('signing_keys').set({ retired_at: 1 }).execute())
    const keys = await loadKeys(db, seal)
    expect(keys.documentKey.id).not.toBe(documentKey.id)
    expect(keys.documentKeys).toEqual([keys.documentKey.jwk, documentKey.jwk])
  })
})

test.skipIf(inject('postgres') === null)('processes that start together agree on the keys', async () => {
  const url = await createDatabase(inject('postgres') ?? '')
  const databases = await Promise.all(Array.from({ length: 4 }, () => openDatabase({ url, clock: new TestClock() })))
  const loaded = await Promise.all(databases.map((db) => loadKeys(db, seal)))
  expect(new Set(loaded.map(({ documentKey }) => documentKey.id)).size).toBe(1)
  expect(new Set(loaded.map(({ oidcKeys }) => JSON.stringify(oidcKeys))).size).toBe(1)
  await Promise.all(databases.map((db) => db.close()))
})
