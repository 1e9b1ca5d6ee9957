import type { ShownApproval } from '@countersign/device'
import { describe, expect, test } from 'vitest'
import { exampleApproval, exampleDevice } from './examples.ts'
import { backOf, type LinkedEvent, type LinkedState, linkedAt, stepLinked, waitingUnseen } from './linked-state.ts'

const first = exampleApproval('A')
const second = exampleApproval('B', { issued: '2026-03-01T12:00:05.000Z', headline: 'Betala 200 kr' })
const third = exampleApproval('C', { issued: '2026-03-01T12:00:09.000Z' })
const fresh = linkedAt(await exampleDevice())

const list = (...approvals: readonly ShownApproval[]): LinkedEvent => ({
  type: 'news',
  news: { kind: 'approvals', approvals, refused: [] },
})
const after = (state: LinkedState, ...events: readonly LinkedEvent[]) => events.reduce(stepLinked, state)
const shownBy = ({ view }: LinkedState) => (view.view === 'request' ? view.shown.approval : view.view)
const approved: LinkedEvent = {
  type: 'request',
  approval: first.approval,
  event: { type: 'answered', outcome: { outcome: 'decided', state: 'approved' } },
}
const sent: LinkedEvent = {
  type: 'request',
  approval: first.approval,
  event: { type: 'sent', decision: { decision: 'approve', number: null, passcode: '482915' } },
}

describe('abuse-14: which request is on the screen', () => {
  test('a single one opens by itself', () => {
    expect(shownBy(after(fresh, list(first)))).toBe(first.approval)
    expect(shownBy(after(fresh, list(), list(first)))).toBe(first.approval)
  })

  test('of several none is picked, and the oldest stands first', () => {
    const state = after(fresh, list(third, first, second))
    expect(shownBy(state)).toBe('home')
    expect(state.approvals).toEqual([first, second, third])
  })

  test('one that is left over of several is not opened under the finger', () => {
    expect(shownBy(after(fresh, list(first, second), list(second)))).toBe('home')
  })

  test('what is shown stays when another arrives, in whatever order', () => {
    const state = after(fresh, list(second), list(second, first))
    expect(shownBy(state)).toBe(second.approval)
    expect(shownBy(after(state, list(first, second, third)))).toBe(second.approval)
  })

  test('a person opens the one that was touched, and nothing else', () => {
    const state = after(fresh, list(first, second, third), { type: 'opened', approval: second.approval })
    expect(shownBy(state)).toBe(second.approval)
    expect(shownBy(after(state, { type: 'opened', approval: first.approval }))).toBe(second.approval)
  })

  test('an event of another request changes nothing', () => {
    const state = after(fresh, list(second))
    expect(after(state, approved, sent)).toEqual(state)
  })

  test('nothing opens while codes are made or settings are looked at', () => {
    for (const view of ['offline', 'settings'] as const) {
      expect(shownBy(after(fresh, { type: 'shown', view }, list(first)))).toBe(view)
    }
  })
})

describe('what waits while something else is on the screen', () => {
  const settings = after(fresh, { type: 'shown', view: 'settings' })
  const choose: LinkedEvent = { type: 'waiting-chosen' }

  test('is counted, and wanted it opens: one by itself, several as a list', () => {
    expect(waitingUnseen(after(settings, list(first, second)))).toBe(2)
    expect(shownBy(after(settings, list(first), choose))).toBe(first.approval)
    expect(shownBy(after(settings, list(first, second), choose))).toBe('home')
  })

  test('is not told where it is on the screen already, or cannot be answered', () => {
    const waiting = after(settings, list(first))
    expect(waitingUnseen(after(fresh, list(first, second)))).toBe(0)
    expect(waitingUnseen(after(waiting, { type: 'network-lost' }))).toBe(0)
    expect(waitingUnseen(after(waiting, { type: 'refused', code: 'device_blocked' }))).toBe(0)
    expect(shownBy(after(settings, list(), choose))).toBe('settings')
  })
})

test('after an answer, what waits is shown: one by itself, several as a list', () => {
  const choose: LinkedEvent = { type: 'waiting-chosen' }
  const answered = after(fresh, list(first), sent, approved)
  expect(shownBy(after(answered, list(second), choose))).toBe(second.approval)
  expect(shownBy(after(answered, list(second, third), choose))).toBe('home')
  expect(shownBy(after(answered, list(), choose))).toBe('home')
  expect(shownBy(after(fresh, list(first), list(first, second), choose))).toBe(first.approval)
})

describe('a decided request', () => {
  test('does not come back with a list that was already on its way', () => {
    const state = after(fresh, list(first), sent, approved, { type: 'shown', view: 'home' }, list(first))
    expect(state.approvals).toEqual([])
    expect(shownBy(state)).toBe('home')
  })

  test('that was replaced is asked anew with the newer content', () => {
    const newer = exampleApproval('A', { round: 2, headline: 'Betala 900 kr' })
    const replaced: LinkedEvent = {
      type: 'request',
      approval: first.approval,
      event: { type: 'answered', outcome: { outcome: 'ended', code: 'digest_mismatch' } },
    }
    const newerFirst = after(fresh, list(first), sent, list(newer), replaced)
    expect(newerFirst.view).toMatchObject({ shown: newer, step: { step: 'asking', changed: true } })
    const newerLater = after(fresh, list(first), sent, replaced, list(newer))
    expect(newerLater.view).toMatchObject({ shown: newer, step: { step: 'asking', changed: true } })
  })

  test('leaves the list when its time is over', () => {
    const state = after(fresh, list(first, second), { type: 'ran-out', approval: first.approval })
    expect(state.approvals).toEqual([second])
  })
})

describe('the passcode', () => {
  const wrong = (triesLeft: number): LinkedEvent => ({
    type: 'request',
    approval: first.approval,
    event: { type: 'answered', outcome: { outcome: 'unlock_failed', triesLeft } },
  })

  test('counts down as the server says', () => {
    expect(after(fresh, list(first), sent, wrong(1)).triesLeft).toBe(1)
  })

  test('once spent, stops the phone until the server says otherwise', () => {
    const spent: LinkedEvent = {
      type: 'request',
      approval: first.approval,
      event: { type: 'answered', outcome: { outcome: 'blocked' } },
    }
    const blocked = after(fresh, list(first), sent, spent)
    expect(blocked).toMatchObject({ standing: 'blocked', triesLeft: 0, view: { view: 'home' } })
    expect(after(blocked, list(second)).standing).toBe('blocked')
    expect(after(blocked, { type: 'device-read', triesLeft: 5, blocked: false })).toMatchObject({
      standing: 'good',
      triesLeft: 5,
    })
  })
})

describe('how the phone stands with its server', () => {
  test.each([
    ['device_unknown', 'removed'],
    ['device_blocked', 'blocked'],
    ['app_outdated', 'outdated'],
    ['signature_invalid', 'refused'],
    ['rate_limited', 'good'],
  ] as const)('%s: %s', (code, standing) => {
    expect(after(fresh, { type: 'refused', code }).standing).toBe(standing)
  })

  test('is found out anew when the person asks', () => {
    const removed = after(fresh, { type: 'refused', code: 'device_unknown' }, { type: 'check-again' })
    expect(removed).toMatchObject({ standing: 'removed', checks: 1 })
    expect(after(removed, list()).standing).toBe('good')
  })

  test('without network is not the same as without requests', () => {
    expect(after(fresh, { type: 'network-lost' })).toMatchObject({ network: 'unreached', approvals: null })
    expect(after(fresh, list())).toMatchObject({ network: 'reached', approvals: [] })
  })

  test('a request that must not be shown is told of', () => {
    const refused = { approval: first.approval, fault: 'signature' as const }
    const state = after(fresh, { type: 'news', news: { kind: 'approvals', approvals: [], refused: [refused] } })
    expect(state).toMatchObject({ refusedSome: true, approvals: [] })
  })
})

describe('the way back', () => {
  test('leads over one screen, and never out of a decision under way', () => {
    const asking = after(fresh, list(first))
    const entering = after(asking, { type: 'request', approval: first.approval, event: { type: 'approve-chosen' } })
    expect(backOf(fresh)).toBeNull()
    expect(backOf(asking)).toEqual({ type: 'shown', view: 'home' })
    expect(backOf(entering)).toMatchObject({ type: 'request', event: { type: 'back' } })
    expect(backOf(after(entering, sent))).toBeNull()
  })
})

describe('how the phone is unlocked', () => {
  const settings = after(fresh, { type: 'shown', view: 'settings' })

  test('is changed from the settings alone, and the system’s way back is the change’s own', async () => {
    const changing = after(settings, { type: 'change-chosen', change: 'passcode' })
    expect(changing.view).toEqual({ view: 'renewal', change: 'passcode' })
    expect(backOf(changing)).toBeNull()
    expect(after(fresh, { type: 'change-chosen', change: 'passcode' })).toEqual(fresh)
  })

  test('is another from then on, whatever is on the screen', async () => {
    const device = await exampleDevice()
    const state = after(fresh, list(first), { type: 'reopened', device })
    expect(state.device).toBe(device)
    expect(shownBy(state)).toBe(first.approval)
  })

  test('a right passcode gives the tries back', () => {
    const told = after(fresh, { type: 'device-read', triesLeft: 2, blocked: false })
    expect(after(told, { type: 'tries-renewed' }).triesLeft).toBeNull()
  })

  test('the way back from the phone’s own question leads to the request', () => {
    const asked: LinkedEvent = {
      type: 'request',
      approval: first.approval,
      event: { type: 'unlocking', number: null },
    }
    const unlocking = after(fresh, list(first), asked)
    expect(backOf(unlocking)).toMatchObject({ type: 'request', event: { type: 'back' } })
  })
})
