import { describe, expect, test } from 'vitest'
import { type Approval, parseApproval, parseRefusal } from './answer.ts'
import { halvesOf, responseIn, spoken } from './code.ts'
import {
  advance,
  asClock,
  endingOf,
  opening,
  type PopupEvent,
  type PopupState,
  screenOf,
  secondsLeft,
} from './popup-state.ts'
import { words } from './words.ts'

const pending = {
  id: 'apr_AAAAAAAAAAAAAAAAAAAAAA',
  version: '1',
  now: 1_000_000,
  application: 'Strand',
  support_email: 'support@strand.example',
  locale: 'sv',
  headline: 'Betala 1 250,00 SEK till Skogens El AB',
  lines: [{ label: 'Belopp', value: '1 250,00 SEK' }],
  state: 'pending',
  reason: null,
  device: 'Annas telefon',
  device_blocked: false,
  push: 'sent',
  number: null,
  offline: null,
  expires: 1_090_000,
} as const satisfies Approval

const code = { challenge: '12345678', round: 2, tries_left: 5 }
const after = (...events: PopupEvent[]): PopupState => events.reduce(advance, opening)
const told = (other: Partial<Approval> = {}, at = 1_000_000): PopupEvent => ({
  type: 'approval',
  approval: { ...pending, ...other },
  at,
})

describe('an answer', () => {
  test('is taken with the fields that the popup shows', () => {
    expect(parseApproval({ ...pending, account: 'acc_A', redeemed: false })).toEqual(pending)
    expect(parseApproval({ ...pending, offline: code })).toMatchObject({ offline: code })
  })
  test.each(Object.keys(pending))('without %s, or with another kind of value there, is none', (field) => {
    expect(parseApproval({ ...pending, [field]: undefined })).toBeNull()
    expect(parseApproval({ ...pending, [field]: { some: 'thing' } })).toBeNull()
  })
  test.each([null, 'text', 5, [], { ...pending, lines: [{ label: 5, value: '' }] }, { ...pending, state: 'maybe' }])(
    'that is %j is none',
    (value) => expect(parseApproval(value)).toBeNull(),
  )
  test('that refuses says its code, and without one it is a fault', () => {
    expect(parseRefusal({ code: 'code_refused', tries_left: 4 })).toEqual({
      code: 'code_refused',
      triesLeft: 4,
      retryAfter: null,
    })
    expect(parseRefusal('<html>')).toEqual({ code: 'internal', triesLeft: null, retryAfter: null })
  })
})

describe('a response code', () => {
  test.each(['12345678', ' 1234 5678 ', '1234-5678', '1234\u00a05678', '１２３４５６７８'])('%j is one', (typed) =>
    expect(responseIn(typed)).toBe('12345678'),
  )
  test.each(['', '1234567', '123456789', '1234567a', '12 34 56'])('%j is none', (typed) =>
    expect(responseIn(typed)).toBeNull(),
  )
  test('is read out figure by figure', () => {
    expect([halvesOf('12345678'), spoken('12345678')]).toEqual([['1234', '5678'], '1 2 3 4, 5 6 7 8'])
  })
})

describe('the screen', () => {
  test.each([
    ['opening', []],
    ['waiting', [told()]],
    ['offline', [told({ offline: code })]],
    ['approved', [told({ state: 'approved' })]],
    ['declined', [told({ state: 'declined', reason: 'not-me' })]],
    ['wrong-number', [told({ state: 'declined', reason: 'wrong-number' })]],
    ['codes-spent', [told({ state: 'declined', reason: 'codes-spent' })]],
    ['expired', [told({ state: 'expired' })]],
    ['cancelled', [told({ state: 'cancelled', reason: 'replaced' })]],
    ['blocked', [told({ device_blocked: true })]],
    ['lost', [told(), { type: 'lost' }]],
    // The end that is known is told, whatever becomes of the line.
    ['approved', [told({ state: 'approved' }), { type: 'lost' }]],
    ['no-device', [{ type: 'no-device', noDevice: { phoneUrl: 'https://app.example', supportEmail: 'a@b.example' } }]],
  ] as const)('is %s', (screen, events) => expect(screenOf(after(...events))).toBe(screen))

  test('shows nothing that is older than what it shows, nor anything after the end', () => {
    const newer = told({ version: '2', now: 1_000_500, offline: code })
    expect(after(newer, told()).approval?.version).toBe('2')
    expect(screenOf(after(told({ state: 'declined', version: '3' }), newer))).toBe('declined')
  })

  test('counts by the server’s clock, however wrong this one is', () => {
    const state = after(told({}, 5_000_000))
    expect(secondsLeft(state, 5_000_000)).toBe(90)
    expect(secondsLeft(state, 5_089_100)).toBe(1)
    expect(secondsLeft(state, 5_200_000)).toBe(0)
    expect([asClock(89), asClock(9), asClock(90)]).toEqual(['1:29', '0:09', '1:30'])
  })

  test('says once that the line is back, until the person does something', () => {
    const back = after(
      told(),
      { type: 'reached', reached: false },
      { type: 'reached', reached: true },
      told({ now: 1_000_001 }),
    )
    expect(back).toMatchObject({ reached: true, isBack: true })
    expect(advance(back, { type: 'began', command: 'wake' }).isBack).toBe(false)
    expect(after({ type: 'reached', reached: true }).isBack).toBe(false)
  })
})

test('an ending is told with whether the person wants to try again, and never before the end', () => {
  expect(endingOf('waiting', true)).toBeNull()
  expect(endingOf('approved', false)).toEqual({ kind: 'approved' })
  expect(endingOf('expired', true)).toEqual({ kind: 'expired', again: true })
})

test('both languages have words for every state of the push', () => {
  for (const { push } of Object.values(words)) {
    for (const state of ['sending', 'sent', 'received', 'in-app', 'withheld', 'failed'])
      expect(push[state]).toBeDefined()
  }
})
