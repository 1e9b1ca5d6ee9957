/** PURE: the rules of a linking. */
import {
  type AccountId,
  concatBytes,
  type DeviceId,
  hmacSha256,
  type LinkingId,
  type LinkTranscript,
  type Locale,
  type PublicJwk,
  utf8,
} from '@countersign/protocol'
import type { Limit } from '../limits/index.ts'

/**
 * `code`: an SMS code is out. `keys`: it was right, both sides agree on a secret. `activate`: the device exists and has
 * to prove that it holds the secret. `done` and `ended` have no exit.
 */
export type LinkingState = 'code' | 'keys' | 'activate' | 'done' | 'ended'

export interface Linking {
  readonly id: LinkingId
  readonly account: AccountId
  /** The key that began it, the only one that can go on. */
  readonly thumbprint: string
  readonly signJwk: PublicJwk
  readonly locale: Locale
  readonly state: LinkingState
  readonly codeTriesLeft: number
  /** Set from `keys` on. */
  readonly device: DeviceId | null
  /** The server's ephemeral private key, sealed; only while `keys`. */
  readonly sealedEcdhPrivate: Uint8Array | null
  readonly ecdhJwk: PublicJwk | null
  /** SHA-256 of the transcript that was agreed on; from `activate` on. */
  readonly transcriptDigest: Uint8Array | null
  /** Milliseconds since the epoch: end of the current step. */
  readonly expiresAt: number
}

export const codeTries = 5
export const proofTries = 5
/** Milliseconds for which an SMS code is good. */
export const codeLength = 5 * 60_000
/** Milliseconds to choose a passcode and biometrics, and to activate. */
export const finishLength = 15 * 60_000
/** Milliseconds after which a linking that is over is forgotten: time enough for answers that were lost. */
export const forgottenAfter = 24 * 60 * 60_000

/**
 * SMS codes judged for one account, over all its linkings, right ones given back: a new code must not be a new set of
 * tries (NIST SP 800-63B-4 section 3.2.2).
 */
export const codeLimit: Limit = { maximum: 5, windowMs: 60 * 60_000 }
export const codeLimitKey = (account: AccountId): string => `linking-code:${account}`

/** Why a step is not taken. */
export type StepRefused = 'link_expired' | 'wrong_step'

/** Whether a linking may take a step that belongs to a state. */
export function refusalOfStep(
  linking: Pick<Linking, 'state' | 'expiresAt'>,
  wanted: LinkingState,
  now: number,
): StepRefused | null {
  if (linking.state === 'ended') return 'link_expired'
  if (linking.state === 'done') return 'wrong_step'
  if (now >= linking.expiresAt) return 'link_expired'
  return linking.state === wanted ? null : 'wrong_step'
}

/** What is kept of an SMS code: bound to its linking, under a key that is not in the database. */
export const codeHashOf = (codeKey: Uint8Array, linking: LinkingId, code: string): Uint8Array =>
  hmacSha256(codeKey, concatBytes(utf8(linking), new Uint8Array(1), utf8(code)))

/** What the server knows of a transcript. The rest (its own ECDH key, name, platform) is the phone's to say. */
export interface ExpectedTranscript {
  readonly issuer: string
  readonly linking: Linking
  readonly appVersion: string
}

const sameKey = (one: PublicJwk, other: PublicJwk): boolean => one.x === other.x && one.y === other.y

/** Whether a transcript says what the server expects, in everything that is the server's to know. */
export function isTranscriptOf(
  transcript: LinkTranscript,
  { issuer, linking, appVersion }: ExpectedTranscript,
): boolean {
  return (
    transcript.iss === issuer &&
    transcript.link === linking.id &&
    transcript.device === linking.device &&
    transcript.account === linking.account &&
    sameKey(transcript.sign_jwk, linking.signJwk) &&
    linking.ecdhJwk !== null &&
    sameKey(transcript.server_ecdh_jwk, linking.ecdhJwk) &&
    transcript.app_version === appVersion
  )
}
