import { SignInState } from '@countersign/protocol'
import { describe, expect, test } from 'vitest'
import type { Answer, Poll, Refused, StreamListener } from './api.ts'
import { askUntilAnswered, type ConnectionNews, follow, pauseAfter, type Wires } from './connection.ts'

const state = (version: string): SignInState =>
  SignInState.parse({
    version,
    now: 0,
    application: 'Strand',
    application_url: 'https://strand.example/',
    support_email: 'help@strand.example',
    step: 'waiting',
    push: 'none',
    device: 'Pixel',
    browser: 'Firefox, Linux',
    number: '47',
    expires: 90_000,
  })
const done = (version: string): Answer<SignInState> => ({ outcome: 'done', value: state(version) })
const unreachable: Answer<SignInState> = { outcome: 'unreachable' }
const refused = (code: Refused['code'], retryAfter: number | null = null): Refused => ({
  outcome: 'refused',
  code,
  triesLeft: null,
  retryAfter,
  request: null,
})

/** What the connection does, one step at a time: each step waits here until the test answers it. */
type Step =
  | { readonly kind: 'stream'; readonly listener: StreamListener }
  | { readonly kind: 'read'; readonly poll: Poll | null; readonly answer: (answer: Answer<SignInState>) => void }
  | { readonly kind: 'pause'; readonly milliseconds: number; readonly over: () => void }

function harness() {
  const steps: Step[] = []
  const news: ConnectionNews[] = []
  const doubts = new Set<() => void>()
  const controller = new AbortController()
  let wake = () => {}
  let closed = 0
  const add = (step: Step) => {
    steps.push(step)
    wake()
  }
  const wires: Wires = {
    openStream: (listener) => {
      add({ kind: 'stream', listener })
      return () => {
        closed += 1
      }
    },
    readState: (poll) => new Promise((answer) => add({ kind: 'read', poll, answer })),
    pause: (milliseconds) => new Promise((over) => add({ kind: 'pause', milliseconds, over })),
    onDoubt: (listener) => {
      doubts.add(listener)
      return () => doubts.delete(listener)
    },
  }
  const next = async <Kind extends Step['kind']>(kind: Kind): Promise<Extract<Step, { kind: Kind }>> => {
    while (steps.length === 0) await new Promise<void>((resolve) => (wake = resolve))
    const step = steps.shift()
    if (step?.kind !== kind) throw new Error(`expected ${kind}, and the connection does ${step?.kind}`)
    return step as Extract<Step, { kind: Kind }>
  }
  const running = follow(wires, (item) => news.push(item), controller.signal)
  return {
    wires,
    next,
    news,
    running,
    doubt: () => {
      for (const listener of [...doubts]) listener()
    },
    abort: () => controller.abort(),
    closed: () => closed,
    versions: () => news.flatMap((item) => (item.kind === 'state' ? [item.state.version] : [])),
    reached: () => news.findLast((item) => item.kind === 'reached'),
  }
}

/** Lets streams break until the connection has given up on them, and returns the read that follows. */
async function intoPolling(line: ReturnType<typeof harness>) {
  for (const version of ['a', 'b']) {
    ;(await line.next('stream')).listener.onBreak()
    ;(await line.next('read')).answer(done(version))
  }
  ;(await line.next('stream')).listener.onBreak()
  return line.next('read')
}

describe('the stream', () => {
  test('tells every state, and is closed when nobody follows any more', async () => {
    const line = harness()
    const { listener } = await line.next('stream')
    listener.onState(state('a'))
    listener.onState(state('b'))
    expect(line.versions()).toEqual(['a', 'b'])
    line.abort()
    await line.running
    expect(line.closed()).toBe(1)
    listener.onState(state('c'))
    expect(line.versions()).toEqual(['a', 'b'])
  })

  test('is opened again after a break, and what was missed meanwhile is asked for', async () => {
    const line = harness()
    ;(await line.next('stream')).listener.onBreak()
    const read = await line.next('read')
    expect(read.poll).toBeNull()
    read.answer(done('missed'))
    await line.next('stream')
    expect(line.versions()).toEqual(['missed'])
  })

  test('that may have died in silence is replaced, and this counts as no break', async () => {
    const line = harness()
    for (const version of ['a', 'b', 'c', 'd']) {
      await line.next('stream')
      line.doubt()
      const read = await line.next('read')
      expect(read.poll).toBeNull()
      read.answer(done(version))
    }
    await line.next('stream')
    expect(line.closed()).toBe(4)
  })

  test('that breaks repeatedly is given up for the long poll', async () => {
    const line = harness()
    const first = await intoPolling(line)
    expect(first.poll).toEqual({ after: 'b', seconds: 25 })
    first.answer(done('c'))
    const second = await line.next('read')
    expect(second.poll).toEqual({ after: 'c', seconds: 25 })
    expect(line.versions()).toEqual(['a', 'b', 'c'])
  })
})

describe('the long poll', () => {
  test('that comes back with nothing new is not asked in a tight loop', async () => {
    const line = harness()
    const first = await intoPolling(line)
    first.answer(done('b'))
    const pause = await line.next('pause')
    expect(pause.milliseconds).toBe(500)
    pause.over()
    expect((await line.next('read')).poll).toEqual({ after: 'b', seconds: 25 })
  })
})

describe('a line that is lost', () => {
  test('is told, taken up again at growing distances, and told when it is back', async () => {
    const line = harness()
    ;(await line.next('stream')).listener.onBreak()
    for (const milliseconds of [500, 1_000, 2_000, 4_000, 5_000, 5_000]) {
      ;(await line.next('read')).answer(unreachable)
      const pause = await line.next('pause')
      expect(pause.milliseconds).toBe(milliseconds)
      expect(line.reached()).toMatchObject({ reached: false })
      pause.over()
    }
    ;(await line.next('read')).answer(done('back'))
    await line.next('stream')
    expect(line.reached()).toMatchObject({ reached: true })
    expect(line.versions()).toEqual(['back'])
  })

  test('waits as long as the server asks for', async () => {
    const line = harness()
    ;(await line.next('stream')).listener.onBreak()
    ;(await line.next('read')).answer(refused('rate_limited', 12))
    expect((await line.next('pause')).milliseconds).toBe(12_000)
  })

  test('ends with the sign-in, which is told once', async () => {
    const line = harness()
    ;(await line.next('stream')).listener.onBreak()
    ;(await line.next('read')).answer(refused('sign_in_expired'))
    await line.running
    expect(line.news.filter((item) => item.kind === 'ended')).toHaveLength(1)
  })
})

describe('asking until there is an answer', () => {
  const ask = (answers: Answer<string>[], signal = new AbortController().signal) => {
    const pauses: number[] = []
    const pause = async (milliseconds: number) => void pauses.push(milliseconds)
    const question = async () => answers.shift() ?? unreachableText
    const temporary = ({ code }: Refused) => code === 'unavailable'
    return { pauses, answered: askUntilAnswered(question, temporary, { pause }, () => undefined, signal) }
  }
  const unreachableText: Answer<string> = { outcome: 'unreachable' }

  test('asks again for as long as the fault is one that passes', async () => {
    const { pauses, answered } = ask([unreachableText, refused('unavailable'), { outcome: 'done', value: 'there' }])
    expect(await answered).toEqual({ outcome: 'done', value: 'there' })
    expect(pauses).toEqual([pauseAfter(1), pauseAfter(2)])
  })

  test('takes a refusal that stands for an answer', async () => {
    const { answered } = ask([refused('redeem_too_late')])
    expect(await answered).toMatchObject({ code: 'redeem_too_late' })
  })

  test('stops when nobody wants to know', async () => {
    const controller = new AbortController()
    controller.abort()
    expect(await ask([], controller.signal).answered).toBeNull()
  })
})
