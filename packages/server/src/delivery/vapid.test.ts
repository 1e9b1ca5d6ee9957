import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { concatBytes, fromBase64url, fromUtf8, toBase64url } from '@countersign/protocol'
import { expect, test } from 'vitest'
import vectors from '../../../../vectors/webpush-rfc8291.json' with { type: 'json' }
import type { VapidKey } from '../platform/vapid-keys.ts'
import { rememberVapid, signVapid } from './vapid.ts'

const { rfc8292 } = vectors

function newKey(): VapidKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  return { privateKey, publicKey: toBase64url(concatBytes(Uint8Array.of(4), fromBase64url(x), fromBase64url(y))) }
}

/** What a push service does (RFC 8292 section 2): the claims, where the signature is by the key that comes along. */
function claimsOf(authorization: string): unknown {
  const [, header = '', claims = '', signature = '', k = ''] =
    /^vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), ?k=([\w-]+)$/.exec(authorization) ?? []
  const point = fromBase64url(k)
  const jwk = { kty: 'EC', crv: 'P-256', x: toBase64url(point.slice(1, 33)), y: toBase64url(point.slice(33)) }
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  const signed = Buffer.from(`${header}.${claims}`)
  const right = verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, fromBase64url(signature))
  return right ? JSON.parse(fromUtf8(fromBase64url(claims))) : null
}

test('the vector of RFC 8292 is read as a push service reads ours', () => {
  expect(claimsOf(`vapid t=${rfc8292.jwt}, k=${rfc8292.k}`)).toEqual(rfc8292.claims)
})

test('a push service can tell who sends, and that it is meant', () => {
  const key = newKey()
  const claims = {
    audience: 'https://push.example.net',
    contact: 'mailto:support@strand.example',
    expires: 1_800_000_000,
  }
  const authorization = signVapid(key, claims)
  expect(claimsOf(authorization)).toEqual({ aud: claims.audience, sub: claims.contact, exp: claims.expires })
  expect(authorization).toContain(`k=${key.publicKey}`)
})

test('one signature serves a push service for hours, and is renewed before it ends', () => {
  const authorizationOf = rememberVapid('mailto:support@strand.example')
  const [key, other] = [newKey(), newKey()]
  const now = 1_800_000_000_000
  const hour = 3_600_000
  const first = authorizationOf(key, 'https://a.example', now)
  expect(claimsOf(first)).toMatchObject({ exp: 1_800_000_000 + 12 * 3_600 })
  expect(authorizationOf(key, 'https://a.example', now + 10 * hour)).toBe(first)
  expect(authorizationOf(key, 'https://a.example', now + 11 * hour)).not.toBe(first)
  expect(authorizationOf(key, 'https://b.example', now)).not.toBe(first)
  expect(authorizationOf(other, 'https://a.example', now)).not.toBe(first)
})

test('a clock that was set back does not bring out a signature that is good for too long', () => {
  const authorizationOf = rememberVapid('mailto:support@strand.example')
  const key = newKey()
  const late = authorizationOf(key, 'https://a.example', 1_800_000_000_000)
  const early = authorizationOf(key, 'https://a.example', 1_700_000_000_000)
  expect(early).not.toBe(late)
  expect(claimsOf(early)).toMatchObject({ exp: 1_700_000_000 + 12 * 3_600 })
})
