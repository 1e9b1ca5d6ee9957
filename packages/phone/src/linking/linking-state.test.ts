import {
  type Linking,
  NetworkFailed,
  type OpenCredential,
  RequestRefused,
  type ScannedLinking,
  ServerNotTrusted,
} from '@countersign/device'
import { CredentialId, type ErrorCode } from '@countersign/protocol'
import { describe, expect, test } from 'vitest'
import { exampleStoredDevice } from '../examples.ts'
import { KeysNotKept } from '../keys-not-kept.ts'
import { type LinkingEvent, type LinkingState, linkingStart, stepLinking } from './linking-state.ts'

const stored = await exampleStoredDevice()
const credential: OpenCredential = {
  kind: 'fpt',
  credential: CredentialId.parse('c'.repeat(22)),
  salt: new Uint8Array(32),
  prf: new Uint8Array(32),
  registration: null,
}
const linking: Linking = {
  phoneNumber: '+46 •• ••• •• 41',
  expires: () => 300_000,
  serverNow: () => 0,
  server: {
    issuer: 'https://id.strand.example',
    name: 'Strand ID',
    support_email: 'support@strand.example',
    minimum_app_version: '0.1.0',
    document_keys: [stored.publicJwk],
  },
  resend: async () => {},
  submitCode: async () => {},
  agree: async () => {},
  enrol: async () => credential,
  finish: async () => stored,
}
const refused = (code: ErrorCode, extra: { tries_left?: number; retry_after?: number } = {}): LinkingEvent => ({
  type: 'failed',
  error: new RequestRefused({ type: 'about:blank', title: code, status: 400, code, ...extra }),
})
const after = (state: LinkingState, ...events: readonly LinkingEvent[]) => events.reduce(stepLinking, state)
const type = (typed: Partial<LinkingState['typed']>): LinkingEvent => ({ type: 'typed', typed })
const next: LinkingEvent = { type: 'next' }

const atEmail = linkingStart('Android-telefon')
const atPassword = after(atEmail, type({ email: 'anna@strand.example' }), next)
const checkingPassword = after(atPassword, type({ password: 'hemligt' }), next)
const atCode = after(checkingPassword, { type: 'started', linking })
const checkingCode = after(atCode, type({ code: '493817' }), next)
const atChoose = after(checkingCode, { type: 'code-taken' })
const give = (passcode: string): LinkingEvent => ({ type: 'passcode-given', passcode })
const agreeing = after(atChoose, give('482915'), give('482915'))
const atBiometrics = after(agreeing, { type: 'agreed', biometrics: true })
const finishing = after(agreeing, { type: 'agreed', biometrics: false })

describe('linking by a code on a page', () => {
  const code = `CS3:${'A'.repeat(43)}`
  const scanned: ScannedLinking = { ...linking, digits: '493817', confirmed: async () => {} }
  const atOffer = after(atEmail, { type: 'offer-chosen' })
  const scanning = after(atOffer, type({ offer: ` ${code.slice(0, 20)} ${code.slice(20)} ` }), next)

  test('the code, digits for the page, and then as after the SMS code; the code is forgotten', () => {
    expect(atOffer.at).toMatchObject({ step: 'offer', incomplete: false })
    expect(scanning.at).toMatchObject({ step: 'offer', working: true })
    const atDigits = after(scanning, { type: 'scanned', linking: scanned })
    expect(atDigits.at).toEqual({ step: 'digits', linking: scanned })
    const confirmed = after(atDigits, { type: 'code-taken' })
    expect(confirmed.at.step).toBe('choose')
    expect(confirmed.typed.offer).toBe('')
  })

  test('an app that was opened with a code begins there', () => {
    expect(linkingStart('Telefon', code)).toMatchObject({ at: { step: 'offer' }, typed: { offer: code } })
  })

  test('what is no code, or has no name, stays where it is', () => {
    expect(after(atOffer, type({ offer: 'CS1:abc' }), next).at).toMatchObject({ step: 'offer', incomplete: true })
    expect(after(atOffer, type({ offer: code, deviceName: ' ' }), next).at).toMatchObject({ incomplete: true })
  })

  test('a code that is over stops, a network that fails keeps what was typed, and back goes a step back', () => {
    expect(after(scanning, refused('link_expired')).at).toEqual({ step: 'stopped', why: 'link_expired' })
    const failed = after(scanning, { type: 'failed', error: new NetworkFailed('no network') })
    expect(failed).toMatchObject({ at: { step: 'offer', working: false, fault: { kind: 'network' } } })
    expect(failed.typed.offer).not.toBe('')
    expect(after(scanning, { type: 'scanned', linking: scanned }, { type: 'back' }).at).toMatchObject({ step: 'offer' })
    expect(after(atOffer, { type: 'back' }).at).toMatchObject({ step: 'email' })
  })
})

describe('faq-02: linking step by step', () => {
  test('e-mail, password, code, passcode twice, saved, done', () => {
    expect(atPassword.at.step).toBe('password')
    expect(checkingPassword.at).toMatchObject({ step: 'password', working: true })
    expect(atCode.at.step).toBe('code')
    expect(checkingCode.at).toMatchObject({ step: 'code', working: 'checking' })
    expect(atChoose.at.step).toBe('choose')
    expect(agreeing.at).toEqual({ step: 'agreeing', linking, passcode: '482915' })
    expect(finishing.at).toMatchObject({ step: 'finishing', passcode: '482915', credential: null, missing: false })
    expect(after(finishing, { type: 'finished', stored }).at).toEqual({ step: 'done', stored, missing: false })
  })

  test('asks for what is missing', () => {
    expect(after(atEmail, next).at).toEqual({ step: 'email', incomplete: true })
    expect(after(atEmail, type({ email: 'a@b', deviceName: '  ' }), next).at).toEqual({
      step: 'email',
      incomplete: true,
    })
    expect(after(atPassword, next).at).toMatchObject({ incomplete: true, working: false })
    expect(after(atCode, type({ code: '4938' }), next).at).toMatchObject({ incomplete: true, working: 'no' })
  })

  test('a second press while the server works changes nothing', () => {
    expect(after(checkingPassword, next)).toEqual(checkingPassword)
    expect(after(checkingCode, next, { type: 'resend' })).toEqual(checkingCode)
  })
})

describe('faq-02: fingerprint or face', () => {
  const asking = after(atBiometrics, { type: 'enrolling' })

  test('is asked about where the phone seems to have it', () => {
    expect(atBiometrics.at).toMatchObject({ step: 'biometrics', asking: false, cancelled: false })
  })

  test('used', () => {
    expect(after(asking, { type: 'enrolled', credential }).at).toMatchObject({ step: 'finishing', credential })
  })

  test('skipped', () => {
    expect(after(atBiometrics, { type: 'skipped' }).at).toMatchObject({ credential: null, missing: false })
  })

  test('not confirmed: the person is asked again', () => {
    const cancelled = after(asking, { type: 'not-enrolled', reason: 'cancelled' })
    expect(cancelled.at).toMatchObject({ step: 'biometrics', asking: false, cancelled: true })
    expect(after(cancelled, { type: 'enrolling' }).at).toMatchObject({ asking: true, cancelled: false })
  })

  test('not to be had after all: linking goes on with the passcode, and says so', () => {
    const without = after(asking, { type: 'not-enrolled', reason: 'unavailable' })
    expect(without.at).toMatchObject({ step: 'finishing', credential: null, missing: true })
    expect(after(without, { type: 'finished', stored }).at).toEqual({ step: 'done', stored, missing: true })
  })

  test('that the server does not take: linking goes on with the passcode, and says so', () => {
    const without = after(asking, { type: 'enrolled', credential }, refused('signature_invalid'))
    expect(without.at).toMatchObject({ step: 'finishing', credential: null, missing: true })
    expect(after(without, refused('signature_invalid')).at).toMatchObject({ step: 'unfinished' })
  })

  test('a press on "skip" under the phone’s own question does nothing', () => {
    expect(after(asking, { type: 'skipped' })).toEqual(asking)
  })
})

describe('what goes wrong keeps what was typed', () => {
  test('a wrong password', () => {
    const failed = after(checkingPassword, refused('link_failed'))
    expect(failed.at).toMatchObject({ step: 'password', working: false, fault: { kind: 'link_failed' } })
    expect(failed.typed).toEqual(checkingPassword.typed)
  })

  test('a wrong code, with the tries that remain', () => {
    const failed = after(checkingCode, refused('code_refused', { tries_left: 3 }))
    expect(failed.at).toMatchObject({ step: 'code', working: 'no', fault: { kind: 'code_refused', triesLeft: 3 } })
    expect(failed.typed.code).toBe('493817')
  })

  test('no network, at each step', () => {
    const lost: LinkingEvent = { type: 'failed', error: new NetworkFailed('gone') }
    expect(after(checkingPassword, lost).at).toMatchObject({ step: 'password', fault: { kind: 'network' } })
    expect(after(checkingCode, lost).at).toMatchObject({ step: 'code', fault: { kind: 'network' } })
    for (const state of [agreeing, finishing]) {
      const unfinished = after(state, lost)
      expect(unfinished.at).toEqual({ step: 'unfinished', why: 'network', again: state.at })
      expect(after(unfinished, { type: 'retry' }).at).toEqual(state.at)
    }
  })

  test('keys that the storage does not take are not thrown away', () => {
    const unkept = after(finishing, { type: 'failed', error: new KeysNotKept(new Error('full')) })
    expect(unkept.at).toEqual({ step: 'unkept', again: finishing.at })
    expect(after(unkept, { type: 'retry' }).at).toEqual(finishing.at)
  })

  test('too many tries say how long to wait', () => {
    expect(after(checkingPassword, refused('rate_limited', { retry_after: 120 })).at).toMatchObject({
      fault: { kind: 'rate_limited', seconds: 120 },
    })
  })
})

describe('what ends linking', () => {
  test.each([
    ['already_linked', 'already_linked'],
    ['link_expired', 'link_expired'],
    ['wrong_step', 'link_expired'],
    ['app_outdated', 'app_outdated'],
  ] as const)('%s', (code, why) => {
    const stopped = after(checkingCode, refused(code))
    expect(stopped.at).toEqual({ step: 'stopped', why })
    expect(stopped.typed).toMatchObject({ email: 'anna@strand.example', password: '', code: '' })
  })

  test('a server that is not the right one', () => {
    const stopped = after(finishing, { type: 'failed', error: new ServerNotTrusted('not signed') })
    expect(stopped.at).toEqual({ step: 'stopped', why: 'not_trusted' })
  })

  test('the last try at the code', () => {
    expect(after(checkingCode, refused('code_refused', { tries_left: 0 })).at).toMatchObject({ why: 'link_expired' })
  })
})

describe('choosing a passcode', () => {
  test.each([
    ['111111', 'repeated'],
    ['123456', 'sequence'],
    ['199012', 'year'],
  ] as const)('%s is refused, and the reason said', (passcode, fault) => {
    expect(after(atChoose, give(passcode)).at).toMatchObject({ step: 'choose', fault, tries: 1 })
  })

  test('the two must be the same', () => {
    const different = after(atChoose, give('482915'), give('482916'))
    expect(different.at).toMatchObject({ step: 'choose', fault: 'different' })
  })

  test('the password and the code are forgotten by then', () => {
    expect(atChoose.typed).toMatchObject({ password: '', code: '' })
  })
})
