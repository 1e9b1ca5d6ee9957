/** A linked phone at work: what waits, what is on the screen, how it stands with its server. Pure. */
import type { ApprovalsNews, LinkedDevice, ShownApproval } from '@countersign/device'
import type { ApprovalId, ErrorCode } from '@countersign/protocol'
import {
  expireRequest,
  type OpenRequest,
  openRequest,
  type RequestEvent,
  refreshRequest,
  stepRequest,
} from './request-state.ts'

export type View =
  | { readonly view: 'home' }
  | ({ readonly view: 'request' } & OpenRequest)
  | { readonly view: 'offline' }
  | { readonly view: 'settings' }
  | { readonly view: 'notifications' }
  | { readonly view: 'renewal'; readonly change: Change }

/** What the person changes about how this phone is unlocked. */
export type Change = 'passcode' | 'add-biometrics' | 'remove-biometrics'

/** Whether the server has this device, as far as this phone knows. */
export type Standing =
  | 'good'
  /** The device was removed from its account, or the account is locked: the server tells both alike. */
  | 'removed'
  /** The tries at the passcode are spent. */
  | 'blocked'
  /** The app is too old. */
  | 'outdated'
  /** The server cannot verify what this phone signs. */
  | 'refused'

export interface LinkedState {
  readonly device: LinkedDevice
  readonly standing: Standing
  readonly network: 'unknown' | 'reached' | 'unreached'
  /** Oldest first; null until the first list came. */
  readonly approvals: readonly ShownApproval[] | null
  /** Whether the last list held something that must not be shown. */
  readonly refusedSome: boolean
  /** Decided here: lists that were already on their way may still hold them. */
  readonly decided: readonly ApprovalId[]
  /** Tries at the passcode, or null while unknown. */
  readonly triesLeft: number | null
  readonly view: View
  /** Grows whenever the server is to be asked anew. */
  readonly checks: number
}

export type LinkedEvent =
  | { readonly type: 'news'; readonly news: ApprovalsNews }
  | { readonly type: 'network-lost' }
  | { readonly type: 'device-read'; readonly triesLeft: number; readonly blocked: boolean }
  /** The passcode was right: how many tries there are now is the server's to say. */
  | { readonly type: 'tries-renewed' }
  | { readonly type: 'refused'; readonly code: ErrorCode }
  | { readonly type: 'check-again' }
  | { readonly type: 'opened'; readonly approval: ApprovalId }
  | { readonly type: 'shown'; readonly view: 'home' | 'offline' | 'settings' | 'notifications' }
  /** What is kept of this phone is another now: the secret in force, or how linking ended. */
  | { readonly type: 'reopened'; readonly device: LinkedDevice }
  | { readonly type: 'change-chosen'; readonly change: Change }
  /** What waits is wanted on the screen: from wherever else the person is, or after a request that is over. */
  | { readonly type: 'waiting-chosen' }
  /** The round of this approval is over. */
  | { readonly type: 'ran-out'; readonly approval: ApprovalId }
  | { readonly type: 'request'; readonly approval: ApprovalId; readonly event: RequestEvent }

export const linkedAt = (device: LinkedDevice): LinkedState => ({
  device,
  standing: 'good',
  network: 'unknown',
  approvals: null,
  refusedSome: false,
  decided: [],
  triesLeft: null,
  view: { view: 'home' },
  checks: 0,
})

const byAge = (one: ShownApproval, other: ShownApproval) =>
  one.document.issued.localeCompare(other.document.issued) || one.approval.localeCompare(other.approval)

/** The view after a list arrived. A single request opens by itself, but never one of several, nor one left over. */
function viewAfterList(state: LinkedState, approvals: readonly ShownApproval[]): View {
  const { view } = state
  if (view.view === 'request') {
    return {
      view: 'request',
      ...refreshRequest(
        view,
        approvals.find(({ approval }) => approval === view.shown.approval),
      ),
    }
  }
  const [first, second] = approvals
  const nothingBefore = state.approvals === null || state.approvals.length === 0
  if (view.view !== 'home' || !nothingBefore || first === undefined || second !== undefined) return view
  return { view: 'request', ...openRequest(first) }
}

function listed(state: LinkedState, news: Extract<ApprovalsNews, { kind: 'approvals' }>): LinkedState {
  const approvals = news.approvals.filter(({ approval }) => !state.decided.includes(approval)).sort(byAge)
  return {
    ...state,
    network: 'reached',
    // Being given a list proves all but that the passcode has tries left.
    standing: state.standing === 'blocked' ? 'blocked' : 'good',
    approvals,
    refusedSome: news.refused.length > 0,
    view: viewAfterList(state, approvals),
  }
}

const standings: Partial<Readonly<Record<ErrorCode, Standing>>> = {
  device_unknown: 'removed',
  device_blocked: 'blocked',
  app_outdated: 'outdated',
  signature_invalid: 'refused',
}

/** What a refusal says about the device as a whole; null when it says nothing. */
export const standingAfter = (code: ErrorCode): Standing | null => standings[code] ?? null

function stepView(state: LinkedState, approval: ApprovalId, event: RequestEvent): LinkedState {
  const { view } = state
  if (view.view !== 'request' || view.shown.approval !== approval) return state
  const request = stepRequest(view, event)
  const next: LinkedState = { ...state, view: { view: 'request', ...request } }
  if (event.type !== 'answered') return next
  switch (event.outcome.outcome) {
    case 'blocked':
      return { ...next, standing: 'blocked', triesLeft: 0, view: { view: 'home' } }
    case 'unlock_failed':
      return { ...next, triesLeft: event.outcome.triesLeft }
    case 'decided':
      return {
        ...next,
        // The tries start anew with a right passcode; how many there are is the server's to say.
        triesLeft: event.outcome.state === 'approved' ? null : state.triesLeft,
        decided: [...state.decided, approval],
        approvals: state.approvals?.filter((waiting) => waiting.approval !== approval) ?? null,
      }
    case 'ended': {
      const current = state.approvals?.find((waiting) => waiting.approval === approval)
      const newer = current?.document.round === view.shown.document.round ? undefined : current
      return { ...next, view: { view: 'request', ...refreshRequest(request, newer) } }
    }
  }
}

function ranOut(state: LinkedState, approval: ApprovalId): LinkedState {
  const { view } = state
  const approvals = state.approvals?.filter((waiting) => waiting.approval !== approval) ?? null
  if (view.view !== 'request' || view.shown.approval !== approval) return { ...state, approvals }
  return { ...state, approvals, view: { view: 'request', ...expireRequest(view) } }
}

function opened(state: LinkedState, approval: ApprovalId): LinkedState {
  const shown = state.approvals?.find((waiting) => waiting.approval === approval)
  return shown === undefined || state.view.view !== 'home'
    ? state
    : { ...state, view: { view: 'request', ...openRequest(shown) } }
}

/** How many requests wait out of sight; none where the screen is theirs, or none can be answered. */
export function waitingUnseen({ view, standing, network, approvals }: LinkedState): number {
  const isTheirs = view.view === 'home' || view.view === 'request'
  return isTheirs || standing !== 'good' || network === 'unreached' ? 0 : (approvals?.length ?? 0)
}

const isAnswered = (view: View) => view.view === 'request' && view.step.step === 'result'

function waitingView({ approvals }: LinkedState): View {
  const [first, second] = approvals ?? []
  return first === undefined || second !== undefined ? { view: 'home' } : { view: 'request', ...openRequest(first) }
}

/** What the system's way back does here; null where there is nothing behind, or a decision is under way. */
export function backOf({ view }: LinkedState): LinkedEvent | null {
  // These have ways back of their own.
  if (view.view === 'home' || view.view === 'renewal' || view.view === 'notifications') return null
  if (view.view !== 'request') return { type: 'shown', view: 'home' }
  const { step } = view.step
  if (step === 'sending') return null
  if (step !== 'number' && step !== 'unlocking' && step !== 'passcode' && step !== 'reason')
    return { type: 'shown', view: 'home' }
  return { type: 'request', approval: view.shown.approval, event: { type: 'back' } }
}

/** The next state of a linked phone. */
export function stepLinked(state: LinkedState, event: LinkedEvent): LinkedState {
  switch (event.type) {
    case 'news':
      return event.news.kind === 'approvals' ? listed(state, event.news) : { ...state, network: 'unreached' }
    case 'network-lost':
      return { ...state, network: 'unreached' }
    case 'device-read':
      return {
        ...state,
        triesLeft: event.triesLeft,
        standing: event.blocked ? 'blocked' : state.standing === 'blocked' ? 'good' : state.standing,
      }
    case 'tries-renewed':
      return { ...state, triesLeft: null }
    case 'refused':
      return { ...state, standing: standingAfter(event.code) ?? state.standing }
    case 'check-again':
      return { ...state, checks: state.checks + 1 }
    case 'opened':
      return opened(state, event.approval)
    case 'reopened':
      return { ...state, device: event.device }
    case 'change-chosen':
      return state.view.view === 'settings' ? { ...state, view: { view: 'renewal', change: event.change } } : state
    case 'shown':
      return { ...state, view: { view: event.view } }
    case 'waiting-chosen':
      return isAnswered(state.view) || waitingUnseen(state) > 0 ? { ...state, view: waitingView(state) } : state
    case 'ran-out':
      return ranOut(state, event.approval)
    case 'request':
      return stepView(state, event.approval, event.event)
  }
}
