import { expect, test } from 'vitest'
import type { Approval } from './answer.ts'
import { type Answer, follow, type News, pauseAfter, type Wires } from './connection.ts'

const approval = (version: string, state: Approval['state'] = 'pending'): Approval => ({
  id: 'apr_A',
  version,
  now: Number(version),
  application: 'Strand',
  support_email: 'support@strand.example',
  locale: 'sv',
  headline: 'Betala',
  lines: [],
  state,
  reason: null,
  device: 'Annas telefon',
  device_blocked: false,
  push: null,
  number: null,
  offline: null,
  expires: 0,
})

const done = (version: string, state?: Approval['state']): Answer => ({
  outcome: 'done',
  approval: approval(version, state),
})
const unreachable: Answer = { outcome: 'unreachable' }
const refused = (code: string, retryAfter: number | null = null): Answer => ({
  outcome: 'refused',
  refusal: { code, triesLeft: null, retryAfter },
})

/** Wires that play what they are given, and remember what was asked of them. */
function wires(streams: readonly (readonly Approval[])[], answers: readonly Answer[]) {
  const left = { streams: [...streams], answers: [...answers] }
  const asked: string[] = []
  const played: Wires = {
    async listen(onApproval) {
      asked.push('stream')
      for (const one of left.streams.shift() ?? []) onApproval(one)
    },
    async read(poll) {
      asked.push(poll === null ? 'read' : `poll after ${poll.after}`)
      return left.answers.shift() ?? done('9', 'expired')
    },
    async pause(milliseconds) {
      asked.push(`pause ${milliseconds}`)
    },
  }
  return { asked, played }
}

async function newsOf(played: Wires): Promise<News[]> {
  const news: News[] = []
  await follow(played, (one) => news.push(one), new AbortController().signal)
  return news
}

const kindsOf = (news: readonly News[]) =>
  news.map((one) => (one.kind === 'approval' ? one.approval.version : one.kind === 'reached' ? one.reached : one.kind))

test('a stream tells until the end, and nothing is asked after it', async () => {
  const { asked, played } = wires([[approval('1'), approval('2', 'approved')]], [])
  expect(kindsOf(await newsOf(played))).toEqual([true, '1', true, '2'])
  expect(asked).toEqual(['stream'])
})

test('a stream that breaks is taken up again, after a look at what was missed', async () => {
  const { asked, played } = wires([[approval('1')], [approval('3', 'declined')]], [done('2')])
  expect(kindsOf(await newsOf(played))).toEqual([true, '1', true, '2', true, '3'])
  expect(asked).toEqual(['stream', 'read', 'stream'])
})

test('where streams bring nothing, a long poll goes on, and never in a tight loop', async () => {
  const { asked, played } = wires([], [done('1'), done('1'), done('1'), done('2', 'approved')])
  expect(kindsOf(await newsOf(played)).at(-1)).toBe('2')
  expect(asked).toEqual([
    'stream',
    'read',
    'stream',
    'poll after 1',
    'pause 500',
    'poll after 1',
    'pause 500',
    'poll after 1',
  ])
})

test('a server that is not reached is asked ever less often, and a wish to wait is heard', async () => {
  const { asked, played } = wires([], [unreachable, unreachable, refused('unavailable', 7), done('1', 'expired')])
  expect(kindsOf(await newsOf(played))).toEqual([false, false, false, true, '1'])
  expect(asked.filter((one) => one.startsWith('pause'))).toEqual(['pause 500', 'pause 1000', 'pause 7000'])
  expect([1, 2, 3, 4, 5, 50].map(pauseAfter)).toEqual([500, 1_000, 2_000, 4_000, 5_000, 5_000])
})

test.each(['not_found', 'key_refused', 'origin_refused'])('%s is the end: nothing more is asked', async (code) => {
  const { played } = wires([], [refused(code)])
  expect(kindsOf(await newsOf(played))).toEqual(['lost'])
})
