/** PURE: what the popup knows, and what it shows of that. */
import type { Approval, Refusal } from './answer.ts'

export type Command = 'wake' | 'offline' | 'response' | 'cancel'

/** What went wrong with something that the person did. */
export type Trouble =
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'refused'; readonly refusal: Refusal }

/** Where nobody could be asked: the account has no phone. */
export interface NoDevice {
  readonly phoneUrl: string
  readonly supportEmail: string
}

export interface PopupState {
  readonly approval: Approval | null
  readonly noDevice: NoDevice | null
  /** Whether the server was reached when it was last asked. */
  readonly reached: boolean
  /** It was not reached for a while, and is again: worth a word. */
  readonly isBack: boolean
  /** The server knows this approval or this page no more. */
  readonly lost: boolean
  readonly busy: Command | null
  readonly trouble: Trouble | null
  /** Server time minus this machine's, in milliseconds. */
  readonly clockOffset: number
}

export const opening: PopupState = {
  approval: null,
  noDevice: null,
  reached: true,
  isBack: false,
  lost: false,
  busy: null,
  trouble: null,
  clockOffset: 0,
}

export type PopupEvent =
  | { readonly type: 'approval'; readonly approval: Approval; readonly at: number }
  | { readonly type: 'no-device'; readonly noDevice: NoDevice }
  | { readonly type: 'reached'; readonly reached: boolean }
  | { readonly type: 'lost' }
  | { readonly type: 'began'; readonly command: Command }
  | { readonly type: 'troubled'; readonly trouble: Trouble }
  | { readonly type: 'settled' }

const isLater = (before: Approval | null, next: Approval): boolean =>
  before === null || before.id !== next.id || (before.state === 'pending' && next.now >= before.now)

/** The next state. What is older than what is shown, or comes after the end, changes nothing. */
export function advance(state: PopupState, event: PopupEvent): PopupState {
  switch (event.type) {
    case 'approval': {
      if (!isLater(state.approval, event.approval)) return state
      const isMoved = state.approval?.offline?.challenge !== event.approval.offline?.challenge
      return {
        ...state,
        approval: event.approval,
        clockOffset: event.approval.now - event.at,
        trouble: isMoved && state.trouble?.kind !== 'refused' ? null : state.trouble,
      }
    }
    case 'no-device':
      return { ...opening, noDevice: event.noDevice }
    case 'reached':
      return { ...state, reached: event.reached, isBack: event.reached && (state.isBack || !state.reached) }
    case 'lost':
      return { ...state, lost: true }
    case 'began':
      return { ...state, busy: event.command, trouble: null, isBack: false }
    case 'troubled':
      return { ...state, busy: null, trouble: event.trouble }
    case 'settled':
      return { ...state, busy: null }
  }
}

/** Which screen is shown. */
export type Screen =
  | 'opening'
  | 'waiting'
  | 'offline'
  | 'approved'
  | 'declined'
  | 'wrong-number'
  | 'codes-spent'
  | 'expired'
  | 'cancelled'
  | 'blocked'
  | 'no-device'
  | 'lost'

export function screenOf({ approval, noDevice, lost }: PopupState): Screen {
  if (noDevice !== null) return 'no-device'
  if (approval !== null && approval.state !== 'pending') {
    if (approval.state !== 'declined') return approval.state
    return approval.reason === 'wrong-number' || approval.reason === 'codes-spent' ? approval.reason : 'declined'
  }
  if (lost) return 'lost'
  if (approval === null) return 'opening'
  if (approval.device_blocked) return 'blocked'
  return approval.offline === null ? 'waiting' : 'offline'
}

/** Whole seconds until the end of the round, by the server's clock. @param at this machine's clock, milliseconds */
export const secondsLeft = ({ approval, clockOffset }: PopupState, at: number): number =>
  approval === null ? 0 : Math.max(0, Math.ceil((approval.expires - (at + clockOffset)) / 1000))

/** `1:29` */
export const asClock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`

/** Seconds of a whole round. */
export const roundSeconds = 90

/** How it ended, for the page that opened the popup. */
export type Ending =
  | { readonly kind: 'approved' }
  /** `again`: the person wants to try again. The page starts anew with what was filled in. */
  | { readonly kind: Exclude<Screen, 'opening' | 'waiting' | 'offline' | 'approved'>; readonly again: boolean }

/** The ending of a screen, or null where it is none yet. */
export function endingOf(screen: Screen, again: boolean): Ending | null {
  if (screen === 'opening' || screen === 'waiting' || screen === 'offline') return null
  return screen === 'approved' ? { kind: 'approved' } : { kind: screen, again }
}
