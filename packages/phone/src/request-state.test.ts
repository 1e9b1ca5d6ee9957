import type { UnlockedApproval } from '@countersign/device'
import { describe, expect, test } from 'vitest'
import { exampleApproval } from './examples.ts'
import {
  type Decision,
  expireRequest,
  type OpenRequest,
  openRequest,
  type RequestEvent,
  refreshRequest,
  stepRequest,
} from './request-state.ts'

const shown = exampleApproval('A')
const approving: Decision = { decision: 'approve', number: null, passcode: '482915' }
const declining: Decision = { decision: 'decline', reason: 'not-me' }
const after = (...events: readonly RequestEvent[]): OpenRequest => events.reduce(stepRequest, openRequest(shown))
const decided = (state: 'approved' | 'declined'): RequestEvent => ({
  type: 'answered',
  outcome: { outcome: 'decided', state },
})

describe('answering a request', () => {
  test('approving asks for the passcode first', () => {
    expect(after({ type: 'approve-chosen' }).step).toEqual({
      step: 'passcode',
      number: null,
      refusals: 0,
      instead: null,
    })
    const sent = after({ type: 'approve-chosen' }, { type: 'sent', decision: approving })
    expect(sent.step).toMatchObject({ step: 'sending', decision: approving })
    expect(stepRequest(sent, decided('approved')).step).toEqual({ step: 'result', result: { kind: 'approved' } })
  })

  test('where numbers are offered, one is picked first, and goes along', () => {
    const bound: OpenRequest = openRequest({ ...shown, numbers: ['12', '47', '83'] })
    const picked = [{ type: 'approve-chosen' } as const, { type: 'number-picked', number: '47' } as const].reduce(
      stepRequest,
      bound,
    )
    expect(picked.step).toEqual({ step: 'passcode', number: '47', refusals: 0, instead: null })
    const decision: Decision = { decision: 'approve', number: '47', passcode: '482915' }
    const sent = stepRequest(picked, { type: 'sent', decision })
    const wrong: RequestEvent = { type: 'answered', outcome: { outcome: 'unlock_failed', triesLeft: 4 } }
    expect(stepRequest(sent, wrong).step).toEqual({ step: 'passcode', number: '47', refusals: 1, instead: null })
    expect(stepRequest(sent, decided('declined')).step).toEqual({ step: 'result', result: { kind: 'wrong-number' } })
  })

  test('none of the numbers leads to declining', () => {
    const bound: OpenRequest = openRequest({ ...shown, numbers: ['12', '47', '83'] })
    const asked = [{ type: 'approve-chosen' } as const, { type: 'decline-chosen' } as const].reduce(stepRequest, bound)
    expect(asked.step).toEqual({ step: 'reason' })
  })

  test('declining asks for a reason, and is one more tap', () => {
    expect(after({ type: 'decline-chosen' }).step).toEqual({ step: 'reason' })
    const done = after({ type: 'decline-chosen' }, { type: 'sent', decision: declining }, decided('declined'))
    expect(done.step).toEqual({ step: 'result', result: { kind: 'declined', reason: 'not-me' } })
  })

  test('a wrong passcode leads back to the digits, each time to empty ones', () => {
    const wrong: RequestEvent = { type: 'answered', outcome: { outcome: 'unlock_failed', triesLeft: 4 } }
    const once = after({ type: 'approve-chosen' }, { type: 'sent', decision: approving }, wrong)
    expect(once.step).toEqual({ step: 'passcode', number: null, refusals: 1, instead: null })
    const twice = [{ type: 'sent', decision: approving } as const, wrong].reduce(stepRequest, once)
    expect(twice.step).toEqual({ step: 'passcode', number: null, refusals: 2, instead: null })
  })

  test('a decision without an answer is kept and sent again as it was', () => {
    const unsent = after(
      { type: 'approve-chosen' },
      { type: 'sent', decision: approving },
      { type: 'not-answered', why: 'network' },
    )
    expect(unsent.step).toMatchObject({ step: 'unsent', why: 'network', decision: approving })
    expect(expireRequest(unsent)).toEqual(unsent)
    expect(refreshRequest(unsent, undefined)).toEqual(unsent)
  })

  test.each([
    ['approval_expired', 'expired'],
    ['approval_not_pending', 'gone'],
    ['not_found', 'gone'],
    ['decision_conflict', 'conflict'],
    ['digest_mismatch', 'replaced'],
  ] as const)('%s means that it is %s', (code, kind) => {
    const ended = after(
      { type: 'sent', decision: declining },
      { type: 'answered', outcome: { outcome: 'ended', code } },
    )
    expect(ended.step).toEqual({ step: 'result', result: { kind } })
  })

  test('nothing is sent from a step that did not lead there', () => {
    expect(after({ type: 'back' }).step).toEqual({ step: 'asking', changed: false })
    expect(after(decided('approved')).step).toEqual({ step: 'asking', changed: false })
    const result = after({ type: 'sent', decision: declining }, decided('declined'))
    expect(stepRequest(result, { type: 'approve-chosen' })).toEqual(result)
  })
})

describe('fingerprint or face', () => {
  const unlocked: UnlockedApproval = {
    approval: shown.approval,
    payload: new Uint8Array(),
    proof: new Uint8Array(),
    assertion: { client_data: 'c', authenticator_data: 'a', signature: 's' },
  }
  const byFinger: Decision = { decision: 'approve', number: '47', unlocked }
  const unlocking: RequestEvent = { type: 'unlocking', number: '47' }
  const entering = (instead: string | null) => ({ step: 'passcode', number: '47', refusals: 0, instead })

  test('is asked for, and what it unlocks is sent', () => {
    expect(after(unlocking).step).toEqual({ step: 'unlocking', number: '47' })
    const sent = after(unlocking, { type: 'sent', decision: byFinger }, decided('approved'))
    expect(sent.step).toEqual({ step: 'result', result: { kind: 'approved' } })
  })

  test.each(['cancelled', 'unavailable'] as const)('%s: the passcode is asked for, with the number kept', (why) => {
    expect(after(unlocking, { type: 'not-unlocked', why }).step).toEqual(entering(why))
  })

  test('can be left for the passcode, and taken up again from there', () => {
    const passcode = after(unlocking, { type: 'passcode-chosen' })
    expect(passcode.step).toEqual(entering(null))
    expect(stepRequest(passcode, { type: 'not-unlocked', why: 'cancelled' })).toEqual(passcode)
    expect(stepRequest(passcode, unlocking).step).toEqual({ step: 'unlocking', number: '47' })
  })

  test('that the server does not take leads to the passcode, and is not offered again', () => {
    const sent = after(unlocking, { type: 'sent', decision: byFinger })
    const failed: RequestEvent = { type: 'answered', outcome: { outcome: 'unlock_failed', triesLeft: 4 } }
    expect(stepRequest(sent, failed).step).toEqual(entering('unavailable'))
    expect(stepRequest(sent, { type: 'not-unlocked', why: 'unavailable' }).step).toEqual(entering('unavailable'))
  })

  test('goes away with the request, with its time, and on the way back', () => {
    expect(expireRequest(after(unlocking)).step).toMatchObject({ result: { kind: 'expired' } })
    expect(refreshRequest(after(unlocking), undefined).step).toMatchObject({ result: { kind: 'gone' } })
    expect(after(unlocking, { type: 'back' }).step).toEqual({ step: 'asking', changed: false })
  })

  test('is of one round: in the next one the person approves anew', () => {
    const next = exampleApproval('A', { round: 2, nonce: `${'B'.repeat(42)}A` })
    expect(refreshRequest(after(unlocking), next)).toEqual({ shown: next, step: { step: 'asking', changed: false } })
  })

  test('is not asked for once an answer is under way', () => {
    const sending = after({ type: 'sent', decision: declining })
    expect(stepRequest(sending, unlocking)).toEqual(sending)
    expect(stepRequest(sending, { type: 'not-unlocked', why: 'cancelled' })).toEqual(sending)
  })
})

describe('a request that changes while it is shown', () => {
  test('is over when its time is', () => {
    for (const event of ['approve-chosen', 'decline-chosen', 'back'] as const) {
      expect(expireRequest(after({ type: event })).step).toEqual({ step: 'result', result: { kind: 'expired' } })
    }
  })

  test('is the server’s to judge once an answer is under way', () => {
    const sending = after({ type: 'sent', decision: approving })
    expect(expireRequest(sending)).toEqual(sending)
    expect(refreshRequest(sending, undefined)).toEqual(sending)
  })

  test('is over when the server lists it no more', () => {
    expect(refreshRequest(after({ type: 'approve-chosen' }), undefined).step).toEqual({
      step: 'result',
      result: { kind: 'gone' },
    })
  })

  test('goes on with the next round when the words are the same', () => {
    const next = exampleApproval('A', { round: 2, nonce: `${'B'.repeat(42)}A`, expires: '2026-03-01T12:03:00.000Z' })
    const refreshed = refreshRequest(after({ type: 'approve-chosen' }), next)
    expect(refreshed).toEqual({ shown: next, step: { step: 'passcode', number: null, refusals: 0, instead: null } })
  })

  test.each([
    { headline: 'Betala 12 450,00 kr' },
    { lines: [{ label: 'Konto', value: 'erik@strand.example' }] },
    { application: { id: 'strand', name: 'Strand Bank' } },
    { context: { place: null, browser: 'Firefox på Windows' } },
  ])('is read again when %o', (change) => {
    const next = exampleApproval('A', { round: 2, ...change })
    const refreshed = refreshRequest(after({ type: 'approve-chosen' }), next)
    expect(refreshed).toEqual({ shown: next, step: { step: 'asking', changed: true } })
  })
})
