/**
 * Linking, step by step. Pure. Whatever goes wrong, what was typed stays.
 *
 * Lives in memory alone: whoever leaves it starts again.
 */
import {
  type Linking,
  NetworkFailed,
  type OpenCredential,
  type PasscodeFault,
  passcodeFault,
  RequestRefused,
  type ScannedLinking,
  ServerNotTrusted,
  type StoredDevice,
} from '@countersign/device'
import { KeysNotKept } from '../keys-not-kept.ts'

/** What the person can do nothing about but start again, or ask support. */
export type LinkingStop = 'already_linked' | 'link_expired' | 'app_outdated' | 'not_trusted'

/** What is said beside a field; the person tries again. */
export type LinkingFault =
  | { readonly kind: 'link_failed' }
  | { readonly kind: 'code_refused'; readonly triesLeft: number }
  | { readonly kind: 'rate_limited'; readonly seconds: number | null }
  | { readonly kind: 'network' }
  | { readonly kind: 'busy' }

export interface Typed {
  readonly email: string
  readonly deviceName: string
  readonly password: string
  readonly code: string
  /** The code on a page of an application, instead of e-mail and password. */
  readonly offer: string
}

/** Agreeing on the secret, before the question about fingerprint or face: their authenticator must follow the tap at once. */
interface Agreeing {
  readonly step: 'agreeing'
  readonly linking: Linking
  readonly passcode: string
}

interface Finishing {
  readonly step: 'finishing'
  readonly linking: Linking
  readonly passcode: string
  readonly credential: OpenCredential | null
  /** The person wanted fingerprint or face, and this phone turned out not to have what it takes. */
  readonly missing: boolean
}

export type LinkingStep =
  | { readonly step: 'email'; readonly incomplete: boolean }
  /** The code on a page on which the person is logged in. */
  | {
      readonly step: 'offer'
      readonly incomplete: boolean
      readonly working: boolean
      readonly fault: LinkingFault | null
    }
  /** Six digits for the person to type on that page. */
  | { readonly step: 'digits'; readonly linking: ScannedLinking }
  | {
      readonly step: 'password'
      readonly incomplete: boolean
      readonly working: boolean
      readonly fault: LinkingFault | null
    }
  | {
      readonly step: 'code'
      readonly linking: Linking
      readonly incomplete: boolean
      readonly working: 'no' | 'checking' | 'resending'
      readonly resent: boolean
      readonly fault: LinkingFault | null
    }
  | {
      readonly step: 'choose'
      readonly linking: Linking
      readonly fault: PasscodeFault | 'different' | null
      readonly tries: number
    }
  | { readonly step: 'repeat'; readonly linking: Linking; readonly chosen: string }
  | Agreeing
  /** Fingerprint or face, or not. `asking` while the phone's own question is on the screen. */
  | {
      readonly step: 'biometrics'
      readonly linking: Linking
      readonly passcode: string
      readonly asking: boolean
      readonly cancelled: boolean
    }
  | Finishing
  | { readonly step: 'unfinished'; readonly again: Agreeing | Finishing; readonly why: 'network' | 'busy' | 'fault' }
  /** The storage does not take the keys, so that nothing was activated. */
  | { readonly step: 'unkept'; readonly again: Finishing }
  | { readonly step: 'done'; readonly stored: StoredDevice; readonly missing: boolean }
  | { readonly step: 'stopped'; readonly why: LinkingStop }

export interface LinkingState {
  readonly typed: Typed
  readonly at: LinkingStep
}

export type LinkingEvent =
  | { readonly type: 'typed'; readonly typed: Partial<Typed> }
  | { readonly type: 'next' }
  | { readonly type: 'offer-chosen' }
  | { readonly type: 'scanned'; readonly linking: ScannedLinking }
  | { readonly type: 'back' }
  | { readonly type: 'resend' }
  | { readonly type: 'passcode-given'; readonly passcode: string }
  | { readonly type: 'retry' }
  | { readonly type: 'started'; readonly linking: Linking }
  | { readonly type: 'code-taken' }
  | { readonly type: 'code-resent' }
  /** `biometrics`: whether this phone seems to have fingerprint or face. */
  | { readonly type: 'agreed'; readonly biometrics: boolean }
  | { readonly type: 'skipped' }
  | { readonly type: 'enrolling' }
  | { readonly type: 'enrolled'; readonly credential: OpenCredential }
  | { readonly type: 'not-enrolled'; readonly reason: 'cancelled' | 'unavailable' }
  | { readonly type: 'finished'; readonly stored: StoredDevice }
  | { readonly type: 'failed'; readonly error: unknown }

/** @param offer the code that the app was opened with, or nothing */
export const linkingStart = (deviceName: string, offer = ''): LinkingState => ({
  typed: { email: '', deviceName, password: '', code: '', offer },
  at: offer === '' ? { step: 'email', incomplete: false } : offered,
})

const offered: LinkingStep = { step: 'offer', incomplete: false, working: false, fault: null }

const hasName = ({ deviceName }: Typed) => deviceName.trim() !== '' && deviceName.trim().length <= 40
const hasEmail = ({ email }: Typed) => /^\S+@\S+$/.test(email.trim())

/** The code of an application's page, as it was typed or pasted. */
export const offerIn = (typed: Typed): string => typed.offer.replace(/\s/g, '')

const hasOffer = (typed: Typed) => /^CS3:[A-Za-z0-9_-]{43}$/.test(offerIn(typed))

/** Which of the fields of the first step lack something. */
export const missingIn = (typed: Typed) => ({
  email: !hasEmail(typed),
  deviceName: !hasName(typed),
  offer: !hasOffer(typed),
})

function next({ typed, at }: LinkingState): LinkingStep {
  switch (at.step) {
    case 'email':
      return hasEmail(typed) && hasName(typed)
        ? { step: 'password', incomplete: false, working: false, fault: null }
        : { step: 'email', incomplete: true }
    case 'offer':
      if (at.working) return at
      return hasOffer(typed) && hasName(typed)
        ? { ...at, incomplete: false, working: true, fault: null }
        : { ...at, incomplete: true, fault: null }
    case 'password':
      if (at.working) return at
      return typed.password === ''
        ? { ...at, incomplete: true, fault: null }
        : { ...at, incomplete: false, working: true, fault: null }
    case 'code':
      if (at.working !== 'no') return at
      return typed.code.length === 6
        ? { ...at, incomplete: false, working: 'checking', fault: null, resent: false }
        : { ...at, incomplete: true, fault: null }
    default:
      return at
  }
}

function back(at: LinkingStep): LinkingStep {
  switch (at.step) {
    case 'password':
    case 'offer':
      return { step: 'email', incomplete: false }
    case 'digits':
      return offered
    case 'code':
      return { step: 'password', incomplete: false, working: false, fault: null }
    case 'repeat':
      return { step: 'choose', linking: at.linking, fault: null, tries: 0 }
    case 'stopped':
      return { step: 'email', incomplete: false }
    default:
      return at
  }
}

function givePasscode(at: LinkingStep, passcode: string): LinkingStep {
  if (at.step === 'choose') {
    const fault = passcodeFault(passcode)
    if (fault !== null) return { ...at, fault, tries: at.tries + 1 }
    return { step: 'repeat', linking: at.linking, chosen: passcode }
  }
  if (at.step !== 'repeat') return at
  if (passcode !== at.chosen) return { step: 'choose', linking: at.linking, fault: 'different', tries: 1 }
  return { step: 'agreeing', linking: at.linking, passcode }
}

type WithPasscode = Extract<LinkingStep, { step: 'agreeing' | 'biometrics' }>

const finishing = (
  { linking, passcode }: WithPasscode,
  credential: OpenCredential | null,
  missing = false,
): Finishing => ({ step: 'finishing', linking, passcode, credential, missing })

const askAboutBiometrics = ({ linking, passcode }: Agreeing): LinkingStep => ({
  step: 'biometrics',
  linking,
  passcode,
  asking: false,
  cancelled: false,
})

type BiometricEvent = Extract<LinkingEvent, { type: 'skipped' | 'enrolling' | 'enrolled' | 'not-enrolled' }>

function stepBiometrics(at: LinkingStep, event: BiometricEvent): LinkingStep {
  if (at.step !== 'biometrics') return at
  switch (event.type) {
    case 'skipped':
      return at.asking ? at : finishing(at, null)
    case 'enrolling':
      return { ...at, asking: true, cancelled: false }
    case 'enrolled':
      return finishing(at, event.credential)
    case 'not-enrolled':
      return event.reason === 'cancelled' ? { ...at, asking: false, cancelled: true } : finishing(at, null, true)
  }
}

/** What a failure means for the person. */
function readFailure(error: unknown): { readonly stop: LinkingStop } | { readonly fault: LinkingFault } {
  if (error instanceof ServerNotTrusted) return { stop: 'not_trusted' }
  if (error instanceof NetworkFailed) return { fault: { kind: 'network' } }
  if (!(error instanceof RequestRefused)) return { fault: { kind: 'busy' } }
  switch (error.code) {
    case 'already_linked':
    case 'link_expired':
    case 'app_outdated':
      return { stop: error.code }
    case 'link_failed':
      return { fault: { kind: 'link_failed' } }
    case 'code_refused':
      return error.triesLeft === 0
        ? { stop: 'link_expired' }
        : { fault: { kind: 'code_refused', triesLeft: error.triesLeft ?? 1 } }
    case 'rate_limited':
      return { fault: { kind: 'rate_limited', seconds: error.retryAfter } }
    // The linking is not there any more, or was taken further elsewhere.
    case 'not_found':
    case 'wrong_step':
      return { stop: 'link_expired' }
    default:
      return { fault: { kind: 'busy' } }
  }
}

function fail(at: LinkingStep, error: unknown): LinkingStep {
  if (error instanceof KeysNotKept) return at.step === 'finishing' ? { step: 'unkept', again: at } : at
  // The server does not take what this phone's authenticator made, and activated nothing: the passcode does without.
  const refusesCredential = error instanceof RequestRefused && error.code === 'signature_invalid'
  if (at.step === 'finishing' && at.credential !== null && refusesCredential) {
    return { ...at, credential: null, missing: true }
  }
  const failure = readFailure(error)
  if ('stop' in failure) return { step: 'stopped', why: failure.stop }
  const { fault } = failure
  switch (at.step) {
    case 'password':
    case 'offer':
      return { ...at, working: false, fault }
    case 'code':
      return { ...at, working: 'no', fault }
    case 'agreeing':
    case 'finishing': {
      const known = error instanceof NetworkFailed || error instanceof RequestRefused
      return { step: 'unfinished', again: at, why: !known ? 'fault' : fault.kind === 'network' ? 'network' : 'busy' }
    }
    default:
      return at
  }
}

const retry = (at: LinkingStep): LinkingStep => ('again' in at ? at.again : at)

function stepAfter(state: LinkingState, event: Exclude<LinkingEvent, { type: 'typed' }>): LinkingStep {
  const { at } = state
  switch (event.type) {
    case 'next':
      return next(state)
    case 'back':
      return back(at)
    case 'resend':
      return at.step === 'code' && at.working === 'no'
        ? { ...at, working: 'resending', fault: null, resent: false }
        : at
    case 'passcode-given':
      return givePasscode(at, event.passcode)
    case 'retry':
      return retry(at)
    case 'started':
      return at.step === 'password'
        ? { step: 'code', linking: event.linking, incomplete: false, working: 'no', resent: false, fault: null }
        : at
    case 'offer-chosen':
      return at.step === 'email' ? offered : at
    case 'scanned':
      return at.step === 'offer' ? { step: 'digits', linking: event.linking } : at
    case 'code-taken':
      return at.step === 'code' || at.step === 'digits'
        ? { step: 'choose', linking: at.linking, fault: null, tries: 0 }
        : at
    case 'code-resent':
      return at.step === 'code' ? { ...at, working: 'no', resent: true } : at
    case 'agreed':
      if (at.step !== 'agreeing') return at
      return event.biometrics ? askAboutBiometrics(at) : finishing(at, null)
    case 'skipped':
    case 'enrolling':
    case 'enrolled':
    case 'not-enrolled':
      return stepBiometrics(at, event)
    case 'finished':
      return at.step === 'finishing' ? { step: 'done', stored: event.stored, missing: at.missing } : at
    case 'failed':
      return fail(at, event.error)
  }
}

/** What was typed and must not outlive its use goes with the step that used it. */
function typedAfter(typed: Typed, before: LinkingStep, after: LinkingStep): Typed {
  if (before.step === after.step) return typed
  if (after.step === 'code') return { ...typed, code: '' }
  if (after.step === 'choose' || after.step === 'stopped') return { ...typed, password: '', code: '', offer: '' }
  return typed
}

/** The next state. Events that do not fit the step change nothing. */
export function stepLinking(state: LinkingState, event: LinkingEvent): LinkingState {
  if (event.type === 'typed') return { ...state, typed: { ...state.typed, ...event.typed } }
  const at = stepAfter(state, event)
  return { typed: typedAfter(state.typed, state.at, at), at }
}
