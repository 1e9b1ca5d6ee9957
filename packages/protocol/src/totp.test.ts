import { expect, test } from 'vitest'
import vectors from '../../../vectors/totp-rfc6238.json' with { type: 'json' }
import { fromHex } from './bytes.ts'
import type { HashAlgorithm } from './hashes.ts'
import { totp } from './totp.ts'

const algorithms: readonly HashAlgorithm[] = ['SHA1', 'SHA256', 'SHA512']

test.each(algorithms)('RFC 6238 appendix B, %s', (algorithm) => {
  const ours = vectors.vectors.filter((vector) => vector.algorithm === algorithm)
  expect(ours).toHaveLength(6)
  for (const { timeSec, expected } of ours) {
    const key = fromHex(vectors.secretsHex[algorithm])
    expect(totp(key, timeSec, vectors.digits, algorithm, vectors.stepSeconds)).toBe(expected)
  }
})

test('a code lasts for its step', () => {
  const key = fromHex(vectors.secretsHex.SHA1)
  expect(totp(key, 59.999)).toBe(totp(key, 30))
  expect(totp(key, 60)).not.toBe(totp(key, 59))
  expect(totp(key, 119, 6, 'SHA1', 60)).toBe(totp(key, 59))
})
