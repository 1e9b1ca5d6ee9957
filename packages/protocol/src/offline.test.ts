import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import vectors from '../../../vectors/offline-codes.json' with { type: 'json' }
import { fromBase64url, utf8 } from './bytes.ts'
import { sha256 } from './hashes.ts'
import {
  acceptedTimeSteps,
  challengeOf,
  scannedResponse,
  scannedSuite,
  typedResponse,
  typedSuite,
  verifyTypedResponse,
} from './offline.ts'

const challengeKey = fromBase64url(vectors.challengeKey)
const codeKey = fromBase64url(vectors.codeKey)
const anyKey = fc.uint8Array({ minLength: 32, maxLength: 32 })
const anyDigest = fc.uint8Array({ minLength: 32, maxLength: 32 })
const now = Date.UTC(2026, 2, 14, 9, 26, 53)

test('the suites are those of the vectors', () => {
  expect([typedSuite, scannedSuite]).toEqual([vectors.typedSuite, vectors.scannedSuite])
})

test.each(vectors.vectors)('the codes of $name', ({ digest, challenge, typed, scanned }) => {
  expect(challengeOf(challengeKey, fromBase64url(digest))).toBe(challenge)
  for (const { now, response } of typed) expect(typedResponse(codeKey, challenge, now)).toBe(response)
  expect(scannedResponse(codeKey, fromBase64url(digest))).toBe(scanned)
})

test.each(vectors.windows)('the time steps of a round issued at $issued, at $now', ({ issued, now, timeSteps }) => {
  expect(acceptedTimeSteps(issued, now)).toEqual(timeSteps)
})

test.each(vectors.checks)('a response $why: $right', ({ response, issued, now, right }) => {
  expect(verifyTypedResponse(codeKey, vectors.checkedChallenge, response, { issued, now })).toBe(right)
})

describe('a challenge', () => {
  test('is always eight digits that do not begin with 0', () => {
    fc.assert(
      fc.property(anyKey, anyDigest, (key, digest) => /^[1-9]\d{7}$/.test(challengeOf(key, digest))),
      { numRuns: 5000 },
    )
  })

  test('is of this document and this server', () => {
    const digest = sha256(utf8('a'))
    expect(challengeOf(challengeKey, digest)).toBe(challengeOf(challengeKey, digest.slice()))
    expect(challengeOf(challengeKey, sha256(utf8('b')))).not.toBe(challengeOf(challengeKey, digest))
    expect(challengeOf(codeKey, digest)).not.toBe(challengeOf(challengeKey, digest))
  })

  test.each(['', '1234567', '123456789', '01234567', '1234567a', ' 1234567', '12345678\n'])(
    'is not %j',
    (challenge) => {
      expect(() => typedResponse(codeKey, challenge, now)).toThrow(TypeError)
      expect(() => verifyTypedResponse(codeKey, challenge, '12345678', { issued: now, now })).toThrow(TypeError)
    },
  )
})

describe('a typed response', () => {
  test('is taken for its challenge, whenever within the round it was made and typed', () => {
    const withinRound = fc.integer({ min: 0, max: 100_000 })
    fc.assert(
      fc.property(anyKey, anyDigest, withinRound, withinRound, (key, digest, a, b) => {
        const challenge = challengeOf(challengeKey, digest)
        const response = typedResponse(key, challenge, now + Math.min(a, b))
        return verifyTypedResponse(key, challenge, response, { issued: now, now: now + Math.max(a, b) })
      }),
    )
  })

  test('abuse-30 made for one document does not answer another', () => {
    fc.assert(
      fc.property(anyDigest, anyDigest, fc.integer({ min: 0, max: 90_000 }), (first, second, passed) => {
        const [one, other] = [challengeOf(challengeKey, first), challengeOf(challengeKey, second)]
        fc.pre(one !== other)
        const response = typedResponse(codeKey, one, now + passed)
        expect(verifyTypedResponse(codeKey, other, response, { issued: now, now: now + passed })).toBe(false)
      }),
      // Eight digits agree by chance now and then; these do not.
      { numRuns: 500, seed: 30 },
    )
  })

  test('does not answer for another device', () => {
    const challenge = challengeOf(challengeKey, sha256(utf8('a')))
    const response = typedResponse(challengeKey, challenge, now)
    expect(verifyTypedResponse(codeKey, challenge, response, { issued: now, now })).toBe(false)
  })

  test('abuse-31 made ahead, for when the clock will be there, is not right now', () => {
    const challenge = challengeOf(challengeKey, sha256(utf8('a')))
    const response = typedResponse(codeKey, challenge, now + 3_600_000)
    expect(verifyTypedResponse(codeKey, challenge, response, { issued: now, now })).toBe(false)
    expect(verifyTypedResponse(codeKey, challenge, response, { issued: now, now: now + 3_600_000 })).toBe(false)
  })

  test.each(['', '1', '999999999', 'abcdefgh', '１２３４５６７８'])('is never %j', (response) => {
    const challenge = challengeOf(challengeKey, sha256(utf8('a')))
    expect(verifyTypedResponse(codeKey, challenge, response, { issued: now, now })).toBe(false)
  })
})

describe('the accepted time steps', () => {
  test('are nine at most, whatever the times', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), fc.integer({ min: -1e9, max: 1e9 }), (issued, passed) => {
        const steps = acceptedTimeSteps(issued, issued + passed)
        expect(steps.length).toBeLessThanOrEqual(9)
        expect(steps).toEqual(steps.map((_, index) => (steps[0] ?? 0) + index))
      }),
    )
  })
})

test('a scanned response is of this document and this device', () => {
  fc.assert(
    fc.property(anyKey, anyDigest, (key, digest) => {
      const response = scannedResponse(key, digest)
      return /^\d{8}$/.test(response) && response === scannedResponse(key, digest.slice())
    }),
  )
  const digest = sha256(utf8('a'))
  expect(scannedResponse(codeKey, sha256(utf8('b')))).not.toBe(scannedResponse(codeKey, digest))
  expect(scannedResponse(challengeKey, digest)).not.toBe(scannedResponse(codeKey, digest))
})
