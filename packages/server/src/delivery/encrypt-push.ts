/** Encrypting a push for one browser (RFC 8291, over RFC 8188). Pure but for what it is given. */
import { createCipheriv, createHmac, createSecretKey, type ECDH } from 'node:crypto'

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

// Keys as key objects: where it is given bytes, Node first tries whether they are one, which takes longer than the HMAC.
const hmac = (key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer => {
  const mac = createHmac('sha256', createSecretKey(key))
  for (const part of parts) mac.update(part)
  return mac.digest()
}

/**
 * The body of the request to the push service, content encoding `aes128gcm`: one record, the sender's public key in its
 * header.
 *
 * @throws RangeError when the payload is too long; the error of OpenSSL when `p256dh` is not on the curve
 */
export function encryptPush(payload: Uint8Array, { p256dh, auth }: PushKeys, { ecdh, salt }: PushEntropy): Uint8Array {
  if (payload.length > longestPayload) throw new RangeError('The payload of a push is too long.')
  const publicKey = ecdh.getPublicKey()
  // HKDF by hand (RFC 5869): every output here is one block at most, which is one HMAC.
  const combined = hmac(hmac(auth, ecdh.computeSecret(p256dh)), keyInfo, p256dh, publicKey, one)
  const pseudoRandomKey = hmac(salt, combined)
  const contentKey = hmac(pseudoRandomKey, contentKeyInfo).subarray(0, 16)
  const nonce = hmac(pseudoRandomKey, nonceInfo).subarray(0, 12)

  const header = Buffer.alloc(21)
  header.set(salt)
  header.writeUInt32BE(recordSize, 16)
  header.writeUInt8(publicKey.length, 20)
  const cipher = createCipheriv('aes-128-gcm', createSecretKey(contentKey), nonce)
  // 2 marks the last record (RFC 8188 section 2).
  return Buffer.concat([
    header,
    publicKey,
    cipher.update(payload),
    cipher.update(Buffer.of(2)),
    cipher.final(),
    cipher.getAuthTag(),
  ])
}
