import { SignInState } from '@countersign/protocol'
import { describe, expect, test } from 'vitest'
import type { Refused } from './api.ts'
import { firstPage, isFollowed, type News, nextPage, type Page, screenOf } from './page.ts'

const state = (more: object): SignInState =>
  SignInState.parse({
    version: 'v',
    now: 1_000_000,
    application: 'Strand',
    application_url: 'https://strand.example/',
    support_email: 'help@strand.example',
    ...more,
  })

const password = state({ step: 'password' })
const waiting = state({
  step: 'waiting',
  push: 'none',
  device: 'Pixel',
  browser: 'Firefox, Linux',
  number: '47',
  expires: 1_090_000,
})
const offline = state({
  step: 'offline',
  number: '47',
  device: 'Pixel',
  challenge: '48291736',
  round: 1,
  expires: 1_090_000,
  tries_left: 5,
})
const fewerTries = state({ ...offline, version: 'w', tries_left: 4 })
const declined = state({ step: 'declined', reason: null })
const expired = state({ step: 'expired' })

const told = (value: SignInState, at = 0): News => ({ kind: 'state', state: value, at })
const refused = (code: Refused['code']): News => ({
  kind: 'answered',
  answer: { outcome: 'refused', code, triesLeft: null, retryAfter: null, request: null },
  at: 0,
})
const after = (...news: News[]): Page => news.reduce(nextPage, firstPage)

describe('what is on the screen', () => {
  test('is what the server says, and loading before it has said anything', () => {
    expect(screenOf(firstPage)).toBe('loading')
    expect(screenOf(after(told(waiting)))).toBe('waiting')
  })

  test('is the end once the sign-in is over, whatever came before', () => {
    expect(screenOf(after(told(waiting), { kind: 'ended', at: 0 }))).toBe('ended')
    expect(screenOf(after(told(waiting), refused('sign_in_expired')))).toBe('ended')
    expect(screenOf(after(told(waiting), refused('not_found')))).toBe('ended')
  })

  test('is followed only while a phone or a clock can change it', () => {
    expect([waiting, offline].map((value) => isFollowed(after(told(value))))).toEqual([true, true])
    expect([password, declined, expired].map((value) => isFollowed(after(told(value))))).toEqual([false, false, false])
  })
})

describe('beginning again', () => {
  const again: News = { kind: 'again', at: 0 }

  test('shows the form over an answer that ended the approval, and does not watch', () => {
    const page = after(told(declined), again)
    expect(screenOf(page)).toBe('password')
    expect(isFollowed(page)).toBe(false)
  })

  test('stays through a refused password, and is over with the next step', () => {
    const page = after(told(declined), again, told(declined), refused('sign_in_failed'))
    expect(screenOf(page)).toBe('password')
    expect(screenOf(nextPage(page, told(waiting)))).toBe('waiting')
    expect(screenOf(after(told(declined), again, told(waiting), told(declined)))).toBe('declined')
  })
})

describe('a refusal', () => {
  test('is shown until the next command', () => {
    const page = after(told(password), { kind: 'sent', command: 'password', at: 0 }, refused('sign_in_failed'))
    expect(page).toMatchObject({ busy: null, trouble: { code: 'sign_in_failed' } })
    expect(nextPage(page, { kind: 'sent', command: 'password', at: 0 })).toMatchObject({
      busy: 'password',
      trouble: null,
    })
  })

  test('stays when the same step is told again, with fewer tries', () => {
    const page = after(told(offline), refused('code_refused'), told(fewerTries))
    expect(page.trouble).toMatchObject({ code: 'code_refused' })
  })

  test('goes when the sign-in has moved on', () => {
    expect(after(told(offline), refused('code_refused'), told(expired)).trouble).toBeNull()
  })

  test.each(['wrong_step', 'approval_not_pending', 'approval_expired'] as const)(
    '%s is no news to a person',
    (code) => {
      expect(after(told(waiting), refused(code)).trouble).toBeNull()
    },
  )

  test('a line that broke is a refusal of nothing: it is said, and the step stays', () => {
    const page = after(told(offline), { kind: 'answered', answer: { outcome: 'unreachable' }, at: 0 })
    expect(page).toMatchObject({ state: offline, trouble: { outcome: 'unreachable' } })
  })
})

describe('time', () => {
  test('is the server’s, from the moment that its state came', () => {
    expect(after(told(waiting, 400)).clockOffset).toBe(999_600)
  })

  test('an answer that was overtaken on another line is dropped', () => {
    const newer = { ...offline, now: waiting.now + 50 }
    expect(after(told(newer), told(waiting)).state).toBe(newer)
  })

  test('a server whose clock was set back is believed', () => {
    const earlier = { ...declined, now: waiting.now - 3_600_000 }
    expect(after(told(waiting), told(earlier)).state).toBe(earlier)
  })
})
