/**
 * PURE: where a sign-in is, and what may be done there. Never awaits, never asks the time.
 *
 * Everything that is not named here is refused: steps are state of the server, whatever a browser sends in whatever
 * order.
 */
import {
  type AccountId,
  type ApplicationId,
  type ApprovalId,
  DeclineReason,
  type Locale,
  type SignInState,
} from '@countersign/protocol'
import * as z from 'zod/mini'
import type { ApprovalView } from '../approvals/index.ts'

/** A sign-in's id is the uid of its OpenID Connect interaction. */
export const SignInId = z
  .string()
  .check(z.regex(/^[A-Za-z0-9_-]{21,64}$/))
  .brand<'SignInId'>()
export type SignInId = z.infer<typeof SignInId>

/** Milliseconds in which a sign-in must be finished. */
export const signInLength = 30 * 60_000
/** Approvals that one right password may start. */
export const maximumStarts = 3
/** How long a right password may start approvals, in milliseconds. */
export const passwordGoodFor = 10 * 60_000

export interface SignIn {
  readonly id: SignInId
  readonly application: ApplicationId
  readonly account: AccountId | null
  readonly approval: ApprovalId | null
  readonly step: 'password' | 'no-device' | 'approval' | 'done' | 'cancelled'
  readonly locale: Locale
  /** Approvals started since the password was right. */
  readonly starts: number
  /** Milliseconds since the epoch. */
  readonly passwordAt: number | null
  /** Which browser it belongs to; null before the password was right. */
  readonly browser: string | null
}

/** Where a sign-in is, its approval taken into account. */
export type Place =
  | { readonly kind: 'password' }
  | { readonly kind: 'no-device' }
  | { readonly kind: 'pending'; readonly approval: ApprovalView }
  | { readonly kind: 'approved'; readonly approval: ApprovalId }
  | { readonly kind: 'declined'; readonly reason: string | null }
  | { readonly kind: 'expired' }
  /** The approval was taken away: its device was removed, its account locked. */
  | { readonly kind: 'withdrawn' }
  /** The person ended the sign-in. */
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'done'; readonly approval: ApprovalId }

/** Where a sign-in is. */
export function placeOf(signIn: SignIn, approval: ApprovalView | null): Place {
  if (signIn.step === 'done' && signIn.approval !== null) return { kind: 'done', approval: signIn.approval }
  if (signIn.step === 'password' || signIn.step === 'no-device' || signIn.step === 'cancelled') {
    return { kind: signIn.step }
  }
  switch (approval?.state) {
    case 'pending':
      return { kind: 'pending', approval }
    case 'approved':
      return { kind: 'approved', approval: approval.id }
    case 'declined':
      return { kind: 'declined', reason: approval.reason }
    case 'expired':
      return { kind: 'expired' }
    default:
      return { kind: 'withdrawn' }
  }
}

/** Whether e-mail and password may be sent: at the beginning, and whenever what followed came to nothing. */
export const takesPassword = (place: Place): boolean =>
  place.kind === 'password' ||
  place.kind === 'no-device' ||
  place.kind === 'declined' ||
  place.kind === 'expired' ||
  place.kind === 'withdrawn'

/** Whether the right password of before still starts another approval. */
export const mayStartAgain = (signIn: SignIn, now: number): boolean =>
  signIn.account !== null &&
  signIn.passwordAt !== null &&
  signIn.starts < maximumStarts &&
  now < signIn.passwordAt + passwordGoodFor

/** Whether the person may end the sign-in. Ending it twice is the same as once. */
export const mayCancel = (place: Place): boolean => place.kind !== 'done'

/** What every state says beside its step. */
export interface StateBasis {
  readonly now: number
  readonly application: string
  readonly supportEmail: string
  readonly phoneUrl: string
}

// Approvals differ in their random part: two of them must not have the same version.
const versionOf = (signIn: SignIn, place: Place, approval: ApprovalView | null): string =>
  [place.kind, signIn.starts, signIn.approval?.slice(-8) ?? '', approval?.version ?? ''].join('.')

function stepOf(place: Place, phoneUrl: string) {
  switch (place.kind) {
    case 'pending': {
      const { deviceName: device, number, challenge, round, expires, responseTriesLeft } = place.approval
      return challenge === null
        ? ({ step: 'waiting', device, number, expires } as const)
        : ({ step: 'offline', device, number, challenge, round, expires, tries_left: responseTriesLeft } as const)
    }
    case 'declined':
      if (place.reason === 'codes-spent' || place.reason === 'wrong-number') return { step: place.reason } as const
      return { step: 'declined', reason: DeclineReason.safeParse(place.reason).data ?? null } as const
    case 'no-device':
      return { step: 'no-device', phone_url: phoneUrl } as const
    case 'done':
      return { step: 'approved' } as const
    case 'withdrawn':
      return { step: 'cancelled' } as const
    default:
      return { step: place.kind } as const
  }
}

/** What the page is told. */
export function stateOf(signIn: SignIn, place: Place, approval: ApprovalView | null, basis: StateBasis): SignInState {
  return {
    version: versionOf(signIn, place, approval),
    now: basis.now,
    application: basis.application,
    support_email: basis.supportEmail,
    ...stepOf(place, basis.phoneUrl),
  }
}
