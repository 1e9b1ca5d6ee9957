/** PURE: the rules of a linking. */
import type { AccountId, DeviceId, LinkingId, LinkTranscript, Locale, PublicJwk } from '@countersign/protocol'

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
  /** What shows that the phone is the person's: an SMS code, or digits that were typed on a page. */
  readonly confirmedBy: 'sms' | 'page' | 'nobody-yet'
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

export const proofTries = 5
/** Milliseconds to choose a passcode and biometrics, and to activate. */
export const finishLength = 15 * 60_000
/** Milliseconds after which a linking that is over is forgotten: time enough for answers that were lost. */
export const forgottenAfter = 24 * 60 * 60_000

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
