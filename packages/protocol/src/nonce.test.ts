import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import vectors from '../../../vectors/nonces.json' with { type: 'json' }
import { concatBytes, fromBase64url, toBase64url } from './bytes.ts'
import { hmacSha256, labelBytes } from './hashes.ts'
import { checkNonce, createNonce } from './nonce.ts'

const nonceKey = fromBase64url(vectors.nonceKey)
const { thumbprint, seconds, nonce } = vectors
const random = fromBase64url(vectors.random)

test('the nonce of the vectors', () => {
  expect(createNonce(nonceKey, thumbprint, seconds, random)).toBe(nonce)
})

test.each(vectors.checks)('a nonce $why is $verdict', ({ nonce, thumbprint, now, verdict }) => {
  expect(checkNonce(nonceKey, thumbprint, nonce, now)).toBe(verdict)
})

test('a nonce is good for 300 s, and from a clock that is 30 s ahead', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1000, max: 2 ** 40 }), fc.integer({ min: -1000, max: 1000 }), (at, passed) => {
      const verdict = checkNonce(nonceKey, thumbprint, createNonce(nonceKey, thumbprint, at, random), at + passed)
      expect(verdict).toBe(-30 <= passed && passed <= 300 ? 'good' : 'old')
    }),
  )
})

describe('a nonce is foreign', () => {
  test('when any byte of it is another one', () => {
    const bytes = fromBase64url(nonce)
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = toBase64url(bytes.map((byte, index) => (index === at ? byte ^ change : byte)))
        expect(checkNonce(nonceKey, thumbprint, changed, seconds)).toBe('foreign')
      }),
    )
  })

  test('of a version that is not known, though tagged rightly', () => {
    const tagged = (version: number) => {
      const content = fromBase64url(nonce).subarray(0, 17).with(0, version)
      const tag = hmacSha256(nonceKey, labelBytes('countersign/v1/nonce'), fromBase64url(thumbprint), content)
      return toBase64url(concatBytes(content, tag.subarray(0, 16)))
    }
    expect(checkNonce(nonceKey, thumbprint, tagged(1), seconds)).toBe('good')
    expect(checkNonce(nonceKey, thumbprint, tagged(2), seconds)).toBe('foreign')
  })

  test('to another server', () => {
    expect(checkNonce(nonceKey.toReversed(), thumbprint, nonce, seconds)).toBe('foreign')
  })

  test('to what is no thumbprint', () => {
    for (const text of ['', 'x', `${thumbprint}=`, `${thumbprint.slice(0, -1)}d`]) {
      expect(checkNonce(nonceKey, text, nonce, seconds)).toBe('foreign')
    }
  })

  test('whatever text it is', () => {
    fc.assert(fc.property(fc.string(), (text) => checkNonce(nonceKey, thumbprint, text, seconds) === 'foreign'))
  })
})

test('a nonce is not made of other than eight random bytes', () => {
  expect(() => createNonce(nonceKey, thumbprint, seconds, new Uint8Array(7))).toThrow(TypeError)
  expect(() => createNonce(nonceKey, thumbprint, seconds, new Uint8Array(9))).toThrow(TypeError)
})
