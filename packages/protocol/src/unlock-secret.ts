/** The unlock secret that linking agrees on, and the keys made of it (protocol section 4). */
import type { CryptoKey } from 'jose'
import { canonicalBytes } from './canonical.ts'
import { hkdfSha256, sha256 } from './hashes.ts'
import type { KeyPair } from './keys.ts'
import type { LinkTranscript } from './linking.ts'
import type { RenewalTranscript } from './renewal.ts'
import type { PublicJwk } from './values.ts'

const algorithm = { name: 'ECDH', namedCurve: 'P-256' } as const

/** A key pair for one agreement. The private key can be exported, for who must set it aside under seal in between. */
export const generateEcdhKey = (): Promise<KeyPair> => crypto.subtle.generateKey(algorithm, true, ['deriveBits'])

/**
 * The x-coordinate that both sides arrive at (NIST SP 800-56A section 5.7.1.2); 32 bytes.
 *
 * @throws DOMException `DataError` when the other side's point is not on the curve
 */
export async function sharedSecret(privateKey: CryptoKey, publicJwk: PublicJwk): Promise<Uint8Array<ArrayBuffer>> {
  const publicKey = await crypto.subtle.importKey('jwk', publicJwk, algorithm, true, [])
  return new Uint8Array(await crypto.subtle.deriveBits({ name: 'ECDH', public: publicKey }, privateKey, 256))
}

/** U. Whoever was shown another transcript arrives at another secret. */
export const unlockSecretOf = (
  shared: Uint8Array,
  transcript: LinkTranscript | RenewalTranscript,
): Uint8Array<ArrayBuffer> => hkdfSha256(shared, sha256(canonicalBytes(transcript)), 'countersign/v1/unlock-secret')

const noSalt = new Uint8Array()

/** K_proof: makes proofs (protocol section 6). */
export const proofKeyOf = (unlockSecret: Uint8Array): Uint8Array<ArrayBuffer> =>
  hkdfSha256(unlockSecret, noSalt, 'countersign/v1/proof')

/** K_ocra: makes response codes (protocol section 7). */
export const codeKeyOf = (unlockSecret: Uint8Array): Uint8Array<ArrayBuffer> =>
  hkdfSha256(unlockSecret, noSalt, 'countersign/v1/ocra')
