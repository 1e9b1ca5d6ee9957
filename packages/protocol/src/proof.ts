/** Proofs of the passcode (protocol section 6). */
import { equalBytes, utf8 } from './bytes.ts'
import { hmacSha256, sha256 } from './hashes.ts'

export type ProofPurpose = 'decision' | 'activate' | 'passcode-change'

/** 32 bytes over what is signed beside it. */
export const proofOf = (proofKey: Uint8Array, purpose: ProofPurpose, payload: Uint8Array): Uint8Array =>
  hmacSha256(proofKey, utf8(`countersign/v1/${purpose}\0`), sha256(payload))

export const verifyProof = (proofKey: Uint8Array, purpose: ProofPurpose, payload: Uint8Array, proof: Uint8Array): boolean =>
  equalBytes(proofOf(proofKey, purpose, payload), proof)
