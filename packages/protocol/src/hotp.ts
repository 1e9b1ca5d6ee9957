/** One-time passwords by counter (RFC 4226), on which TOTP and OCRA are built. */
import { uint64Bytes } from './bytes.ts'
import { type HashAlgorithm, hmacOf } from './hashes.ts'

/**
 * Dynamic truncation (RFC 4226 section 5.3) to decimal digits, leading zeros kept.
 *
 * @param mac an HMAC of 20 bytes or more
 * @param digits 4 to 10
 */
export function truncate(mac: Uint8Array, digits: number): string {
  if (!Number.isInteger(digits) || digits < 4 || digits > 10) throw new RangeError('A code has 4 to 10 digits.')
  const view = new DataView(mac.buffer, mac.byteOffset, mac.length)
  const offset = view.getUint8(mac.length - 1) & 0xf
  const number = view.getUint32(offset) & 0x7fffffff
  return String(number % 10 ** digits).padStart(digits, '0')
}

/**
 * HOTP.
 *
 * @param counter 0 to 2^64 - 1
 * @param digits 4 to 10
 * @throws RangeError
 */
export const hotp = (
  key: Uint8Array,
  counter: bigint | number,
  digits = 6,
  algorithm: HashAlgorithm = 'SHA1',
): string => truncate(hmacOf(algorithm, key, uint64Bytes(counter)), digits)
