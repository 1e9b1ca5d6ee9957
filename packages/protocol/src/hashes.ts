/**
 * Hashes and what is built on them, synchronous, so that rules can be functions of values.
 *
 * Every use that is keyed or derived has a label of its own, ended by a zero byte where more follows: what was made for
 * one purpose can never pass for another.
 */
import { hkdf } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha1 } from '@noble/hashes/legacy.js'
import { sha256 as nobleSha256, sha512 } from '@noble/hashes/sha2.js'
import { concatBytes, utf8 } from './bytes.ts'

/** The hashes of one-time passwords, named as RFC 6287 section 5.2 does. */
export type HashAlgorithm = 'SHA1' | 'SHA256' | 'SHA512'

const otpHashes = { SHA1: sha1, SHA256: nobleSha256, SHA512: sha512 } as const

/** SHA-256 (FIPS 180-4); 32 bytes. */
export const sha256 = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => nobleSha256(bytes)

/** HMAC (RFC 2104) by the named hash; 20, 32 or 64 bytes. */
export const hmacOf = (algorithm: HashAlgorithm, key: Uint8Array, message: Uint8Array): Uint8Array<ArrayBuffer> =>
  hmac(otpHashes[algorithm], key, message)

/** HMAC by the named hash, for many messages under one key: the key is taken in once. */
export function keyedHmacOf(
  algorithm: HashAlgorithm,
  key: Uint8Array,
): (message: Uint8Array) => Uint8Array<ArrayBuffer> {
  const keyed = hmac.create(otpHashes[algorithm], key)
  return (message) => keyed.clone().update(message).digest()
}

/** HMAC-SHA-256 of the parts, one after another; 32 bytes. */
export const hmacSha256 = (key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> =>
  hmac(nobleSha256, key, concatBytes(...parts))

/** HKDF-SHA-256 (RFC 5869); `info` is a label in UTF-8, `length` counts bytes, at most 8160. */
export const hkdfSha256 = (ikm: Uint8Array, salt: Uint8Array, info: string, length = 32): Uint8Array<ArrayBuffer> =>
  hkdf(nobleSha256, ikm, salt, utf8(info), length)

/** A label with the zero byte that separates it from what follows. */
export const labelBytes = (label: string): Uint8Array<ArrayBuffer> => utf8(`${label}\0`)
