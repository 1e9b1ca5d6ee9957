/** HOTP (RFC 4226), with the hash functions that TOTP and OCRA add. */
import { hmac } from '@noble/hashes/hmac.js'
import { sha1 } from '@noble/hashes/legacy.js'
import { sha256, sha512 } from '@noble/hashes/sha2.js'

export type HotpAlgorithm = 'SHA1' | 'SHA256' | 'SHA512'

const hashes = { SHA1: sha1, SHA256: sha256, SHA512: sha512 } as const

/** Eight bytes, big-endian. */
export function counterBytes(counter: number | bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(counter))
  return bytes
}

/** Dynamic truncation to so many digits (RFC 4226 section 5.3); 0 digits give all of it (RFC 6287 section 5.2). */
export function truncatedCode(key: Uint8Array, message: Uint8Array, digits: number, algorithm: HotpAlgorithm): string {
  const mac = hmac(hashes[algorithm], key, message)
  const offset = (mac.at(-1) ?? 0) & 15
  const number = new DataView(mac.buffer, mac.byteOffset).getUint32(offset) & 0x7fffffff
  return digits === 0 ? String(number) : String(number % 10 ** digits).padStart(digits, '0')
}

/** RFC 4226 section 5.3 */
export const hotp = (key: Uint8Array, counter: number | bigint, digits = 6, algorithm: HotpAlgorithm = 'SHA1'): string =>
  truncatedCode(key, counterBytes(counter), digits, algorithm)
