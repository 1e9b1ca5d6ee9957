/** PURE: a code that links one phone, shown to a person who is logged in at an application (protocol section 4). */
import { type AccountId, type ApplicationId, type LinkingId, sha256, toBase64url, utf8 } from '@countersign/protocol'
import type { LinkingState } from './linking.ts'

/** Milliseconds for which a code can be scanned and its digits typed. */
export const offerLength = 300_000

export type OfferState = 'open' | 'scanned' | 'confirmed' | 'ended'

export interface LinkingOffer {
  readonly id: string
  readonly account: AccountId
  readonly application: ApplicationId
  readonly state: OfferState
  /** The linking of the phone that scanned it. */
  readonly linking: LinkingId | null
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

/** The code that a QR shows. @param secret 32 random bytes */
export const offerCodeOf = (secret: Uint8Array): string => `CS3:${toBase64url(secret)}`

/** What is kept of it. */
export const offerHashOf = (code: string): Uint8Array => sha256(utf8(code))

/** How far it is, with the linking that came of it. */
export function progressOf(
  offer: LinkingOffer,
  linking: { readonly state: LinkingState } | null,
  now: number,
): OfferState | 'linked' {
  if (linking?.state === 'done') return 'linked'
  if (linking?.state === 'ended') return 'ended'
  if (offer.state === 'confirmed') return 'confirmed'
  return now < offer.expiresAt ? offer.state : 'ended'
}
