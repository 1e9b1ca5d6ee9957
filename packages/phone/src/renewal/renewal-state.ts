/**
 * Changing the passcode, and adding or removing fingerprint or face, step by step. Pure.
 *
 * Until the last step nothing has changed, and whoever leaves loses nothing.
 */
import {
  NetworkFailed,
  type OpenCredential,
  type PasscodeFault,
  passcodeFault,
  type Renewal,
  RequestRefused,
  ServerNotTrusted,
} from '@countersign/device'
import { KeysNotKept } from '../keys-not-kept.ts'
import type { Change } from '../linked-state.ts'
import type { NotUnlocked } from '../request-state.ts'

/** Why it ended. In every case nothing was changed. */
export type RenewalStop = 'expired' | 'not_trusted' | 'not_kept' | 'unavailable'

/** Why there is no answer: no network, a server that could not do it, or a fault in the app. */
export type Unanswered = 'network' | 'busy' | 'fault'

interface Finishing {
  readonly step: 'finishing'
  readonly renewal: Renewal
  readonly passcode: string
  readonly credential: OpenCredential | null
}

export type RenewalStep =
  /** The passcode of now. `refusals` counts the wrong ones. */
  | { readonly step: 'current'; readonly refusals: number }
  | { readonly step: 'starting'; readonly passcode: string; readonly refusals: number }
  /** The server was not asked, or did not answer: nothing was changed. */
  | { readonly step: 'unstarted'; readonly why: Unanswered }
  | {
      readonly step: 'choose'
      readonly renewal: Renewal
      /** The passcode of now, which is not to be the new one too. */
      readonly current: string
      readonly fault: PasscodeFault | 'different' | 'same' | null
      readonly tries: number
    }
  | { readonly step: 'repeat'; readonly renewal: Renewal; readonly current: string; readonly chosen: string }
  /** Fingerprint or face is asked for: a new credential, or the one of before for the new secret. */
  | {
      readonly step: 'biometrics'
      readonly renewal: Renewal
      readonly passcode: string
      readonly asking: boolean
      readonly failed: NotUnlocked | null
    }
  | Finishing
  /** The answer was lost: it is not known whether it has changed. */
  | { readonly step: 'unknown'; readonly again: Finishing; readonly why: Unanswered }
  | { readonly step: 'stopped'; readonly why: RenewalStop }
  /** `biometrics` is whether fingerprint or face is on now. */
  | { readonly step: 'done'; readonly biometrics: boolean }

export interface RenewalState {
  readonly change: Change
  /** Whether fingerprint or face was on before. */
  readonly had: boolean
  readonly at: RenewalStep
}

export type RenewalEvent =
  | { readonly type: 'passcode-given'; readonly passcode: string }
  | { readonly type: 'started'; readonly renewal: Renewal }
  | { readonly type: 'wrong-passcode' }
  | { readonly type: 'asking' }
  | { readonly type: 'opened'; readonly credential: OpenCredential }
  | { readonly type: 'not-opened'; readonly reason: NotUnlocked }
  /** The passcode is to be the only way from now on. */
  | { readonly type: 'without' }
  | { readonly type: 'finished'; readonly biometrics: boolean }
  | { readonly type: 'failed'; readonly error: unknown }
  | { readonly type: 'retry' }
  | { readonly type: 'back' }

/** @param had whether fingerprint or face is on */
export const renewalStart = ({ change, had }: { change: Change; had: boolean }): RenewalState => ({
  change,
  had,
  at: { step: 'current', refusals: 0 },
})

const askBiometrics = (renewal: Renewal, passcode: string): RenewalStep => ({
  step: 'biometrics',
  renewal,
  passcode,
  asking: false,
  failed: null,
})

const finish = (renewal: Renewal, passcode: string, credential: OpenCredential | null): Finishing => ({
  step: 'finishing',
  renewal,
  passcode,
  credential,
})

function afterStart(change: Change, passcode: string, renewal: Renewal): RenewalStep {
  switch (change) {
    case 'passcode':
      return { step: 'choose', renewal, current: passcode, fault: null, tries: 0 }
    case 'add-biometrics':
      return askBiometrics(renewal, passcode)
    case 'remove-biometrics':
      return finish(renewal, passcode, null)
  }
}

function givePasscode({ at, had }: RenewalState, passcode: string): RenewalStep {
  switch (at.step) {
    case 'current':
      return { step: 'starting', passcode, refusals: at.refusals }
    case 'choose': {
      const fault = passcode === at.current ? 'same' : passcodeFault(passcode)
      if (fault !== null) return { ...at, fault, tries: at.tries + 1 }
      return { step: 'repeat', renewal: at.renewal, current: at.current, chosen: passcode }
    }
    case 'repeat':
      if (passcode !== at.chosen) {
        return { step: 'choose', renewal: at.renewal, current: at.current, fault: 'different', tries: 1 }
      }
      return had ? askBiometrics(at.renewal, passcode) : finish(at.renewal, passcode, null)
    default:
      return at
  }
}

function notOpened({ change, at }: RenewalState, reason: NotUnlocked): RenewalStep {
  if (at.step !== 'biometrics') return at
  if (change === 'add-biometrics' && reason === 'unavailable') return { step: 'stopped', why: 'unavailable' }
  return { ...at, asking: false, failed: reason }
}

function unanswered(error: unknown): Unanswered {
  if (error instanceof NetworkFailed) return 'network'
  return error instanceof RequestRefused ? 'busy' : 'fault'
}

// The server met a fault, or would take the same later: all others say that it will not.
const passing = ['internal', 'unavailable', 'rate_limited']

function fail(at: RenewalStep, error: unknown): RenewalStep {
  if (error instanceof ServerNotTrusted) return { step: 'stopped', why: 'not_trusted' }
  if (at.step === 'starting') return { step: 'unstarted', why: unanswered(error) }
  if (at.step !== 'finishing') return at
  if (error instanceof KeysNotKept) return { step: 'stopped', why: 'not_kept' }
  const refusesSignature = error instanceof RequestRefused && error.code === 'signature_invalid'
  if (at.credential !== null && refusesSignature) return { step: 'stopped', why: 'unavailable' }
  if (error instanceof RequestRefused && !passing.includes(error.code)) return { step: 'stopped', why: 'expired' }
  return { step: 'unknown', again: at, why: unanswered(error) }
}

function retry(at: RenewalStep): RenewalStep {
  if (at.step === 'unknown') return at.again
  return at.step === 'unstarted' || at.step === 'stopped' ? { step: 'current', refusals: 0 } : at
}

function stepAfter(state: RenewalState, event: RenewalEvent): RenewalStep {
  const { at, change } = state
  switch (event.type) {
    case 'passcode-given':
      return givePasscode(state, event.passcode)
    case 'started':
      return at.step === 'starting' ? afterStart(change, at.passcode, event.renewal) : at
    case 'wrong-passcode':
      return at.step === 'starting' ? { step: 'current', refusals: at.refusals + 1 } : at
    case 'asking':
      return at.step === 'biometrics' ? { ...at, asking: true, failed: null } : at
    case 'opened':
      return at.step === 'biometrics' ? finish(at.renewal, at.passcode, event.credential) : at
    case 'not-opened':
      return notOpened(state, event.reason)
    case 'without':
      return at.step === 'biometrics' && !at.asking ? finish(at.renewal, at.passcode, null) : at
    case 'finished':
      return at.step === 'finishing' ? { step: 'done', biometrics: event.biometrics } : at
    case 'failed':
      return fail(at, event.error)
    case 'retry':
      return retry(at)
    case 'back':
      return at.step === 'repeat'
        ? { step: 'choose', renewal: at.renewal, current: at.current, fault: null, tries: 0 }
        : at
  }
}

/** The next state. Events that do not fit the step change nothing. */
export const stepRenewal = (state: RenewalState, event: RenewalEvent): RenewalState => ({
  ...state,
  at: stepAfter(state, event),
})
