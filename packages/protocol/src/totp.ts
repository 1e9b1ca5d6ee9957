/** One-time passwords by time (RFC 6238). */
import type { HashAlgorithm } from './hashes.ts'
import { hotp } from './hotp.ts'

/**
 * TOTP, with T0 = 0.
 *
 * @param seconds since the epoch
 * @param step in seconds
 * @throws RangeError
 */
export const totp = (
  key: Uint8Array,
  seconds: number,
  digits = 6,
  algorithm: HashAlgorithm = 'SHA1',
  step = 30,
): string => hotp(key, Math.floor(seconds / step), digits, algorithm)
