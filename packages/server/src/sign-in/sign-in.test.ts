import { AccountId, ApplicationId, ApprovalId, SignInState } from '@countersign/protocol'
import { describe, expect, test } from 'vitest'
import type { ApprovalView } from '../approvals/index.ts'
import {
  maximumStarts,
  mayCancel,
  mayStartAgain,
  passwordGoodFor,
  placeOf,
  type SignIn,
  SignInId,
  type Surroundings,
  stateOf,
  takesPassword,
} from './sign-in.ts'

const now = Date.UTC(2026, 2, 10, 12)
const approvalId = ApprovalId.parse(`apr_${'p'.repeat(21)}A`)

const signIn: SignIn = {
  id: SignInId.parse('s'.repeat(43)),
  application: ApplicationId.parse('strand'),
  account: AccountId.parse(`acc_${'a'.repeat(21)}A`),
  approval: approvalId,
  step: 'approval',
  locale: 'sv',
  starts: 1,
  browser: null,
  passwordAt: now,
  codeTriesLeft: 0,
  codeExpiresAt: null,
  confirmedAt: null,
}

const approval: ApprovalView = {
  id: approvalId,
  state: 'pending',
  reason: null,
  round: 1,
  offline: false,
  number: '47',
  challenge: null,
  expires: now + 90_000,
  responseTriesLeft: 5,
  browser: 'Firefox, Linux',
  deviceName: 'Annas telefon',
  deviceBlocked: false,
  delivery: 'none',
  method: null,
  amr: null,
  decidedAt: null,
  redeemed: false,
  now,
  version: 'v',
}

const basis = {
  now,
  application: 'Strand',
  applicationUrl: 'https://strand.example/',
  supportEmail: 'support@strand.example',
  phoneUrl: 'https://app.example',
}

const told = (
  is: Partial<SignIn>,
  view: Partial<ApprovalView> | null = {},
  around: Partial<Omit<Surroundings, 'approval'>> = {},
) => {
  const given = { ...signIn, ...is }
  const asked = view === null ? null : { ...approval, ...view }
  const surroundings = { approval: asked, phoneNumber: '+46 •• ••• •• 05', device: null, ...around }
  const place = placeOf(given, surroundings)
  return { place, state: SignInState.parse(stateOf(given, place, surroundings, basis)) }
}

const early = { approval: null, account: null } as const

const cases = [
  ['before the password', { step: 'password', ...early }, null, 'password'],
  ['an SMS code is out', { step: 'sms-code', approval: null, codeTriesLeft: 5, codeExpiresAt: now }, null, 'sms-code'],
  ['its tries are spent', { step: 'sms-code', approval: null, codeExpiresAt: now }, null, 'sms-spent'],
  ['the SMS code was right', { step: 'link-phone', approval: null, confirmedAt: now }, null, 'link-phone'],
  ['the phone is blocked', { step: 'blocked', approval: null }, null, 'blocked'],
  ['the phone is asked', {}, {}, 'waiting'],
  ['a code is on the page', {}, { offline: true, round: 2, challenge: '12345678' }, 'offline'],
  ['the phone has approved', {}, { state: 'approved' }, 'approved'],
  ['the phone has declined', {}, { state: 'declined', reason: 'not-me' }, 'declined'],
  ['the codes are spent', {}, { state: 'declined', reason: 'codes-spent' }, 'codes-spent'],
  ['nobody answered', {}, { state: 'expired' }, 'expired'],
  ['the approval was taken away', {}, { state: 'cancelled', reason: 'device-removed' }, 'cancelled'],
  ['the approval is gone', {}, null, 'cancelled'],
  ['the person has ended it', { step: 'cancelled' }, { state: 'cancelled' }, 'cancelled'],
  ['finished by the phone', { step: 'done' }, { state: 'approved' }, 'approved'],
  ['finished by SMS', { step: 'done', approval: null, confirmedAt: now }, null, 'approved'],
] as const

test.each(cases)('%s: the page is told so', (_what, is, view, step) => {
  expect(told(is, view).state.step).toBe(step)
})

test('what a person may do next is decided by the place alone, and refused where nothing is said', () => {
  const allowed = cases.map(([what, is, view]) => {
    const { place } = told(is, view)
    return { what, password: takesPassword(place), cancel: mayCancel(place) }
  })
  const after = ['the phone has declined', 'the codes are spent', 'nobody answered']
  const gone = ['the approval was taken away', 'the approval is gone']
  const again = ['before the password', 'its tries are spent', ...after, ...gone]
  expect(allowed.filter(({ password }) => password).map(({ what }) => what)).toEqual(again)
  expect(allowed.filter(({ cancel }) => !cancel).map(({ what }) => what)).toEqual([
    'finished by the phone',
    'finished by SMS',
  ])
})

test('a decline reason that no phone gives is not told', () => {
  expect(told({}, { state: 'declined', reason: 'something' }).state).toMatchObject({ step: 'declined', reason: null })
})

test('two approvals never have the same version', () => {
  const other = ApprovalId.parse(`apr_${'q'.repeat(21)}A`)
  expect(told({ approval: other }, { id: other }).state.version).not.toBe(told({}).state.version)
})

test('a page that waits for a phone to be linked is told', () => {
  const waiting = told({ step: 'link-phone', approval: null, confirmedAt: now }, null)
  const linked = told({ step: 'link-phone', approval: null, confirmedAt: now }, null, { device: 'Annas telefon' })
  expect(linked.state).toMatchObject({ step: 'link-phone', device: 'Annas telefon' })
  expect(linked.state.version).not.toBe(waiting.state.version)
})

test('a new SMS code is another version', () => {
  const code = { step: 'sms-code', approval: null, codeTriesLeft: 5 } as const
  const versions = [now, now + 1].map((codeExpiresAt) => told({ ...code, codeExpiresAt }, null).state.version)
  expect(new Set(versions).size).toBe(2)
})

describe('a right password', () => {
  test('starts three approvals', () => {
    const allowed = [0, 1, 2, 3].map((starts) => mayStartAgain({ ...signIn, starts }, now))
    expect(allowed).toEqual([true, true, true, false])
    expect(maximumStarts).toBe(3)
  })

  test('is good for ten minutes', () => {
    expect(mayStartAgain(signIn, now + passwordGoodFor - 1)).toBe(true)
    expect(mayStartAgain(signIn, now + passwordGoodFor)).toBe(false)
    expect(passwordGoodFor).toBe(600_000)
  })

  test('is needed', () => {
    expect(mayStartAgain({ ...signIn, passwordAt: null }, now)).toBe(false)
    expect(mayStartAgain({ ...signIn, account: null }, now)).toBe(false)
  })
})
