/**
 * abuse-14: several requests at once. Whatever lists come in whatever order, what is decided is what was on the screen when
 * the person said so, and nothing takes its place under the finger.
 */
import type { DecisionOutcome, ShownApproval } from '@countersign/device'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exampleApproval, exampleDevice } from './examples.ts'
import { type LinkedEvent, type LinkedState, linkedAt, stepLinked } from './linked-state.ts'
import type { Decision, RequestEvent, RequestStep } from './request-state.ts'

const device = await exampleDevice()

const letters = ['A', 'B', 'C', 'D', 'E'] as const
type Letter = (typeof letters)[number]

/** One of the requests, in one of its rounds; in the third it asks for something else than in the first two. */
function versionOf(letter: Letter, round: number, withNumbers: boolean): ShownApproval {
  const shown = exampleApproval(letter, {
    round,
    nonce: `${letter}${round}${'A'.repeat(41)}`,
    headline: `${letter} ${round < 3 ? 'loggar in' : 'betalar 900 kr'}`,
    issued: `2026-03-01T12:00:0${letters.indexOf(letter)}.000Z`,
  })
  return withNumbers ? { ...shown, numbers: ['12', '47', '83'] } : shown
}

type Command =
  /** A list arrives: these requests, each in a round, in whatever order. */
  | { readonly does: 'list'; readonly letters: readonly Letter[]; readonly rounds: readonly number[] }
  | { readonly does: 'tap'; readonly place: number }
  | { readonly does: keyof typeof presses }
  | { readonly does: 'answer'; readonly with: DecisionOutcome | 'nothing' }

const outcomes: readonly (DecisionOutcome | 'nothing')[] = [
  { outcome: 'decided', state: 'approved' },
  { outcome: 'decided', state: 'declined' },
  { outcome: 'unlock_failed', triesLeft: 3 },
  { outcome: 'ended', code: 'digest_mismatch' },
  { outcome: 'ended', code: 'approval_not_pending' },
  'nothing',
]

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('list' as const),
      letters: fc.oneof(
        fc.shuffledSubarray([...letters], { minLength: 2 }),
        fc.subarray([...letters], { maxLength: 1 }),
      ),
      rounds: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 5, maxLength: 5 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('tap' as const), place: fc.nat(4) }) },
  {
    weight: 14,
    arbitrary: fc.constantFrom<Command>(
      ...(['approve', 'approve', 'pick', 'passcode', 'passcode', 'decline', 'reason'] as const).map((does) => ({
        does,
      })),
      ...(['back', 'leave', 'retry', 'run-out'] as const).map((does) => ({ does })),
    ),
  },
  { weight: 4, arbitrary: fc.constantFrom(...outcomes).map((each): Command => ({ does: 'answer', with: each })) },
)

const approving: Decision = { decision: 'approve', number: null, passcode: '482915' }
const nobodys = exampleApproval('Z').approval

const wordsOf = ({ document }: ShownApproval) =>
  JSON.stringify([document.application.name, document.headline, document.lines])

/** The person at the phone: sees what is on the screen, and presses what is there. */
class Person {
  state: LinkedState = linkedAt(device)
  readonly numbered: boolean
  /** What was on the screen when the person said "approve" or "decline". */
  meant: ShownApproval | null = null
  /** What was sent and is not answered: answers may come when something else is on the screen. */
  readonly sent: ShownApproval[] = []
  /** What the server has said of which request. */
  readonly told: string[] = []
  readonly decided: { readonly meant: string; readonly sent: string; readonly words: boolean }[] = []

  constructor(numbered: boolean) {
    this.numbered = numbered
  }

  get screen(): { readonly shown: ShownApproval; readonly step: RequestStep } | null {
    return this.state.view.view === 'request' ? this.state.view : null
  }

  step(event: LinkedEvent): void {
    this.state = stepLinked(this.state, event)
  }

  press(event: RequestEvent): void {
    if (this.screen !== null) this.step({ type: 'request', approval: this.screen.shown.approval, event })
  }

  /** Presses what is only there at some steps. */
  at(step: RequestStep['step'], press: (screen: NonNullable<Person['screen']>) => void): void {
    if (this.screen?.step.step === step) press(this.screen)
  }

  /** Says what to do with what is on the screen. */
  mean(type: 'approve-chosen' | 'decline-chosen'): void {
    this.meant = this.screen?.shown ?? null
    this.press({ type })
  }

  send(decision: Decision): void {
    const screen = this.screen
    if (screen === null) return
    this.sent.push(screen.shown)
    this.decided.push({
      meant: this.meant?.approval ?? 'nothing',
      sent: screen.shown.approval,
      words: this.meant !== null && wordsOf(this.meant) === wordsOf(screen.shown),
    })
    this.press({ type: 'sent', decision })
  }

  answer(outcome: DecisionOutcome | 'nothing'): void {
    const answered = this.sent.shift()
    if (answered === undefined) return
    const { approval } = answered
    if (outcome !== 'nothing' && outcome.outcome === 'decided') this.told.push(`${approval} ${outcome.state}`)
    const event: RequestEvent =
      outcome === 'nothing' ? { type: 'not-answered', why: 'network' } : { type: 'answered', outcome }
    this.step({ type: 'request', approval, event })
  }

  list(picked: readonly Letter[], rounds: readonly number[]): void {
    const approvals = picked.map((letter, at) => versionOf(letter, rounds[at] ?? 1, this.numbered))
    this.step({ type: 'news', news: { kind: 'approvals', approvals, refused: [] } })
  }

  tap(place: number): void {
    const touched = this.state.view.view === 'home' ? this.state.approvals?.[place] : undefined
    if (touched === undefined) return
    this.step({ type: 'opened', approval: touched.approval })
    expect(this.screen?.shown).toEqual(touched)
    expect(this.screen?.step).toEqual({ step: 'asking', changed: false })
  }

  do(what: Command): void {
    if (what.does === 'list') this.list(what.letters, what.rounds)
    else if (what.does === 'tap') this.tap(what.place)
    else if (what.does === 'answer') this.answer(what.with)
    else presses[what.does](this)
  }
}

/** What a person presses, where it is there. */
const presses = {
  approve: (person) => person.at('asking', () => person.mean('approve-chosen')),
  decline: (person) => person.at('asking', () => person.mean('decline-chosen')),
  pick: (person) => person.at('number', () => person.press({ type: 'number-picked', number: '47' })),
  passcode: (person) => person.at('passcode', () => person.send(approving)),
  reason: (person) => person.at('reason', () => person.send({ decision: 'decline', reason: 'not-me' })),
  retry: (person) => person.at('unsent', ({ step }) => 'decision' in step && person.send(step.decision)),
  back: (person) => person.press({ type: 'back' }),
  leave: (person) => person.step({ type: 'shown', view: 'home' }),
  'run-out': (person) => person.step({ type: 'ran-out', approval: person.screen?.shown.approval ?? nobodys }),
} as const satisfies Record<string, (person: Person) => void>

/** Nothing but the person's own press puts another request on the screen; a list may open one where none waited. */
function expectSameScreen(what: Command, before: LinkedState, after: LinkedState): void {
  if (what.does === 'tap' || what.does === 'leave' || after.view.view !== 'request') return
  if (before.view.view === 'request') {
    expect(after.view.shown.approval).toBe(before.view.shown.approval)
    return
  }
  expect(what.does).toBe('list')
  expect(before.approvals ?? []).toEqual([])
  expect(after.approvals).toHaveLength(1)
}

test('abuse-14 the request that is decided is the one that was read, in whatever order lists and answers come', () => {
  const seen = { approved: 0, declined: 0, changed: 0, several: 0 }
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.array(command, { minLength: 10, maxLength: 60, size: 'max' }),
      (numbered, commands) => {
        const person = new Person(numbered)
        for (const what of commands) {
          const before = person.state
          person.do(what)
          expectSameScreen(what, before, person.state)
          for (const { meant, sent, words } of person.decided)
            expect({ sent, words }).toEqual({ sent: meant, words: true })
          const { screen } = person
          if (screen?.step.step === 'result' && screen.step.result.kind === 'approved')
            expect(person.told).toContain(`${screen.shown.approval} approved`)
          seen.changed += Number(screen?.step.step === 'asking' && screen.step.changed)
          seen.several += Number((person.state.approvals?.length ?? 0) > 1)
          seen.approved += Number(what.does === 'passcode' && screen?.step.step === 'sending')
          seen.declined += Number(what.does === 'reason' && screen?.step.step === 'sending')
        }
      },
    ),
    { numRuns: 1_200 },
  )
  // A property that nothing ever reached would hold, too.
  for (const times of Object.values(seen)) expect(times).toBeGreaterThan(20)
})
