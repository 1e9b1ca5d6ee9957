/**
 * One request on the screen, from reading it to its end. Pure.
 *
 * What is on the screen is what gets decided: a request that changes while it is shown is read again, and a decision
 * once made is kept until the server answered it.
 */
import type { DecisionOutcome, EndedCode, ShownApproval, UnlockedApproval } from '@countersign/device'
import type { ApprovalDocument, DeclineReason } from '@countersign/protocol'

export type Decision =
  /** `number` is the one that the person picked, null where none was asked for. */
  | { readonly decision: 'approve'; readonly number: string | null; readonly passcode: string }
  | { readonly decision: 'approve'; readonly number: string | null; readonly unlocked: UnlockedApproval }
  | { readonly decision: 'decline'; readonly reason: DeclineReason | null }

export type RequestResult =
  | { readonly kind: 'approved' }
  | { readonly kind: 'declined'; readonly reason: DeclineReason | null }
  | { readonly kind: 'expired' }
  /** Cancelled, or answered by another way than this phone. */
  | { readonly kind: 'gone' }
  /** This phone gave another answer before. */
  | { readonly kind: 'conflict' }
  /** Another number was picked than the one on the page: that ended it. */
  | { readonly kind: 'wrong-number' }
  | { readonly kind: 'replaced' }

/** Why a decision has no answer: no network, a server that could not take it, or a fault in the app. */
export type Unsent = 'network' | 'busy' | 'fault'

export type RequestStep =
  | { readonly step: 'asking'; readonly changed: boolean }
  | { readonly step: 'number' }
  /** The phone asks for fingerprint or face. */
  | { readonly step: 'unlocking'; readonly number: string | null }
  /**
   * `refusals` counts the wrong passcodes, so that each one starts with empty digits; `instead` is why it is the passcode
   * where there is fingerprint or face.
   */
  | {
      readonly step: 'passcode'
      readonly number: string | null
      readonly refusals: number
      readonly instead: NotUnlocked | null
    }
  | { readonly step: 'reason' }
  | { readonly step: 'sending'; readonly decision: Decision; readonly refusals: number }
  | { readonly step: 'unsent'; readonly decision: Decision; readonly refusals: number; readonly why: Unsent }
  | { readonly step: 'result'; readonly result: RequestResult }

/** Why fingerprint or face has unlocked nothing: the person did not confirm, or it does not work here. */
export type NotUnlocked = 'cancelled' | 'unavailable'

export interface OpenRequest {
  readonly shown: ShownApproval
  readonly step: RequestStep
}

export type RequestEvent =
  | { readonly type: 'approve-chosen' }
  | { readonly type: 'number-picked'; readonly number: string }
  | { readonly type: 'unlocking'; readonly number: string | null }
  | { readonly type: 'not-unlocked'; readonly why: NotUnlocked }
  /** The person would rather enter the passcode. */
  | { readonly type: 'passcode-chosen' }
  | { readonly type: 'decline-chosen' }
  | { readonly type: 'back' }
  | { readonly type: 'sent'; readonly decision: Decision }
  | { readonly type: 'answered'; readonly outcome: DecisionOutcome }
  | { readonly type: 'not-answered'; readonly why: Unsent }

export const openRequest = (shown: ShownApproval): OpenRequest => ({ shown, step: { step: 'asking', changed: false } })

const ended: Readonly<Record<EndedCode, RequestResult>> = {
  approval_expired: { kind: 'expired' },
  approval_not_pending: { kind: 'gone' },
  not_found: { kind: 'gone' },
  decision_conflict: { kind: 'conflict' },
  digest_mismatch: { kind: 'replaced' },
}

const resultStep = (result: RequestResult): RequestStep => ({ step: 'result', result })

const enterPasscode = (number: string | null, instead: NotUnlocked | null = null) =>
  ({ step: 'passcode', number, refusals: 0, instead }) as const

function afterOutcome(decision: Decision, refusals: number, outcome: DecisionOutcome): RequestStep {
  switch (outcome.outcome) {
    case 'decided':
      if (outcome.state === 'approved') return resultStep({ kind: 'approved' })
      if (decision.decision === 'approve') return resultStep({ kind: 'wrong-number' })
      return resultStep({ kind: 'declined', reason: decision.reason })
    case 'ended':
      return resultStep(ended[outcome.code])
    case 'unlock_failed':
    case 'blocked':
      // What fingerprint or face opens is not what the server has: asking for it again would only cost tries.
      return 'unlocked' in decision
        ? enterPasscode(decision.number, 'unavailable')
        : { ...enterPasscode('number' in decision ? decision.number : null), refusals: refusals + 1 }
  }
}

const refusalsOf = (step: RequestStep): number => ('refusals' in step ? step.refusals : 0)

function afterApprove({ numbers }: ShownApproval): RequestStep {
  return numbers === null ? enterPasscode(null) : { step: 'number' }
}

function stepUnlocking(
  step: RequestStep,
  event: Extract<RequestEvent, { type: `${string}unlock${string}` }>,
): RequestStep {
  if (event.type === 'unlocking') {
    return isUndecided(step) ? { step: 'unlocking', number: event.number } : step
  }
  // The server, too, may find that it was not unlocked.
  if (step.step === 'sending' && 'unlocked' in step.decision) return enterPasscode(step.decision.number, event.why)
  return step.step === 'unlocking' ? enterPasscode(step.number, event.why) : step
}

function nextStep(step: RequestStep, event: RequestEvent, shown: ShownApproval): RequestStep {
  switch (event.type) {
    case 'approve-chosen':
      return step.step === 'asking' ? afterApprove(shown) : step
    case 'number-picked':
      return step.step === 'number' ? enterPasscode(event.number) : step
    case 'unlocking':
    case 'not-unlocked':
      return stepUnlocking(step, event)
    case 'passcode-chosen':
      return step.step === 'unlocking' ? enterPasscode(step.number) : step
    case 'decline-chosen':
      return step.step === 'asking' || step.step === 'number' ? { step: 'reason' } : step
    case 'back':
      return isUndecided(step) ? { step: 'asking', changed: false } : step
    case 'sent':
      return { step: 'sending', decision: event.decision, refusals: refusalsOf(step) }
    case 'answered':
      return step.step === 'sending' ? afterOutcome(step.decision, step.refusals, event.outcome) : step
    case 'not-answered':
      return step.step === 'sending' ? { ...step, step: 'unsent', why: event.why } : step
  }
}

export const stepRequest = (request: OpenRequest, event: RequestEvent): OpenRequest => ({
  ...request,
  step: nextStep(request.step, event, request.shown),
})

/** Whether the person may still choose: nothing was sent, nothing has ended. */
const isUndecided = ({ step }: RequestStep): boolean =>
  step === 'asking' || step === 'number' || step === 'unlocking' || step === 'passcode' || step === 'reason'

/**
 * The time of the round ran out, by the server's clock. What was sent, answered or not, is the server's to judge: it may
 * have arrived in time.
 */
export const expireRequest = (request: OpenRequest): OpenRequest =>
  isUndecided(request.step) ? { ...request, step: resultStep({ kind: 'expired' }) } : request

// What is read on the screen. Another round of the same content needs no second reading.
function wordsOf({ application, headline, lines, context, binding, locale }: ApprovalDocument): string {
  return JSON.stringify([application.name, headline, lines, context.place, context.browser, binding, locale])
}

// What fingerprint or face unlocks is the round that was on the screen, and worth nothing in another one.
const stepInRound = (step: RequestStep, shown: ShownApproval, current: ShownApproval): RequestStep =>
  step.step === 'unlocking' && current.document.round !== shown.document.round
    ? { step: 'asking', changed: false }
    : step

/**
 * What the request becomes when a new list arrived.
 *
 * @param current the same approval in that list, or undefined when it is not there any more
 */
export function refreshRequest(request: OpenRequest, current: ShownApproval | undefined): OpenRequest {
  const { shown, step } = request
  if (step.step === 'result' && step.result.kind === 'replaced' && current !== undefined) {
    return { shown: current, step: { step: 'asking', changed: true } }
  }
  if (!isUndecided(step)) return request
  if (current === undefined) return { shown, step: resultStep({ kind: 'gone' }) }
  if (wordsOf(current.document) === wordsOf(shown.document))
    return { shown: current, step: stepInRound(step, shown, current) }
  return { shown: current, step: { step: 'asking', changed: true } }
}
