import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  concatBytes,
  equalBytes,
  fromBase64,
  fromBase64url,
  fromHex,
  fromUtf8,
  toBase64,
  toBase64url,
  toHex,
  uint64Bytes,
  uint64Of,
  utf8,
} from './bytes.ts'

const anyBytes = fc.uint8Array({ maxLength: 200 })

describe('base64', () => {
  test.each([
    ['', ''],
    ['f', 'Zg=='],
    ['fo', 'Zm8='],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg=='],
    ['fooba', 'Zm9vYmE='],
    ['foobar', 'Zm9vYmFy'],
  ])('of %j is %j (RFC 4648 section 10)', (text, encoded) => {
    expect(toBase64(utf8(text))).toBe(encoded)
    expect(fromBase64(encoded)).toEqual(utf8(text))
    expect(toBase64url(utf8(text))).toBe(encoded.replaceAll('=', ''))
    expect(fromBase64url(encoded.replaceAll('=', ''))).toEqual(utf8(text))
  })

  test('has other last letters in URLs', () => {
    expect(toBase64(Uint8Array.of(0xfb, 0xff))).toBe('+/8=')
    expect(toBase64url(Uint8Array.of(0xfb, 0xff))).toBe('-_8')
  })

  test('gives every byte back', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(fromBase64url(toBase64url(bytes))).toEqual(bytes)
        expect(fromBase64(toBase64(bytes))).toEqual(bytes)
      }),
    )
  })

  test('has one text for the same bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ABQgwz09-_+/='), maxLength: 9 }), (text) => {
        for (const [decode, encode] of [[fromBase64url, toBase64url] as const, [fromBase64, toBase64] as const]) {
          const bytes = decoded(decode, text)
          if (bytes !== null) expect(encode(bytes)).toBe(text)
        }
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    'Zg==',
    'Zm8=',
    'Zh',
    'Zm9',
    'Z',
    'Zm9vY',
    'Zm+v',
    'Zm/v',
    ' Zm9v',
    'Zm9v\n',
    'Zm 9v',
    'Zmåv',
    'Zm9\u{1f389}',
  ])('in a URL is not %j', (text) => {
    expect(() => fromBase64url(text)).toThrow(TypeError)
  })

  test.each(['Zg', 'Zg=', 'Zg===', 'Zh==', 'Zm9=', 'Z===', '====', '=', 'Zm9v====', 'Zg==Zg==', 'Zm-v', 'Zm9v\n'])(
    'is not %j',
    (text) => {
      expect(() => fromBase64(text)).toThrow(TypeError)
    },
  )
})

function decoded(decode: (text: string) => Uint8Array, text: string): Uint8Array | null {
  try {
    return decode(text)
  } catch {
    return null
  }
}

describe('hexadecimal', () => {
  test('gives every byte back, in lower case', () => {
    expect(toHex(Uint8Array.of(0, 15, 171, 255))).toBe('000fabff')
    expect(fromHex('000fABff')).toEqual(Uint8Array.of(0, 15, 171, 255))
    fc.assert(fc.property(anyBytes, (bytes) => equalBytes(fromHex(toHex(bytes)), bytes)))
  })

  test.each(['0', '0g', ' 00', '0x00', '00\n'])('is not %j', (text) => {
    expect(() => fromHex(text)).toThrow(TypeError)
  })
})

describe('UTF-8', () => {
  test('gives every text back, a byte order mark in it too', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => fromUtf8(utf8(text)) === text))
    expect(fromUtf8(utf8('\ufeffa'))).toBe('\ufeffa')
  })

  test.each([[[0xff]], [[0xc3]], [[0xc0, 0x80]], [[0xed, 0xa0, 0x80]]])('is not %j', (bytes) => {
    expect(() => fromUtf8(Uint8Array.from(bytes))).toThrow(TypeError)
  })
})

test('parts are put one after another', () => {
  expect(concatBytes()).toEqual(new Uint8Array())
  expect(concatBytes(Uint8Array.of(1), new Uint8Array(), Uint8Array.of(2, 3))).toEqual(Uint8Array.of(1, 2, 3))
})

test('bytes are equal when all of them are', () => {
  expect(equalBytes(new Uint8Array(), new Uint8Array())).toBe(true)
  expect(equalBytes(Uint8Array.of(1), Uint8Array.of(1, 0))).toBe(false)
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), fc.nat(), fc.integer({ min: 1, max: 255 }), (bytes, at, change) => {
      const other = bytes.slice()
      expect(equalBytes(bytes, other)).toBe(true)
      other[at % other.length] = (other[at % other.length] ?? 0) ^ change
      expect(equalBytes(bytes, other)).toBe(false)
    }),
  )
})

describe('numbers of 64 bits', () => {
  test('are big-endian', () => {
    expect(toHex(uint64Bytes(1))).toBe('0000000000000001')
    expect(toHex(uint64Bytes(0x0102030405060708n))).toBe('0102030405060708')
    expect(uint64Of(fromHex('ff0102030405060708').subarray(1))).toBe(0x0102030405060708n)
    fc.assert(fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (n) => uint64Of(uint64Bytes(n)) === n))
  })

  test.each([-1, 2n ** 64n, 0.5, Number.NaN])('are not %s', (value) => {
    expect(() => uint64Bytes(value)).toThrow(RangeError)
  })

  test('take eight bytes', () => {
    expect(() => uint64Of(new Uint8Array(7))).toThrow(RangeError)
  })
})
