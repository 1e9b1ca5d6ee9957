import {
  BiometricsFailed,
  type LinkedDevice,
  NetworkFailed,
  RequestRefused,
  type UnlockedApproval,
} from '@countersign/device'
import { describe, expect, test } from 'vitest'
import { exampleApproval, exampleDevice } from './examples.ts'
import type { LinkedEvent } from './linked-state.ts'
import type { Decision, RequestEvent } from './request-state.ts'
import { sendDecision, unlockAndSend } from './send-decision.ts'

const shown = exampleApproval('A')
const { approval } = shown
const approving: Decision = { decision: 'approve', number: null, passcode: '482915' }
const refusal = (code: 'device_unknown' | 'rate_limited' | 'signature_invalid') =>
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

describe('an approval by fingerprint or face', () => {
  const unlocked: UnlockedApproval = {
    approval,
    payload: new Uint8Array(),
    proof: new Uint8Array(),
    assertion: { client_data: 'c', authenticator_data: 'a', signature: 's' },
  }

  async function eventsAfter(changes: Partial<LinkedDevice>, signal = new AbortController().signal) {
    const events: RequestEvent[] = []
    const device = await exampleDevice({ unlockApproval: async () => unlocked, ...changes })
    await unlockAndSend(device, shown, '47', signal, (event) => {
      if (event.type === 'request') events.push(event.event)
    })
    return events
  }

  test('is asked for within the press, and sent once it is unlocked', async () => {
    let asked = false
    const device = await exampleDevice({
      unlockApproval: async () => {
        asked = true
        return unlocked
      },
    })
    void unlockAndSend(device, shown, null, new AbortController().signal, () => {})
    expect(asked).toBe(true)
    const events = await eventsAfter({ approveUnlocked: async () => ({ outcome: 'decided', state: 'approved' }) })
    expect(events).toEqual([
      { type: 'unlocking', number: '47' },
      { type: 'sent', decision: { decision: 'approve', number: '47', unlocked } },
      { type: 'answered', outcome: { outcome: 'decided', state: 'approved' } },
    ])
  })

  test.each([
    [new BiometricsFailed('cancelled', 'no'), 'cancelled'],
    [new BiometricsFailed('unavailable', 'no'), 'unavailable'],
    [new RangeError('out of memory'), 'unavailable'],
  ] as const)('is not sent after %o', async (error, why) => {
    const events = await eventsAfter({ unlockApproval: () => Promise.reject(error) })
    expect(events).toEqual([
      { type: 'unlocking', number: '47' },
      { type: 'not-unlocked', why },
    ])
  })

  test('is not sent when the question was left, however it was answered', async () => {
    const left = AbortSignal.abort()
    expect(await eventsAfter({}, left)).toEqual([{ type: 'unlocking', number: '47' }])
    const cancelled = () => Promise.reject(new BiometricsFailed('cancelled', 'no'))
    expect(await eventsAfter({ unlockApproval: cancelled }, left)).toHaveLength(1)
  })

  test('whose signature the server does not take leads to the passcode, and stops no phone', async () => {
    const refused = () => Promise.reject(refusal('signature_invalid'))
    const events = await eventsAfter({ approveUnlocked: refused })
    expect(events.at(-1)).toEqual({ type: 'not-unlocked', why: 'unavailable' })
  })
})
