import { describe, expect, test } from 'vitest'
import { type ApprovalFacts, checkHistory, type Facts } from './check-history.ts'
import type { Recorded } from './history.ts'

const approved: ApprovalFacts = { id: 'apr_1', device: 'dev_1', state: 'approved', redemption: 'mine' }

const good: Facts = {
  approvals: [approved],
  devices: [{ id: 'dev_1', state: 'active' }],
  audit: ['started', 'approved', 'redeemed'].map((kind) => ({ approval: 'apr_1', kind: `approval.${kind}` })),
  sent: ['+46701740605'],
  waiting: [],
}

const decide = {
  client: 'phone 1',
  kind: 'decide',
  approval: 'apr_1',
  device: 'dev_1',
  by: 'network',
  decision: 'approved',
} as const
const redeem = { client: 'page 1', kind: 'redeem', approval: 'apr_1', redemption: 'mine' } as const

const history: readonly Recorded[] = [
  { client: 'phone 1', kind: 'send-code', number: '+46701740605', ending: 'ok' },
  { client: 'phone 1', kind: 'activate', device: 'dev_1', ending: 'ok' },
  { client: 'phone 1', kind: 'show', approval: 'apr_1', device: 'dev_1', ending: 'ok' },
  { ...decide, ending: 'unknown' },
  { ...decide, ending: 'ok' },
  { ...redeem, ending: 'ok' },
  { ...redeem, redemption: 'theirs', ending: 'refused', code: 'already_redeemed' },
]

/** The facts with another approval, and the audit that belongs to it. */
function factsOf(changed: Partial<ApprovalFacts>, kinds: readonly string[]): Facts {
  return {
    ...good,
    approvals: [{ ...approved, ...changed }],
    audit: kinds.map((kind) => ({ approval: 'apr_1', kind: `approval.${kind}` })),
  }
}

test('a history and a database that agree have no fault', () => {
  expect(checkHistory(history, good)).toEqual([])
})

test('what nobody was told may be there or not', () => {
  const unknown: Recorded[] = history.map((record) => ({ ...record, ending: 'unknown' as const }))
  const silent = unknown.map(({ code: _, ...record }) => record)
  expect(checkHistory(silent, good)).toEqual([])
  expect(checkHistory(silent, { approvals: [], devices: [], audit: [], sent: [], waiting: [] })).toEqual([])
  expect(checkHistory(silent, factsOf({ state: 'pending', redemption: null }, ['started']))).toEqual([])
})

test('a code that waits in the outbox is not lost', () => {
  expect(checkHistory(history, { ...good, sent: [], waiting: ['+46701740605'] })).toEqual([])
})

describe('a planted violation is found:', () => {
  const faults: Record<string, { history?: readonly Recorded[]; facts?: Facts; says: string }> = {
    'a request that was shown is lost': {
      facts: { ...good, approvals: [], audit: [] },
      says: 'apr_1 was acknowledged, and is not there',
    },
    'a decision is lost': {
      history: history.slice(0, 5),
      facts: factsOf({ state: 'pending', redemption: null }, ['started']),
      says: 'acknowledged as approved, and is pending',
    },
    'a decision is turned around': {
      history: [...history.slice(0, 5), { ...decide, decision: 'declined', ending: 'unknown' }],
      facts: factsOf({ state: 'declined', redemption: null }, ['started', 'declined']),
      says: 'acknowledged as approved, and is declined',
    },
    'two decisions are acknowledged': {
      history: [...history, { ...decide, decision: 'declined', ending: 'ok' }],
      says: 'decided twice: approved and declined',
    },
    'a decision comes from nowhere': {
      history: history.map((record) => (record.kind === 'decide' ? { ...record, ending: 'refused' } : record)),
      says: 'nobody who could have decided so',
    },
    'a decision is counted for another device': {
      facts: factsOf({ device: 'dev_2' }, ['started', 'approved', 'redeemed']),
      says: 'nobody who could have decided so',
    },
    'a redemption is lost': {
      history: history.slice(0, 6),
      facts: factsOf({ redemption: null }, ['started', 'approved']),
      says: 'redeemed by mine, and null is written down',
    },
    'two redemptions are acknowledged': {
      history: [...history.slice(0, 6), { ...redeem, redemption: 'theirs', ending: 'ok' }],
      says: 'redeemed twice: by mine and theirs',
    },
    'a redemption comes from nowhere': {
      history: history.slice(0, 5),
      says: 'redeemed by mine, which nobody asked for',
    },
    'a redemption is refused for nothing': {
      history: [...history.slice(0, 5), { ...redeem, ending: 'refused', code: 'already_redeemed' }],
      facts: factsOf({ redemption: null }, ['started', 'approved']),
      says: 'no other one has it',
    },
    'a declined request is redeemed': {
      history: [
        { ...decide, decision: 'declined', ending: 'ok' },
        { ...redeem, ending: 'ok' },
      ],
      facts: factsOf({ state: 'declined' }, ['started', 'declined', 'redeemed']),
      says: 'was redeemed, and is declined',
    },
    'a start is not in the audit': {
      facts: factsOf({}, ['approved', 'redeemed']),
      says: '0 rows of its start',
    },
    'an end is not in the audit': {
      facts: factsOf({}, ['started', 'redeemed']),
      says: 'is approved, and its audit ends with []',
    },
    'an end is twice in the audit': {
      facts: factsOf({}, ['started', 'approved', 'expired', 'redeemed']),
      says: 'ends with [approval.approved, approval.expired]',
    },
    'an end is in the audit alone': {
      history: history.slice(0, 3),
      facts: factsOf({ state: 'pending', redemption: null }, ['started', 'approved']),
      says: 'is pending, and its audit ends with [approval.approved]',
    },
    'a redemption is twice in the audit': {
      facts: factsOf({}, ['started', 'approved', 'redeemed', 'redeemed']),
      says: '2 rows of redemption, not 1',
    },
    'a linked phone is lost': { facts: { ...good, devices: [] }, says: 'dev_1 was acknowledged as linked' },
    'a linked phone is not active': {
      facts: { ...good, devices: [{ id: 'dev_1', state: 'linking' }] },
      says: 'acknowledged as linked, and is linking',
    },
    'an SMS is lost': { facts: { ...good, sent: [] }, says: '1 codes to +46701740605' },
  }
  test.each(Object.entries(faults))('%s', (_name, { history: planted = history, facts = good, says }) => {
    expect(checkHistory(planted, facts).join('\n')).toContain(says)
  })
})
