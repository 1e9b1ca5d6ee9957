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
/** How long a right password may start approvals and send codes, in milliseconds. */
export const passwordGoodFor = 10 * 60_000

/** Authentication contexts of the ID token: the password and an approval on the linked device, or an SMS code instead. */
export const authenticationContexts = {
  approved: 'urn:countersign:acr:approved',
  sms: 'urn:countersign:acr:sms',
} as const

export interface SignIn {
  readonly id: SignInId
  readonly application: ApplicationId
  readonly account: AccountId | null
  readonly approval: ApprovalId | null
  /** `done` with an approval by a phone, without one by an SMS code. */
  readonly step: 'password' | 'sms-code' | 'link-phone' | 'blocked' | 'approval' | 'done' | 'cancelled'
  readonly locale: Locale
  /** Approvals started since the password was right. */
  readonly starts: number
  /** Milliseconds since the epoch. */
  readonly passwordAt: number | null
  /** Which browser it belongs to; null before the password was right. */
  readonly browser: string | null
  /** Tries at the SMS codes of this sign-in; 0 where none is out. */
  readonly codeTriesLeft: number
  /** Until when the SMS code that is out is good, in milliseconds since the epoch. */
  readonly codeExpiresAt: number | null
  /** When the right SMS code came, in milliseconds since the epoch. */
  readonly confirmedAt: number | null
}

/** What else a place depends on. */
export interface Surroundings {
  readonly approval: ApprovalView | null
  /** Where an SMS code is out: the number it went to, masked. */
  readonly phoneNumber: string | null
  /** What the account's device is called; only read where the person is led to linking. */
  readonly device: string | null
}

/** Where a sign-in is, its surroundings taken into account. */
export type Place =
  | { readonly kind: 'password' }
  | { readonly kind: 'sms-code'; readonly phoneNumber: string; readonly expires: number; readonly triesLeft: number }
  | { readonly kind: 'sms-spent' }
  /** The SMS code was right. */
  | { readonly kind: 'link-phone'; readonly device: string | null }
  | { readonly kind: 'blocked'; readonly device: string | null }
  | { readonly kind: 'pending'; readonly approval: ApprovalView }
  | { readonly kind: 'approved'; readonly approval: ApprovalId }
  | { readonly kind: 'declined'; readonly reason: string | null }
  | { readonly kind: 'expired' }
  /** The approval was taken away: its device was removed, its account locked. */
  | { readonly kind: 'withdrawn' }
  /** The person ended the sign-in. */
  | { readonly kind: 'cancelled' }
  /** Without an approval it was done by an SMS code. */
  | { readonly kind: 'done'; readonly approval: ApprovalId | null }

function placeOfApproval(approval: ApprovalView | null): Place {
  switch (approval?.state) {
    case 'pending':
      return approval.deviceBlocked ? { kind: 'blocked', device: approval.deviceName } : { kind: 'pending', approval }
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

/** Where a sign-in is. */
export function placeOf(signIn: SignIn, { approval, phoneNumber, device }: Surroundings): Place {
  const { step, codeTriesLeft: triesLeft, codeExpiresAt } = signIn
  switch (step) {
    case 'approval':
      return placeOfApproval(approval)
    case 'done':
      return { kind: 'done', approval: signIn.approval }
    case 'sms-code':
      if (triesLeft === 0) return { kind: 'sms-spent' }
      return { kind: 'sms-code', phoneNumber: phoneNumber ?? '', expires: codeExpiresAt ?? 0, triesLeft }
    case 'link-phone':
    case 'blocked':
      return { kind: step, device }
    default:
      return { kind: step }
  }
}

/** Whether e-mail and password may be sent: at the beginning, and whenever what followed came to nothing. */
export const takesPassword = (place: Place): boolean =>
  place.kind === 'password' ||
  place.kind === 'sms-spent' ||
  place.kind === 'declined' ||
  place.kind === 'expired' ||
  place.kind === 'withdrawn'

/** Whether the right password of before still counts. */
export const passwordCounts = (signIn: SignIn, now: number): boolean =>
  signIn.account !== null && signIn.passwordAt !== null && now < signIn.passwordAt + passwordGoodFor

/** Whether the right password of before still starts another approval. */
export const mayStartAgain = (signIn: SignIn, now: number): boolean =>
  passwordCounts(signIn, now) && signIn.starts < maximumStarts

/** Whether the person may end the sign-in. Ending it twice is the same as once. */
export const mayCancel = (place: Place): boolean => place.kind !== 'done'

/** What every state says beside its step. */
export interface StateBasis {
  readonly now: number
  readonly application: string
  /** Where the application is. */
  readonly applicationUrl: string
  readonly supportEmail: string
  readonly phoneUrl: string
}

// Approvals differ in their random part: two of them must not have the same version.
const versionOf = (signIn: SignIn, place: Place, { approval, device }: Surroundings): string =>
  [
    place.kind,
    signIn.starts,
    signIn.approval?.slice(-8) ?? '',
    approval?.version ?? '',
    signIn.codeTriesLeft,
    signIn.codeExpiresAt ?? '',
    encodeURIComponent(device ?? ''),
  ].join('.')

function stepOf(place: Place, phoneUrl: string) {
  switch (place.kind) {
    case 'pending': {
      const {
        deviceName: device,
        browser,
        delivery,
        number,
        challenge,
        round,
        expires,
        responseTriesLeft,
      } = place.approval
      return challenge === null
        ? ({ step: 'waiting', device, browser, push: delivery ?? 'none', number, expires } as const)
        : ({ step: 'offline', device, number, challenge, round, expires, tries_left: responseTriesLeft } as const)
    }
    case 'declined':
      if (place.reason === 'codes-spent' || place.reason === 'wrong-number') return { step: place.reason } as const
      return { step: 'declined', reason: DeclineReason.safeParse(place.reason).data ?? null } as const
    case 'sms-code': {
      const { phoneNumber: phone_number, expires, triesLeft: tries_left } = place
      return { step: 'sms-code', phone_number, expires, tries_left } as const
    }
    case 'link-phone':
      return { step: 'link-phone', phone_url: phoneUrl, device: place.device } as const
    case 'blocked':
      return { step: 'blocked', device: place.device } as const
    case 'done':
      return { step: 'approved' } as const
    case 'withdrawn':
      return { step: 'cancelled' } as const
    default:
      return { step: place.kind } as const
  }
}

/** What the page is told. */
export function stateOf(signIn: SignIn, place: Place, surroundings: Surroundings, basis: StateBasis): SignInState {
  return {
    version: versionOf(signIn, place, surroundings),
    now: basis.now,
    application: basis.application,
    application_url: basis.applicationUrl,
    support_email: basis.supportEmail,
    ...stepOf(place, basis.phoneUrl),
  }
}
