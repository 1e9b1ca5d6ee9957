/** The unlock secret and the keys made of it (protocol section 4). */
import { canonicalBytes } from './canonical.ts'
import { hkdfSha256, sha256 } from './hashes.ts'
import type { LinkTranscript } from './linking.ts'
import type { PublicJwk } from './values.ts'

const ecdh = { name: 'ECDH', namedCurve: 'P-256' }

/** An ephemeral P-256 key pair for one linking. */
export const generateEcdhKey = (): Promise<CryptoKeyPair> => crypto.subtle.generateKey(ecdh, true, ['deriveBits'])

/** The x-coordinate of the shared point, 32 bytes. @throws when the other's point is not on the curve */
export async function sharedSecret(privateKey: CryptoKey, publicJwk: PublicJwk): Promise<Uint8Array> {
  const publicKey = await crypto.subtle.importKey('jwk', publicJwk, ecdh, true, [])
  return new Uint8Array(await crypto.subtle.deriveBits({ name: 'ECDH', public: publicKey }, privateKey, 256))
}

/** U, 32 bytes. */
export const unlockSecretOf = (shared: Uint8Array, transcript: LinkTranscript): Uint8Array =>
  hkdfSha256(shared, sha256(canonicalBytes(transcript)), 'countersign/v1/unlock-secret')

/** K_proof, 32 bytes. */
export const proofKeyOf = (unlockSecret: Uint8Array): Uint8Array =>
  hkdfSha256(unlockSecret, new Uint8Array(), 'countersign/v1/proof')

/** K_ocra, 32 bytes. */
export const codeKeyOf = (unlockSecret: Uint8Array): Uint8Array =>
  hkdfSha256(unlockSecret, new Uint8Array(), 'countersign/v1/ocra')
