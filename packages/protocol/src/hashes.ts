/** SHA-256, HMAC (RFC 2104) and HKDF (RFC 5869), synchronous and the same in Node and browsers. */
import { hkdf } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import { concatBytes, utf8 } from './bytes.ts'

export const sha256 = (bytes: Uint8Array): Uint8Array => nobleSha256(bytes)

/** HMAC-SHA-256 over the parts, one after another. */
export const hmacSha256 = (key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array =>
  hmac(nobleSha256, key, concatBytes(...parts))

/** HKDF-SHA-256; `info` is a label in UTF-8, `length` in bytes. */
export const hkdfSha256 = (ikm: Uint8Array, salt: Uint8Array, info: string, length = 32): Uint8Array =>
  hkdf(nobleSha256, ikm, salt, utf8(info), length)
