/**
 * Sealing what must not be readable in the database (protocol section 12), and the keys derived from the same root.
 *
 * A sealed value is `key id (8 bytes) || nonce (12) || ciphertext || tag (16)`, AES-256-GCM (NIST SP 800-38D) with random
 * nonces, the key id and the additional data authenticated. A master key seals 2^32 values at most.
 */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { concatBytes, hkdfSha256, toHex, utf8 } from '@countersign/protocol'

export interface Seal {
  /** Seals `plain` with the newest key. `additional` is not kept: it says where the value belongs, such as the row's id. */
  seal(plain: Uint8Array, additional: string): Uint8Array
  /** Throws `SealBroken` when the value was sealed by no key of ours, was changed, or belongs elsewhere. */
  open(sealed: Uint8Array, additional: string): Uint8Array
  /** 32 bytes that only holders of the newest master key know, other ones for every label. */
  derive(label: string): Uint8Array
  /** The same from every master key, the newest first, for what must still be accepted after a rotation. */
  deriveAll(label: string): Uint8Array[]
}

export class SealBroken extends Error {
  override readonly name = 'SealBroken'
}

const nonceLength = 12
const tagLength = 16
const idLength = 8

interface SealingKey {
  readonly id: Uint8Array
  readonly key: KeyObject
}

/** `masterKeys` are 32 random bytes each; the first one seals, all of them open. */
export function createSeal(masterKeys: readonly [Uint8Array, ...Uint8Array[]]): Seal {
  const derive = (masterKey: Uint8Array, label: string, length = 32) =>
    hkdfSha256(masterKey, new Uint8Array(0), label, length)
  const toSealingKey = (masterKey: Uint8Array): SealingKey => ({
    id: derive(masterKey, 'countersign/v1/seal-key-id', idLength),
    key: createSecretKey(derive(masterKey, 'countersign/v1/seal')),
  })
  const newest = toSealingKey(masterKeys[0])
  const all = new Map(masterKeys.map(toSealingKey).map((key) => [toHex(key.id), key]))

  return {
    seal: (plain, additional) => sealWith(newest, plain, additional),
    open(sealed, additional) {
      const key = all.get(toHex(sealed.subarray(0, idLength)))
      if (!key) throw new SealBroken('A value in the database was sealed with a master key that was not given.')
      return openWith(key, sealed, additional)
    },
    derive: (label) => derive(masterKeys[0], label),
    deriveAll: (label) => masterKeys.map((masterKey) => derive(masterKey, label)),
  }
}

function sealWith({ id, key }: SealingKey, plain: Uint8Array, additional: string): Uint8Array {
  const nonce = randomBytes(nonceLength)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength })
  cipher.setAAD(concatBytes(id, utf8(additional)))
  return concatBytes(id, nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag())
}

function openWith({ id, key }: SealingKey, sealed: Uint8Array, additional: string): Uint8Array {
  try {
    const nonce = sealed.subarray(idLength, idLength + nonceLength)
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength })
    decipher.setAAD(concatBytes(id, utf8(additional)))
    decipher.setAuthTag(sealed.subarray(-tagLength))
    return concatBytes(decipher.update(sealed.subarray(idLength + nonceLength, -tagLength)), decipher.final())
  } catch (cause) {
    throw new SealBroken('A sealed value in the database was changed, or belongs elsewhere.', { cause })
  }
}
