import { describe, expect, test } from 'vitest'
import vectors from '../../../vectors/hotp-rfc4226.json' with { type: 'json' }
import { fromHex } from './bytes.ts'
import { hotp, truncate } from './hotp.ts'

const key = fromHex(vectors.secretHex)

test.each(vectors.vectors)('RFC 4226 appendix D, count $count', ({ count, expected, hmacSha1Hex }) => {
  expect(hotp(key, count)).toBe(expected)
  expect(hotp(key, BigInt(count), vectors.digits, 'SHA1')).toBe(expected)
  expect(truncate(fromHex(hmacSha1Hex), 6)).toBe(expected)
})

describe('a code', () => {
  test('keeps its leading zeros', () => {
    expect(truncate(new Uint8Array(20), 8)).toBe('00000000')
    expect(truncate(new Uint8Array(20), 10)).toBe('0000000000')
  })

  test('has ten digits at most, of 31 bits', () => {
    expect(truncate(new Uint8Array(20).fill(0xff), 10)).toBe('2147483647')
  })

  test.each([0, 3, 11, 6.5, Number.NaN])('does not have %s digits', (digits) => {
    expect(() => hotp(key, 0, digits)).toThrow(RangeError)
  })

  test.each([-1, 2n ** 64n, 1.5])('has no counter %s', (counter) => {
    expect(() => hotp(key, counter)).toThrow(RangeError)
  })
})
