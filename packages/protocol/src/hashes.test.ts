import { expect, test } from 'vitest'
import { fromHex, toHex, utf8 } from './bytes.ts'
import { hkdfSha256, hmacOf, hmacSha256, labelBytes, sha256 } from './hashes.ts'

test('SHA-256 (FIPS 180-4)', () => {
  expect(toHex(sha256(utf8('abc')))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  expect(toHex(sha256(new Uint8Array()))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
})

test('HMAC (RFC 2202 and RFC 4231, test case 2), of one part as of several', () => {
  const key = utf8('Jefe')
  const message = utf8('what do ya want for nothing?')
  const expected = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'
  expect(toHex(hmacSha256(key, message))).toBe(expected)
  expect(toHex(hmacSha256(key, message.subarray(0, 5), new Uint8Array(), message.subarray(5)))).toBe(expected)
  expect(toHex(hmacOf('SHA256', key, message))).toBe(expected)
  expect(toHex(hmacOf('SHA1', key, message))).toBe('effcdf6ae5eb2fa2d27416d5f184df9c259a7c79')
  expect(toHex(hmacOf('SHA512', key, message))).toBe(
    '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737',
  )
})

test('HKDF (RFC 5869, test case 3)', () => {
  const ikm = fromHex('0b'.repeat(22))
  expect(toHex(hkdfSha256(ikm, new Uint8Array(), '', 42))).toBe(
    '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
  )
})

test('a label ends with a zero byte', () => {
  expect(toHex(labelBytes('ab'))).toBe('616200')
})
