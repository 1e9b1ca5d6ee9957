import { NetworkFailed, RequestRefused } from '@countersign/device'
import { describe, expect, test } from 'vitest'
import { exampleApproval, exampleDevice } from './examples.ts'
import type { LinkedEvent } from './linked-state.ts'
import type { Decision } from './request-state.ts'
import { sendDecision } from './send-decision.ts'

const shown = exampleApproval('A')
const { approval } = shown
const approving: Decision = { decision: 'approve', number: null, passcode: '482915' }
const refusal = (code: 'device_unknown' | 'rate_limited') =>
  new RequestRefused({ type: 'about:blank', title: code, status: 401, code })

async function eventsOf(decision: Decision, fails?: Error): Promise<LinkedEvent[]> {
  const answer = async () => {
    if (fails !== undefined) throw fails
    return { outcome: 'decided', state: decision.decision === 'approve' ? 'approved' : 'declined' } as const
  }
  const events: LinkedEvent[] = []
  await sendDecision(await exampleDevice({ approve: answer, decline: answer }), shown, decision, (event) =>
    events.push(event),
  )
  return events
}

describe('sending a decision', () => {
  test('says that it is under way, then what came of it', async () => {
    expect(await eventsOf(approving)).toEqual([
      { type: 'request', approval, event: { type: 'sent', decision: approving } },
      { type: 'request', approval, event: { type: 'answered', outcome: { outcome: 'decided', state: 'approved' } } },
    ])
  })

  test.each([
    [new NetworkFailed('gone'), 'network'],
    [refusal('rate_limited'), 'busy'],
    [new RangeError('out of memory'), 'fault'],
  ] as const)('keeps it after %o', async (error, why) => {
    const [, last] = await eventsOf(approving, error)
    expect(last).toEqual({ type: 'request', approval, event: { type: 'not-answered', why } })
  })

  test('tells when the server does not know the phone any more', async () => {
    const events = await eventsOf({ decision: 'decline', reason: null }, refusal('device_unknown'))
    expect(events.at(-1)).toEqual({ type: 'refused', code: 'device_unknown' })
  })
})
