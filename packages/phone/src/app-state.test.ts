import { describe, expect, test } from 'vitest'
import { type AppEvent, type AppState, isIdle, starting, stateAfter, stepApp } from './app-state.ts'
import { exampleApproval, exampleDevice } from './examples.ts'

const device = await exampleDevice()
const first = { approvals: [exampleApproval('A')], refused: [] }
const linked = stateAfter({ kind: 'device', device, first: null })
const list: AppEvent = { type: 'news', news: { kind: 'approvals', ...first } }

describe('the app is opened', () => {
  test('on the request that waits, where the list came in time', () => {
    const opened = stateAfter({ kind: 'device', device, first })
    expect(opened).toMatchObject({ at: 'linked', linked: { network: 'reached', view: { view: 'request' } } })
    expect(opened).toEqual(stepApp(linked, list))
  })

  test('asking its server, where it did not', () => {
    expect(linked).toMatchObject({ at: 'linked', linked: { network: 'unknown', approvals: null } })
  })
})

describe('abuse-41: storage that fails', () => {
  test('is not the same as a phone that is not linked', () => {
    const failed = stateAfter({ kind: 'failed', cause: new Error('The storage does not answer.') })
    expect(failed).toEqual({ at: 'storage-failed' })
    expect(failed).not.toEqual(stateAfter({ kind: 'none' }))
  })

  test('never leads to linking: only a person’s choice does', () => {
    const failed: AppState = { at: 'storage-failed' }
    const events: readonly AppEvent[] = [
      { type: 'start-again' },
      list,
      { type: 'network-lost' },
      { type: 'check-again' },
    ]
    for (const event of events) expect(stepApp(failed, event).at).not.toBe('linking')
    expect(stepApp({ at: 'not-linked', why: 'lost' }, { type: 'link-chosen' })).toEqual({ at: 'linking' })
  })

  test('a removed phone stays where it is until the person chooses to link again', () => {
    const removed = stepApp(linked, { type: 'refused', code: 'device_unknown' })
    expect(removed).toMatchObject({ at: 'linked', linked: { standing: 'removed' } })
    expect(stepApp(removed, { type: 'link-chosen' })).toEqual({ at: 'linking' })
  })
})

describe('a new version of the app', () => {
  test('waits while something is under way', () => {
    expect(isIdle(starting)).toBe(false)
    expect(isIdle({ at: 'linking' })).toBe(false)
    expect(isIdle(stepApp(linked, list))).toBe(false)
    expect(isIdle(stepApp(linked, { type: 'shown', view: 'offline' }))).toBe(false)
    expect(isIdle(linked)).toBe(true)
    expect(isIdle({ at: 'not-linked', why: 'new' })).toBe(true)
  })
})

test('events of a linked phone mean nothing elsewhere', () => {
  expect(stepApp({ at: 'linking' }, list)).toEqual({ at: 'linking' })
})
