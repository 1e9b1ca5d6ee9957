/** Making a response to a code on a page, without network. Pure. Nothing of one response is kept for the next. */
import { isChallenge, type OfflineResponse } from '@countersign/device'
import type { NotUnlocked } from './request-state.ts'

export type OfflineState =
  | { readonly step: 'code'; readonly typed: string; readonly fault: 'short' | 'wrong' | null }
  /** The phone asks for fingerprint or face. */
  | { readonly step: 'unlocking'; readonly challenge: string }
  /** `instead` is why it is the passcode where there is fingerprint or face. */
  | {
      readonly step: 'passcode'
      readonly challenge: string
      readonly failed: boolean
      readonly instead: NotUnlocked | null
    }
  | { readonly step: 'working'; readonly challenge: string; readonly passcode: string }
  | { readonly step: 'response'; readonly response: OfflineResponse; readonly over: boolean }

export type OfflineEvent =
  | { readonly type: 'typed'; readonly digits: string }
  | { readonly type: 'code-given' }
  | { readonly type: 'unlocking' }
  | { readonly type: 'not-unlocked'; readonly why: NotUnlocked }
  /** The person would rather enter the passcode. */
  | { readonly type: 'passcode-chosen' }
  | { readonly type: 'passcode-given'; readonly passcode: string }
  | { readonly type: 'made'; readonly response: OfflineResponse }
  | { readonly type: 'failed' }
  | { readonly type: 'ran-out' }
  | { readonly type: 'back' }

export const noCode: OfflineState = { step: 'code', typed: '', fault: null }

const enterPasscode = (challenge: string, instead: NotUnlocked | null = null) =>
  ({ step: 'passcode', challenge, failed: false, instead }) as const

function giveCode(typed: string): OfflineState {
  if (typed.length < 8) return { step: 'code', typed, fault: 'short' }
  return isChallenge(typed) ? enterPasscode(typed) : { step: 'code', typed, fault: 'wrong' }
}

/** The code that fingerprint or face would answer now; null where there is none yet. */
export function challengeToUnlock(state: OfflineState): string | null {
  if (state.step === 'passcode') return state.challenge
  return state.step === 'code' && isChallenge(state.typed) ? state.typed : null
}

function beginUnlocking(state: OfflineState): OfflineState {
  const challenge = challengeToUnlock(state)
  return challenge === null ? state : { step: 'unlocking', challenge }
}

/** The next state. Events that do not fit the step change nothing. */
export function stepOffline(state: OfflineState, event: OfflineEvent): OfflineState {
  switch (event.type) {
    case 'typed':
      return state.step === 'code' ? { step: 'code', typed: event.digits, fault: null } : state
    case 'code-given':
      return state.step === 'code' ? giveCode(state.typed) : state
    case 'unlocking':
      return beginUnlocking(state)
    case 'not-unlocked':
      return state.step === 'unlocking' ? enterPasscode(state.challenge, event.why) : state
    case 'passcode-chosen':
      return state.step === 'unlocking' ? enterPasscode(state.challenge) : state
    case 'passcode-given':
      return state.step === 'passcode'
        ? { step: 'working', challenge: state.challenge, passcode: event.passcode }
        : state
    case 'made':
      return state.step === 'working' || state.step === 'unlocking'
        ? { step: 'response', response: event.response, over: false }
        : state
    case 'failed':
      return state.step === 'working' ? { ...enterPasscode(state.challenge), failed: true } : state
    case 'ran-out':
      return state.step === 'response' ? { ...state, over: true } : state
    case 'back':
      return state.step === 'passcode' || state.step === 'unlocking'
        ? { step: 'code', typed: state.challenge, fault: null }
        : noCode
  }
}
