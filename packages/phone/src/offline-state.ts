/** Making a response to a code on a page, without network. Pure. Nothing of one response is kept for the next. */
import { isChallenge, type OfflineResponse } from '@countersign/device'

export type OfflineState =
  | { readonly step: 'code'; readonly typed: string; readonly fault: 'short' | 'wrong' | null }
  | { readonly step: 'passcode'; readonly challenge: string; readonly failed: boolean }
  | { readonly step: 'working'; readonly challenge: string; readonly passcode: string }
  | { readonly step: 'response'; readonly response: OfflineResponse; readonly over: boolean }

export type OfflineEvent =
  | { readonly type: 'typed'; readonly digits: string }
  | { readonly type: 'code-given' }
  | { readonly type: 'passcode-given'; readonly passcode: string }
  | { readonly type: 'made'; readonly response: OfflineResponse }
  | { readonly type: 'failed' }
  | { readonly type: 'ran-out' }
  | { readonly type: 'back' }

export const noCode: OfflineState = { step: 'code', typed: '', fault: null }

function giveCode(typed: string): OfflineState {
  if (typed.length < 8) return { step: 'code', typed, fault: 'short' }
  return isChallenge(typed)
    ? { step: 'passcode', challenge: typed, failed: false }
    : { step: 'code', typed, fault: 'wrong' }
}

/** The next state. Events that do not fit the step change nothing. */
export function stepOffline(state: OfflineState, event: OfflineEvent): OfflineState {
  switch (event.type) {
    case 'typed':
      return state.step === 'code' ? { step: 'code', typed: event.digits, fault: null } : state
    case 'code-given':
      return state.step === 'code' ? giveCode(state.typed) : state
    case 'passcode-given':
      return state.step === 'passcode'
        ? { step: 'working', challenge: state.challenge, passcode: event.passcode }
        : state
    case 'made':
      return state.step === 'working' ? { step: 'response', response: event.response, over: false } : state
    case 'failed':
      return state.step === 'working' ? { step: 'passcode', challenge: state.challenge, failed: true } : state
    case 'ran-out':
      return state.step === 'response' ? { ...state, over: true } : state
    case 'back':
      return state.step === 'passcode' ? { step: 'code', typed: state.challenge, fault: null } : noCode
  }
}
