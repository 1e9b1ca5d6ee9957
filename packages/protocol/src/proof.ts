/** The proof that who answers can open the unlock secret (protocol section 6). Checked, then forgotten. */
import { equalBytes } from './bytes.ts'
import { hmacSha256, labelBytes, sha256 } from './hashes.ts'

export type ProofPurpose = 'decision' | 'activate' | 'renew'

/** The proof over the payload bytes exactly as they are in the JWS; 32 bytes. */
export const proofOf = (proofKey: Uint8Array, purpose: ProofPurpose, payload: Uint8Array): Uint8Array<ArrayBuffer> =>
  hmacSha256(proofKey, labelBytes(`countersign/v1/${purpose}`), sha256(payload))

/** Whether the proof is right, in constant time. */
export const verifyProof = (
  proofKey: Uint8Array,
  purpose: ProofPurpose,
  payload: Uint8Array,
  proof: Uint8Array,
): boolean => equalBytes(proofOf(proofKey, purpose, payload), proof)
