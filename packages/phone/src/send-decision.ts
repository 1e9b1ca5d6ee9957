/** Carries one decision to the server and says, as events, what came of it. */
import {
  BiometricsFailed,
  type DecisionOutcome,
  type LinkedDevice,
  NetworkFailed,
  RequestRefused,
  type ShownApproval,
} from '@countersign/device'
import { type LinkedEvent, standingAfter } from './linked-state.ts'
import type { Decision, NotUnlocked, RequestEvent } from './request-state.ts'

function send(device: LinkedDevice, shown: ShownApproval, decision: Decision): Promise<DecisionOutcome> {
  if (decision.decision === 'decline') return device.decline(shown, decision.reason ?? undefined)
  if ('unlocked' in decision) return device.approveUnlocked(decision.unlocked)
  return device.approve(shown, decision.passcode, decision.number ?? undefined)
}

function eventsOf(error: unknown, decision: Decision): readonly [RequestEvent, ...LinkedEvent[]] {
  if (error instanceof NetworkFailed) return [{ type: 'not-answered', why: 'network' }]
  if (!(error instanceof RequestRefused)) return [{ type: 'not-answered', why: 'fault' }]
  // The server does not take what the authenticator signed. Whether it takes this phone, the passcode tells.
  if (error.code === 'signature_invalid' && 'unlocked' in decision) {
    return [{ type: 'not-unlocked', why: 'unavailable' }]
  }
  const busy: RequestEvent = { type: 'not-answered', why: 'busy' }
  return standingAfter(error.code) === null ? [busy] : [busy, { type: 'refused', code: error.code }]
}

/** Why fingerprint or face has unlocked nothing. */
export const whyNotUnlocked = (error: unknown): NotUnlocked =>
  error instanceof BiometricsFailed ? error.reason : 'unavailable'

/** Sends it once. @param dispatch told what happened */
export async function sendDecision(
  device: LinkedDevice,
  shown: ShownApproval,
  decision: Decision,
  dispatch: (event: LinkedEvent) => void,
): Promise<void> {
  const { approval } = shown
  dispatch({ type: 'request', approval, event: { type: 'sent', decision } })
  try {
    const outcome = await send(device, shown, decision)
    dispatch({ type: 'request', approval, event: { type: 'answered', outcome } })
  } catch (error) {
    const [event, ...others] = eventsOf(error, decision)
    dispatch({ type: 'request', approval, event })
    for (const other of others) dispatch(other)
  }
}

/**
 * Asks for fingerprint or face, and sends the approval that it unlocks. Called from the press itself, or the phone asks
 * nobody.
 *
 * @param signal aborted when the person has left the question: then nothing is sent, and nothing told
 */
export async function unlockAndSend(
  device: LinkedDevice,
  shown: ShownApproval,
  number: string | null,
  signal: AbortSignal,
  dispatch: (event: LinkedEvent) => void,
): Promise<void> {
  const tell = (event: RequestEvent) => dispatch({ type: 'request', approval: shown.approval, event })
  const unlocking = device.unlockApproval(shown, number ?? undefined, signal)
  tell({ type: 'unlocking', number })
  try {
    const unlocked = await unlocking
    if (!signal.aborted) await sendDecision(device, shown, { decision: 'approve', number, unlocked }, dispatch)
  } catch (error) {
    if (!signal.aborted) tell({ type: 'not-unlocked', why: whyNotUnlocked(error) })
  }
}
