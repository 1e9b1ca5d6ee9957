/** TOTP (RFC 6238). */
import { type HotpAlgorithm, hotp } from './hotp.ts'

/** The code at a time in seconds since the epoch, in steps of `step` seconds. */
export const totp = (key: Uint8Array, seconds: number, digits = 6, algorithm: HotpAlgorithm = 'SHA1', step = 30): string =>
  hotp(key, Math.floor(seconds / step), digits, algorithm)
