/** Encrypting a push for one browser (RFC 8291, over RFC 8188). Pure but for what it is given. */
import { createCipheriv, createSecretKey, type ECDH, hash } from 'node:crypto'

/** Where a browser's own keys are: from `PushSubscription.getKey` (W3C Push API section 8.1). */
export interface PushKeys {
  /** The browser's public key: an uncompressed P-256 point, 65 bytes. */
  readonly p256dh: Uint8Array
  /** The authentication secret, 16 bytes. */
  readonly auth: Uint8Array
}

/** What makes one message differ from the next: never used twice. */
export interface PushEntropy {
  /** A P-256 key pair for this message alone. */
  readonly ecdh: ECDH
  /** Its public key, as `generateKeys` gave it: asking for it again takes a 30th of everything here. */
  readonly publicKey: Uint8Array
  /** 16 random bytes. */
  readonly salt: Uint8Array
}

/** A push service takes at least 4096 bytes of body (RFC 8030 section 7.2); of that, header and tag take 103. */
export const longestPayload = 3993

const recordSize = 4096
const ascii = (text: string): Buffer => Buffer.from(text, 'latin1')
const keyInfo = ascii('WebPush: info\0')
const contentKeyInfo = ascii('Content-Encoding: aes128gcm\0\x01')
const nonceInfo = ascii('Content-Encoding: nonce\0\x01')
const one = Buffer.of(1)
/** Stands behind the content of the last record (RFC 8188 section 2). */
const lastRecord = Buffer.of(2)

const blockLength = 64
const padded = (key: Uint8Array, padding: number): Buffer => {
  const block = Buffer.alloc(blockLength, padding)
  for (let at = 0; at < key.length; at += 1) block[at] = (key[at] ?? 0) ^ padding
  return block
}

/**
 * HMAC-SHA-256 (RFC 2104) with a key of at most a block, by the hash itself: `createHmac` spends more on its objects than
 * on the two hashes, and there are five in a push.
 */
function hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  if (key.length > blockLength) throw new RangeError('The key is longer than a block.')
  const inner = hash('sha256', Buffer.concat([padded(key, 0x36), ...parts]), 'buffer')
  return hash('sha256', Buffer.concat([padded(key, 0x5c), inner]), 'buffer')
}

/**
 * The body of the request to the push service, content encoding `aes128gcm`: one record, the sender's public key in its
 * header.
 *
 * @throws RangeError when the payload is too long; the error of OpenSSL when `p256dh` is not on the curve
 */
export function encryptPush(
  payload: Uint8Array,
  { p256dh, auth }: PushKeys,
  { ecdh, publicKey, salt }: PushEntropy,
): Uint8Array {
  if (payload.length > longestPayload) throw new RangeError('The payload of a push is too long.')
  // HKDF by hand (RFC 5869): every output here is one block at most, which is one HMAC.
  const combined = hmac(hmac(auth, ecdh.computeSecret(p256dh)), keyInfo, p256dh, publicKey, one)
  const pseudoRandomKey = hmac(salt, combined)
  const contentKey = hmac(pseudoRandomKey, contentKeyInfo).subarray(0, 16)
  const nonce = hmac(pseudoRandomKey, nonceInfo).subarray(0, 12)

  const header = Buffer.alloc(21)
  header.set(salt)
  header.writeUInt32BE(recordSize, 16)
  header.writeUInt8(publicKey.length, 20)
  // As a key object: where it is given bytes, Node first tries whether they are one, which takes longer than the cipher.
  const cipher = createCipheriv('aes-128-gcm', createSecretKey(contentKey), nonce)
  return Buffer.concat([
    header,
    publicKey,
    cipher.update(Buffer.concat([payload, lastRecord])),
    cipher.final(),
    cipher.getAuthTag(),
  ])
}
