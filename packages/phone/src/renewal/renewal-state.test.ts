import { NetworkFailed, type OpenCredential, type Renewal, RequestRefused, ServerNotTrusted } from '@countersign/device'
import { CredentialId, type ErrorCode } from '@countersign/protocol'
import { describe, expect, test } from 'vitest'
import { exampleStoredDevice } from '../examples.ts'
import { KeysNotKept } from '../keys-not-kept.ts'
import type { Change } from '../linked-state.ts'
import { type RenewalEvent, type RenewalState, renewalStart, stepRenewal } from './renewal-state.ts'

const stored = await exampleStoredDevice()
const credential: OpenCredential = {
  kind: 'fpt',
  credential: CredentialId.parse('c'.repeat(22)),
  salt: new Uint8Array(32),
  prf: new Uint8Array(32),
  registration: null,
}
const renewal: Renewal = {
  enrol: async () => credential,
  reopen: async () => credential,
  finish: async () => stored,
}
const current = '482915'
const other = '593024'
const give = (passcode: string): RenewalEvent => ({ type: 'passcode-given', passcode })
const started: RenewalEvent = { type: 'started', renewal }
const asking: RenewalEvent = { type: 'asking' }
const opened: RenewalEvent = { type: 'opened', credential }
const failed = (error: unknown): RenewalEvent => ({ type: 'failed', error })
const refused = (code: ErrorCode) => new RequestRefused({ type: 'about:blank', title: code, status: 400, code })
const lost = new NetworkFailed('gone')

const after = (state: RenewalState, ...events: readonly RenewalEvent[]) => events.reduce(stepRenewal, state)
const begin = (change: Change, had: boolean, ...events: readonly RenewalEvent[]) =>
  after(renewalStart({ change, had }), ...events)

describe('another passcode', () => {
  const chosen = [give(current), started, give(other), give(other)]

  test('the one of now, a new one twice, and it is changed', () => {
    expect(begin('passcode', false).at).toEqual({ step: 'current', refusals: 0 })
    expect(begin('passcode', false, give(current)).at).toEqual({ step: 'starting', passcode: current, refusals: 0 })
    expect(begin('passcode', false, give(current), started).at).toMatchObject({ step: 'choose', fault: null })
    const finishing = begin('passcode', false, ...chosen)
    expect(finishing.at).toEqual({ step: 'finishing', renewal, passcode: other, credential: null })
    expect(after(finishing, { type: 'finished', biometrics: false }).at).toEqual({ step: 'done', biometrics: false })
  })

  test('a wrong one is asked for again, with empty digits', () => {
    const wrong = begin('passcode', false, give(other), { type: 'wrong-passcode' })
    expect(wrong.at).toEqual({ step: 'current', refusals: 1 })
    expect(after(wrong, give(other), { type: 'wrong-passcode' }).at).toEqual({ step: 'current', refusals: 2 })
  })

  test.each([
    [current, 'same'],
    ['111111', 'repeated'],
    ['123456', 'sequence'],
    ['199012', 'year'],
  ] as const)('%s is refused, and the reason said', (passcode, fault) => {
    const choosing = begin('passcode', false, give(current), started, give(passcode))
    expect(choosing.at).toMatchObject({ step: 'choose', fault, tries: 1 })
  })

  test('the two must be the same, and the way back leads to the first', () => {
    const repeat = begin('passcode', false, give(current), started, give(other))
    expect(after(repeat, give('482916')).at).toMatchObject({ step: 'choose', fault: 'different' })
    expect(after(repeat, { type: 'back' }).at).toMatchObject({ step: 'choose', fault: null })
  })

  test('with fingerprint or face, its copy is made anew too', () => {
    const asked = begin('passcode', true, ...chosen)
    expect(asked.at).toMatchObject({ step: 'biometrics', passcode: other, asking: false, failed: null })
    expect(after(asked, asking, opened).at).toMatchObject({ step: 'finishing', credential })
  })

  test.each(['cancelled', 'unavailable'] as const)('with fingerprint or face %s, the person decides', (reason) => {
    const again = begin('passcode', true, ...chosen, asking, { type: 'not-opened', reason })
    expect(again.at).toMatchObject({ step: 'biometrics', asking: false, failed: reason })
    expect(after(again, { type: 'without' }).at).toMatchObject({ step: 'finishing', credential: null })
    expect(after(again, asking).at).toMatchObject({ asking: true, failed: null })
  })

  test('nothing is decided under the phone’s own question', () => {
    const asked = begin('passcode', true, ...chosen, asking)
    expect(after(asked, { type: 'without' })).toEqual(asked)
  })
})

describe('fingerprint or face', () => {
  test('is added once the passcode was right', () => {
    const asked = begin('add-biometrics', false, give(current), started)
    expect(asked.at).toMatchObject({ step: 'biometrics', passcode: current })
    expect(after(asked, asking, opened).at).toEqual({ step: 'finishing', renewal, passcode: current, credential })
  })

  test('that the phone turns out not to have changes nothing', () => {
    const asked = begin('add-biometrics', false, give(current), started, asking)
    expect(after(asked, { type: 'not-opened', reason: 'unavailable' }).at).toEqual({
      step: 'stopped',
      why: 'unavailable',
    })
    expect(after(asked, { type: 'not-opened', reason: 'cancelled' }).at).toMatchObject({ step: 'biometrics' })
  })

  test('that the server does not take changes nothing', () => {
    const finishing = begin('add-biometrics', false, give(current), started, asking, opened)
    expect(after(finishing, failed(refused('signature_invalid'))).at).toEqual({ step: 'stopped', why: 'unavailable' })
  })

  test('is removed once the passcode was right', () => {
    const finishing = begin('remove-biometrics', true, give(current), started)
    expect(finishing.at).toEqual({ step: 'finishing', renewal, passcode: current, credential: null })
  })
})

describe('what goes wrong is said as it is', () => {
  const finishing = begin('remove-biometrics', true, give(current), started)

  test.each([
    [lost, 'network'],
    [refused('unavailable'), 'busy'],
    [new RangeError('out of memory'), 'fault'],
  ] as const)('before anything began, nothing was changed: %o', (error, why) => {
    const unstarted = begin('passcode', false, give(current), failed(error))
    expect(unstarted.at).toEqual({ step: 'unstarted', why })
    expect(after(unstarted, { type: 'retry' }).at).toEqual({ step: 'current', refusals: 0 })
  })

  test.each([
    [lost, 'network'],
    [refused('unavailable'), 'busy'],
    [refused('internal'), 'busy'],
    [new RangeError('out of memory'), 'fault'],
  ] as const)('a lost end is not known, and trying again finds out: %o', (error, why) => {
    const unknown = after(finishing, failed(error))
    expect(unknown.at).toEqual({ step: 'unknown', again: finishing.at, why })
    expect(after(unknown, { type: 'retry' }).at).toBe(finishing.at)
  })

  test.each([
    [refused('not_found'), 'expired'],
    [refused('unlock_failed'), 'expired'],
    [new KeysNotKept(new Error('full')), 'not_kept'],
    [new ServerNotTrusted('not signed'), 'not_trusted'],
  ] as const)('what the server or the storage did not take has changed nothing: %o', (error, why) => {
    const stopped = after(finishing, failed(error))
    expect(stopped.at).toEqual({ step: 'stopped', why })
    expect(after(stopped, { type: 'retry' }).at).toEqual({ step: 'current', refusals: 0 })
  })
})
