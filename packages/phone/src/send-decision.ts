/** Carries one decision to the server and says, as events, what came of it. */
import { type LinkedDevice, NetworkFailed, RequestRefused, type ShownApproval } from '@countersign/device'
import { type LinkedEvent, standingAfter } from './linked-state.ts'
import type { Decision, RequestEvent } from './request-state.ts'

function eventsOf(error: unknown): readonly [RequestEvent, ...LinkedEvent[]] {
  if (error instanceof NetworkFailed) return [{ type: 'not-answered', why: 'network' }]
  if (!(error instanceof RequestRefused)) return [{ type: 'not-answered', why: 'fault' }]
  const busy: RequestEvent = { type: 'not-answered', why: 'busy' }
  return standingAfter(error.code) === null ? [busy] : [busy, { type: 'refused', code: error.code }]
}

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
    const outcome =
      decision.decision === 'approve'
        ? await device.approve(shown, decision.passcode, decision.number ?? undefined)
        : await device.decline(shown, decision.reason ?? undefined)
    dispatch({ type: 'request', approval, event: { type: 'answered', outcome } })
  } catch (error) {
    const [event, ...others] = eventsOf(error)
    dispatch({ type: 'request', approval, event })
    for (const other of others) dispatch(other)
  }
}
