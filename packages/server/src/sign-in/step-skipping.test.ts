/** abuse-23: whatever is sent in whatever order, nobody gets further than password and phone have brought them. */
import type { LinkedDevice } from '@countersign/device'
import { startWorld, TestClock, usualPasscode, type World, type WorldAccount } from '@countersign/testkit'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, Browser, codeIn, redirectUri } from './browser-for-tests.ts'

const clock = new TestClock()
let world: World
let anna: WorldAccount
let erik: WorldAccount
let phone: LinkedDevice

beforeAll(async () => {
  world = await startWorld({ adapters: { clock }, redirectUri })
  anna = await world.addAccount('Anna')
  phone = await world.linkPhone(anna)
  // Who has no phone.
  erik = await world.addAccount('Erik')
})
afterAll(() => world[Symbol.asyncDispose]())

/** What has really happened, counted where it happened: at the person and at the phone, never at the server. */
interface Truth {
  passwordsRight: number
  approvals: number
  declines: number
  smsCodes: number
  cancelled: boolean
}

/** One run: a browser, its sign-in, and what came of it. */
class Run {
  readonly browser = new Browser(world)
  readonly truth: Truth = { passwordsRight: 0, approvals: 0, declines: 0, smsCodes: 0, cancelled: false }
  readonly codes: string[] = []
  finishes = 0
  id = ''
  resumeCookies = ''

  async begin(): Promise<this> {
    this.id = (await this.browser.begin()).id
    // Kept beside the browser's own: a hostile browser forgets nothing.
    this.resumeCookies = this.browser.cookieHeader(`/oidc/authorize/${this.id}`)
    return this
  }

  async password(right: boolean, of = anna): Promise<void> {
    const email = right ? of.email : `nobody-${this.id}@strand.example`
    const answer = await this.browser.post(this.id, 'password', { email, password: anna.password, locale: 'en' })
    if (!right) expect(answer.status).not.toBe(200)
    if (answer.status === 200) this.truth.passwordsRight += 1
  }

  async answer(decision: 'approve' | 'decline'): Promise<void> {
    for (const shown of (await phone.pendingApprovals()).approvals) {
      const outcome = await (decision === 'approve' ? world.approve(phone, shown) : phone.decline(shown))
      if (outcome.outcome === 'decided') this.truth[decision === 'approve' ? 'approvals' : 'declines'] += 1
    }
  }

  async respond(right: boolean): Promise<void> {
    const answer = await this.browser.go(`/sign-in/${this.id}/state`)
    const challenge: unknown = answer.status === 200 ? JSON.parse(answer.text).challenge : undefined
    const truth = typeof challenge === 'string' ? (await phone.responseFor(challenge, usualPasscode)).response : ''
    const response = right && truth !== '' ? truth : '00000000'
    const taken = await this.browser.post(this.id, 'response', { response })
    if (taken.status === 200 && JSON.parse(taken.text).step === 'approved') {
      expect(response).toBe(truth)
      this.truth.approvals += 1
    }
  }

  async smsCode(right: boolean): Promise<void> {
    const truth = await world.smsCode(erik.phoneNumber).catch(() => '')
    const code = right && truth !== '' ? truth : '000000'
    const taken = await this.browser.post(this.id, 'code', { code })
    if (taken.status === 200 && JSON.parse(taken.text).step === 'link-phone') {
      expect(code).toBe(truth)
      this.truth.smsCodes += 1
    }
  }

  async cancel(): Promise<void> {
    if ((await this.browser.post(this.id, 'cancel')).status === 200) this.truth.cancelled = true
  }

  async finish(): Promise<void> {
    if ((await this.browser.post(this.id, 'finish')).status === 200) this.finishes += 1
  }

  async resume(): Promise<void> {
    const path = `/oidc/authorize/${this.id}`
    const answer: Answer = await this.browser.go(path, { headers: { cookie: this.resumeCookies } })
    const code = codeIn(answer.location)
    if (code !== null) this.codes.push(code)
  }

  check(): void {
    const { passwordsRight, approvals, smsCodes, cancelled } = this.truth
    const mayFinish = passwordsRight > 0 && approvals + smsCodes > 0 && !cancelled
    if (!mayFinish) expect({ finishes: this.finishes, codes: this.codes }).toEqual({ finishes: 0, codes: [] })
    expect(this.codes.length).toBeLessThanOrEqual(Math.min(1, this.finishes))
  }
}

const steps = {
  'right password': (run: Run) => run.password(true),
  'wrong password': (run: Run) => run.password(false),
  'right password, no phone': (run: Run) => run.password(true, erik),
  'phone approves': (run: Run) => run.answer('approve'),
  'phone declines': (run: Run) => run.answer('decline'),
  offline: async (run: Run) => void (await run.browser.post(run.id, 'offline')),
  'right response': (run: Run) => run.respond(true),
  'wrong response': (run: Run) => run.respond(false),
  'right SMS code': (run: Run) => run.smsCode(true),
  'wrong SMS code': (run: Run) => run.smsCode(false),
  resend: async (run: Run) => void (await run.browser.post(run.id, 'resend')),
  restart: async (run: Run) => void (await run.browser.post(run.id, 'restart')),
  cancel: (run: Run) => run.cancel(),
  finish: (run: Run) => run.finish(),
  resume: (run: Run) => run.resume(),
  'two at once': async (run: Run) => void (await Promise.all([run.finish(), run.cancel(), run.resume()])),
  'a round passes': () => clock.advance(90_000),
} as const

type Step = keyof typeof steps

const anyStep = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<Step>('right password', 'phone approves', 'finish', 'resume') },
  { weight: 1, arbitrary: fc.constantFrom<Step>('right password, no phone', 'right SMS code') },
  { weight: 2, arbitrary: fc.constantFrom(...(Object.keys(steps) as Step[])) },
)

/** What must be possible, however the dice fall. */
const waysIn: Step[][] = [
  ['right password', 'phone approves', 'finish', 'resume'],
  ['right password, no phone', 'right SMS code', 'finish', 'resume'],
]

// Locks and live approvals of the run before are not this run's subject.
async function forgetLastRun(): Promise<void> {
  await world.running.context.db.write(async (transaction) => {
    await transaction.deleteFrom('offline_locks').execute()
    await transaction.deleteFrom('limits').execute()
  })
  for (const shown of (await phone.pendingApprovals()).approvals) await phone.decline(shown)
}

test('abuse-23 no order of calls gives a session above its level', async () => {
  const seen = { finished: 0, bySms: 0, codes: 0, cancelled: 0, unfinished: 0 }
  await fc.assert(
    fc
      .asyncProperty(fc.array(anyStep, { minLength: 3, maxLength: 14 }), async (order) => {
        const run = await new Run().begin()
        for (const step of order) {
          await steps[step](run)
          run.check()
        }
        seen.finished += Number(run.finishes > 0)
        seen.bySms += Number(run.finishes > 0 && run.truth.smsCodes > 0)
        seen.codes += run.codes.length
        seen.cancelled += Number(run.truth.cancelled)
        seen.unfinished += Number(run.truth.passwordsRight > 0 && run.finishes === 0)
      })
      .beforeEach(forgetLastRun),
    { numRuns: 120, examples: waysIn.map((way) => [way]) },
  )
  // A property that nothing ever reached would hold, too.
  for (const times of Object.values(seen)) expect(times).toBeGreaterThan(0)
}, 60_000)
