import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import vectors from '../../../vectors/document-digests.json' with { type: 'json' }
import { equalBytes, fromBase64url, fromUtf8, toBase64url, utf8 } from './bytes.ts'
import {
  canonicalBytes,
  canonicalText,
  digestOf,
  formatTimestamp,
  parseCanonical,
  parseTimestamp,
} from './canonical.ts'
import { ApprovalDocument } from './document.ts'

const [first] = vectors.vectors
if (first === undefined) throw new Error('There are no vectors.')
const document = ApprovalDocument.parse(first.document)

describe('the canonical form', () => {
  test('is the one of RFC 8785 section 3.2.2', () => {
    const value = JSON.parse(
      '{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001], "string": "\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/", "literals": [null, true, false]}',
    )
    expect(canonicalText(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    )
  })

  test('has its members in the order of RFC 8785 section 3.2.3, by UTF-16', () => {
    const value = { '€': 1, '\r': 2, '\ufb33': 3, 1: 4, '😀': 5, '\u0080': 6, ö: 7 }
    expect(Object.values(JSON.parse(canonicalText(value)))).toHaveLength(7)
    expect(canonicalText(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}')
  })

  test('comes back from itself, whatever the order of members was', () => {
    const reversed = (value: unknown): unknown =>
      typeof value !== 'object' || value === null || Array.isArray(value)
        ? value
        : Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([name, member]) => [name, reversed(member)]),
          )
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
        const text = canonicalText(value)
        expect(canonicalText(JSON.parse(text))).toBe(text)
        expect(canonicalText(reversed(value))).toBe(text)
        expect(parseCanonical(z.unknown(), utf8(text))).toEqual(JSON.parse(text))
      }),
    )
  })

  test.each([[undefined], [() => 1], [Symbol('a')]])('is not there for %s', (value) => {
    expect(() => canonicalText(value)).toThrow(TypeError)
  })

  test.each([[Number.NaN], [Number.POSITIVE_INFINITY], ['\ud800']])('is not there for %s', (value) => {
    expect(() => canonicalText({ value })).toThrow()
  })
})

describe('a document', () => {
  test.each(vectors.vectors)('has the bytes and digest of the vectors: $name', ({ document, canonical, digest }) => {
    const parsed = parseCanonical(ApprovalDocument, utf8(canonical))
    expect(parsed).toEqual(document)
    expect(canonicalText(parsed)).toBe(canonical)
    expect(toBase64url(digestOf(parsed))).toBe(digest)
  })

  test.each(vectors.refused)('is refused with $why', ({ bytes }) => {
    expect(() => parseCanonical(ApprovalDocument, fromBase64url(bytes))).toThrow()
  })

  test('with any byte changed is refused, or another one with another digest', () => {
    const bytes = canonicalBytes(document)
    const digest = digestOf(document)
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = bytes.slice()
        changed[at] = (changed[at] ?? 0) ^ change
        const parsed = parsedOrNull(changed)
        if (parsed !== null) expect(equalBytes(digestOf(parsed), digest)).toBe(false)
      }),
      { numRuns: 1000 },
    )
  })

  test('cut short or continued is refused', () => {
    const bytes = canonicalBytes(document)
    for (let length = 0; length < bytes.length; length++) expect(parsedOrNull(bytes.subarray(0, length))).toBeNull()
    expect(parsedOrNull(utf8(`${fromUtf8(bytes)} `))).toBeNull()
    expect(parsedOrNull(utf8(`${fromUtf8(bytes)}\0`))).toBeNull()
  })

  test('cannot smuggle a prototype', () => {
    const text = canonicalText(document).replace('"data":{}', '"data":{"__proto__":"a"}')
    expect(text).toContain('__proto__')
    expect(parsedOrNull(utf8(text))).toBeNull()
  })
})

function parsedOrNull(bytes: Uint8Array): ApprovalDocument | null {
  try {
    return parseCanonical(ApprovalDocument, bytes)
  } catch {
    return null
  }
}

describe('a timestamp', () => {
  test('comes back from itself', () => {
    expect(formatTimestamp(0)).toBe('1970-01-01T00:00:00.000Z')
    expect(parseTimestamp('2028-02-29T23:59:59.999Z')).toBe(Date.UTC(2028, 1, 29, 23, 59, 59, 999))
    fc.assert(
      fc.property(
        fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }),
        (ms) => parseTimestamp(formatTimestamp(ms)) === ms,
      ),
    )
  })

  test.each([
    '',
    '2026-02-30T00:00:00.000Z',
    '2026-13-01T00:00:00.000Z',
    '2026-01-01T24:00:00.000Z',
    '2026-01-01T00:00:60.000Z',
    '2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00.000+00:00',
    '2026-01-01 00:00:00.000Z',
    '+002026-01-01T00:00:00.000Z',
    '2026-01-01T00:00:00.000Z ',
  ])('is not %j', (text) => {
    expect(() => parseTimestamp(text)).toThrow(TypeError)
  })

  test.each([Number.NaN, 253_402_300_800_000, -62_167_219_200_001])('cannot say %s', (ms) => {
    expect(() => formatTimestamp(ms)).toThrow(RangeError)
  })
})
