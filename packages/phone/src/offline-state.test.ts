import { describe, expect, test } from 'vitest'
import { challengeToUnlock, noCode, type OfflineEvent, type OfflineState, stepOffline } from './offline-state.ts'

const after = (...events: readonly OfflineEvent[]): OfflineState => events.reduce(stepOffline, noCode)
const code: readonly OfflineEvent[] = [{ type: 'typed', digits: '49158823' }, { type: 'code-given' }]
const made: OfflineEvent = { type: 'made', response: { response: '92393030', ends: 90_000 } }

describe('a code without network', () => {
  test('is asked for, then the passcode, then the response is shown', () => {
    expect(after(...code)).toEqual({ step: 'passcode', challenge: '49158823', failed: false, instead: null })
    const working = after(...code, { type: 'passcode-given', passcode: '482915' })
    expect(working).toEqual({ step: 'working', challenge: '49158823', passcode: '482915' })
    expect(stepOffline(working, made)).toMatchObject({
      step: 'response',
      response: { response: '92393030' },
      over: false,
    })
  })

  test('that is too short or impossible stays where it was typed', () => {
    expect(after({ type: 'typed', digits: '4915882' }, { type: 'code-given' })).toEqual({
      step: 'code',
      typed: '4915882',
      fault: 'short',
    })
    expect(after({ type: 'typed', digits: '09158823' }, { type: 'code-given' })).toMatchObject({ fault: 'wrong' })
    expect(after({ type: 'typed', digits: '0' }, { type: 'code-given' }, { type: 'typed', digits: '' })).toEqual(noCode)
  })

  test('nothing of one response is kept for the next', () => {
    const shown = after(...code, { type: 'passcode-given', passcode: '482915' }, made, { type: 'ran-out' })
    expect(shown).toMatchObject({ over: true })
    expect(JSON.stringify(shown)).not.toContain('482915')
    expect(stepOffline(shown, { type: 'back' })).toEqual(noCode)
  })

  test('the way back keeps what was typed', () => {
    expect(after(...code, { type: 'back' })).toEqual({ step: 'code', typed: '49158823', fault: null })
  })

  test('a failure asks for the passcode again', () => {
    const failed = after(...code, { type: 'passcode-given', passcode: '482915' }, { type: 'failed' })
    expect(failed).toEqual({ step: 'passcode', challenge: '49158823', failed: true, instead: null })
  })
})

describe('by fingerprint or face', () => {
  const typed: OfflineEvent = { type: 'typed', digits: '49158823' }
  const unlocking: OfflineEvent = { type: 'unlocking' }

  test('the response follows the code at once', () => {
    expect(after(typed, unlocking)).toEqual({ step: 'unlocking', challenge: '49158823' })
    expect(after(typed, unlocking, made)).toMatchObject({ step: 'response', over: false })
  })

  test('no code, nothing to unlock', () => {
    const short = after({ type: 'typed', digits: '4915' })
    expect(challengeToUnlock(short)).toBeNull()
    expect(stepOffline(short, unlocking)).toEqual(short)
    expect(challengeToUnlock(after(typed))).toBe('49158823')
  })

  test.each(['cancelled', 'unavailable'] as const)('%s: the passcode does the same', (why) => {
    const passcode = after(typed, unlocking, { type: 'not-unlocked', why })
    expect(passcode).toEqual({ step: 'passcode', challenge: '49158823', failed: false, instead: why })
    expect(stepOffline(passcode, unlocking)).toEqual({ step: 'unlocking', challenge: '49158823' })
  })

  test('can be left for the passcode, and back to the code', () => {
    expect(after(typed, unlocking, { type: 'passcode-chosen' })).toMatchObject({ step: 'passcode', instead: null })
    expect(after(typed, unlocking, { type: 'back' })).toEqual({ step: 'code', typed: '49158823', fault: null })
  })
})
