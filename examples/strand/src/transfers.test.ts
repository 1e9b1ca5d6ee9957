/** abuse-21 and faq-07: money never appears or vanishes, and what was approved is booked once or refused with a reason. */
import type { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { formatAccountNumber } from './account-number.ts'
import { accountStore } from './account-store.ts'
import type { TransferAnswer } from './account-view.ts'
import { type ApproverForTests, approverForTests, type Process, startProcess } from './crashes-for-tests.ts'
import { accountOf, balanceOf } from './ledger.ts'
import { answerTime, type TransferRequest } from './transfers.ts'

const elsewhere = 'SE45 5000 0000 0583 9825 7466'
const people = ['acc_anna', 'acc_erik'] as const
const opening = 1_000_00

const fill = (db: DatabaseSync) => {
  for (const subject of people) accountStore(db).welcome({ subject, name: subject, email: '' }, opening, 0)
}

let approver: ApproverForTests
let strand: Process
let attempts = 0
beforeEach(() => {
  approver = approverForTests()
  strand = startProcess(approver, fill)
})
afterEach(() => strand.close())

const numberOf = (subject: string) => formatAccountNumber(accountOf(strand.db, subject).accountNumber)
const balance = (subject: string) => balanceOf(strand.db, accountOf(strand.db, subject).id)
const requester = (subject: string, session = `session of ${subject}`) =>
  ({ subject, session, locale: 'sv', browser: null }) as const
const form = (more: Partial<TransferRequest> = {}): TransferRequest => ({
  amount: '250,00',
  payee: 'Elnät Syd AB',
  accountNumber: elsewhere,
  message: 'Faktura 17',
  savePayee: false,
  attempt: `attempt-${String(++attempts).padStart(20, '0')}`,
  ...more,
})
const ask = (more: Partial<TransferRequest> = {}, who = requester('acc_anna')) => strand.transfers.ask(who, form(more))
const answerAll = (state: 'approved' | 'declined' | 'expired') => {
  for (const asking of approver.asked) if (asking.state === 'pending') asking.state = state
}
const waitingIn = (answer: TransferAnswer) => {
  if (answer.kind !== 'waiting') throw new Error(`It does not wait: ${answer.kind}.`)
  return answer.transfer
}
const rows = (sql: string) => strand.db.prepare(sql).all()

/** What must be true of the ledger at every moment. */
function expectSound(): void {
  expect(rows('SELECT booking FROM postings GROUP BY booking HAVING sum(amount) <> 0 OR count(*) < 2')).toEqual([])
  expect(rows('SELECT b.id FROM bookings b LEFT JOIN postings p ON p.booking = b.id WHERE p.booking IS NULL')).toEqual(
    [],
  )
  for (const subject of people) expect(balance(subject)).toBeGreaterThanOrEqual(0)
  // Each transfer has a booking when it is booked and only then, of what it says and to where it says.
  expect(
    rows(`SELECT t.id FROM transfers t LEFT JOIN bookings b ON b.transfer = t.id
      WHERE (t.state = 'booked') <> (b.id IS NOT NULL) OR t.state = 'booked' AND NOT (
        EXISTS (SELECT 1 FROM postings p JOIN accounts a ON a.id = p.account
          WHERE p.booking = b.id AND a.subject = t.subject AND p.amount = -t.amount) AND
        EXISTS (SELECT 1 FROM postings p JOIN accounts a ON a.id = p.account WHERE p.booking = b.id AND p.amount = t.amount
          AND coalesce(a.account_number, CASE WHEN a.kind = 'clearing' THEN t.account_number END) = t.account_number))`),
  ).toEqual([])
  const booked = rows("SELECT id, approval FROM transfers WHERE state = 'booked'")
  const collected = approver.asked.filter(({ state, redemption }) => state === 'approved' && redemption !== null)
  for (const { id, approval } of booked) {
    expect(collected.filter((one) => one.approval === approval && one.redemption === id)).toHaveLength(1)
  }
}

/** The process starts again where it had died, everything is answered, and whatever was left lying is taken up. */
async function recover(): Promise<void> {
  strand.restartIfDead()
  approver.reachable = true
  answerAll('expired')
  await strand.transfers.settleAll(null)
  strand.time += answerTime
  await strand.transfers.settleAll(null)
  expectSound()
  expect(rows("SELECT id FROM transfers WHERE state = 'asked'")).toEqual([])
  const over = new Set(rows('SELECT id FROM transfers').map(({ id }) => id))
  for (const { key } of approver.asked) expect(over).toContain(key)
}

describe('a transfer', () => {
  test('waits for the phone, moves nothing, and is booked once when it is approved', async () => {
    const { id, ...waiting } = waitingIn(await ask())
    expect(waiting).toMatchObject({ server: 'https://id.example', approval: 'apr_0', pageToken: 'cpt_apr_0' })
    expect(approver.asked[0]).toMatchObject({
      key: id,
      subject: 'acc_anna',
      data: {
        amount: '250.00 SEK',
        payee: 'Elnät Syd AB',
        account_number: 'SE4550000000058398257466',
        message: 'Faktura 17',
      },
    })
    expect(await strand.transfers.settle('acc_anna', id)).toMatchObject({ kind: 'waiting' })
    expect(balance('acc_anna')).toBe(opening)
    answerAll('approved')
    const tabs = await Promise.all([1, 2, 3].map(() => strand.transfers.settle('acc_anna', id)))
    const booked = { kind: 'booked', payment: waiting.payment, bookedAt: strand.time }
    expect(tabs).toEqual([booked, booked, booked])
    strand.time += 1_000
    expect(await strand.transfers.settle('acc_anna', id)).toEqual(booked)
    expect(balance('acc_anna')).toBe(opening - 250_00)
    expectSound()
  })

  test('to somebody at Strand is on both accounts, with message and names', async () => {
    const { id } = waitingIn(await ask({ payee: 'Erik', accountNumber: numberOf('acc_erik') }))
    answerAll('approved')
    await strand.transfers.settle('acc_anna', id)
    expect(balance('acc_erik')).toBe(opening + 250_00)
    const [left, arrived] = people.map((subject) => accountStore(strand.db).view(subject)?.entries[0])
    expect(left).toMatchObject({ kind: 'transfer', amount: -250_00, other: 'Erik', message: 'Faktura 17' })
    expect(arrived).toMatchObject({ kind: 'transfer', amount: 250_00, other: 'acc_anna', message: 'Faktura 17' })
  })

  test.each(['declined', 'expired', 'cancelled', 'device-blocked'] as const)(
    'that is %s moves nothing',
    async (state) => {
      const { id } = waitingIn(await ask())
      for (const asking of approver.asked) asking.state = state
      expect(await strand.transfers.settle('acc_anna', id)).toEqual({ kind: 'ended', reason: state })
      answerAll('approved')
      expect(await strand.transfers.settle('acc_anna', id)).toEqual({ kind: 'ended', reason: state })
      expect(balance('acc_anna')).toBe(opening)
    },
  )

  test('keeps the payee only once it is paid, and only where that was wanted', async () => {
    const payees = () => accountStore(strand.db).view('acc_anna')?.payees
    const { id } = waitingIn(await ask({ savePayee: true }))
    expect(payees()).toEqual([])
    answerAll('approved')
    await strand.transfers.settle('acc_anna', id)
    const kept = [{ name: 'Elnät Syd AB', accountNumber: 'SE4550000000058398257466' }]
    expect(payees()).toEqual(kept)
    const other = waitingIn(await ask({ payee: 'Another name', amount: '1' }))
    answerAll('approved')
    await strand.transfers.settle('acc_anna', other.id)
    expect(payees()).toEqual(kept)
  })

  test('belongs to who asked, and waits in the browser that asked', async () => {
    const { id } = waitingIn(await ask())
    expect(await strand.transfers.settle('acc_erik', id)).toBeNull()
    expect(strand.transfers.waiting('acc_anna', 'session of acc_anna')?.id).toBe(id)
    expect(strand.transfers.waiting('acc_anna', 'another browser')).toBeNull()
    expect(strand.transfers.waiting('acc_erik', 'session of acc_anna')).toBeNull()
  })
})

describe('what cannot be paid', () => {
  test.each([
    ['more than there is', { amount: '1000,01' }, { amount: 'more-than-balance' }],
    ['to oneself', 'own', { accountNumber: 'own-account' }],
    ['to nobody at Strand', { accountNumber: 'SE53 9990 0000 0000 0000 0042' }, { accountNumber: 'unknown-account' }],
    ['with faults', { amount: 'NaN', payee: '' }, { amount: 'no-amount', payee: 'missing' }],
  ] as const)('%s is refused before anybody is asked', async (_, more, faults) => {
    const answer = await ask(more === 'own' ? { accountNumber: numberOf('acc_anna') } : more)
    expect(answer).toEqual({ kind: 'faults', faults })
    expect(approver.asked).toEqual([])
    expect(rows('SELECT * FROM transfers')).toEqual([])
  })

  test('at the booking any more, because another payment was first, ends there', async () => {
    const first = waitingIn(await ask({ amount: '600' }))
    const second = waitingIn(await ask({ amount: '700' }, requester('acc_anna', 'another browser')))
    answerAll('approved')
    const [one, other] = [
      await strand.transfers.settle('acc_anna', first.id),
      await strand.transfers.settle('acc_anna', second.id),
    ]
    expect([one, other]).toMatchObject([{ kind: 'booked' }, { kind: 'ended', reason: 'not-enough' }])
    expect(balance('acc_anna')).toBe(400_00)
    expectSound()
  })

  test.each([
    ['amount', { amount: '2500.00 SEK' }],
    ['spelling of the amount', { amount: '250.0 SEK' }],
    ['payee', { payee: 'Elnät Syd AB.' }],
    ['account number', { account_number: 'DE89370400440532013000' }],
    ['message', { message: 'Faktura 18' }],
    ['field', { extra: '' }],
  ])('abuse-21 because another %s was approved', async (_, lie) => {
    const { id } = waitingIn(await ask())
    answerAll('approved')
    approver.lie = lie
    expect(await strand.transfers.settle('acc_anna', id)).toEqual({ kind: 'ended', reason: 'changed' })
    approver.lie = {}
    expect(await strand.transfers.settle('acc_anna', id)).toEqual({ kind: 'ended', reason: 'changed' })
    expect(balance('acc_anna')).toBe(opening)
  })
})

describe('sending the form again', () => {
  test('because no answer came finds the same transfer', async () => {
    approver.reachable = false
    const attempt = 'the-same-attempt-0001'
    expect(await ask({ attempt })).toEqual({ kind: 'unreachable' })
    approver.reachable = true
    const first = waitingIn(await ask({ attempt }))
    expect(waitingIn(await ask({ attempt })).id).toBe(first.id)
    answerAll('approved')
    expect(await ask({ attempt })).toMatchObject({ kind: 'booked' })
    expect(await ask({ attempt, amount: '1' })).toEqual({ kind: 'ended', reason: 'not-asked' })
    expect(balance('acc_anna')).toBe(opening - 250_00)
  })

  test('later than somebody could answer asks nobody', async () => {
    approver.reachable = false
    const attempt = 'the-same-attempt-0001'
    await ask({ attempt })
    approver.reachable = true
    strand.time += answerTime
    expect(await ask({ attempt })).toEqual({ kind: 'ended', reason: 'not-asked' })
    expect(approver.asked).toEqual([])
  })

  test('in another tab while the first one waits is one transfer', async () => {
    const [first, second] = [waitingIn(await ask()), waitingIn(await ask())]
    expect(second.id).toBe(first.id)
    answerAll('approved')
    await strand.transfers.settleAll(null)
    expect(balance('acc_anna')).toBe(opening - 250_00)
    await recover()
  })
})

describe('a process that dies', () => {
  test('at any step of a payment, and again at any step of taking it up, pays once', async () => {
    const attempt = 'the-same-attempt-0001'
    const pay = async () => {
      const answer = await ask({ attempt, savePayee: true })
      if (answer.kind === 'booked') return answer
      const { id } = waitingIn(answer)
      answerAll('approved')
      return strand.transfers.settle('acc_anna', id)
    }
    let deaths = 0
    for (let [steps, died] = [0, true]; died; steps++) {
      strand.close()
      approver = approverForTests()
      strand = startProcess(approver, fill)
      strand.dieAfter(steps)
      await pay().catch(() => undefined)
      died = strand.restartIfDead()
      if (died) deaths++
      expectSound()
      strand.dieAfter(steps % 7)
      await pay().catch(() => undefined)
      strand.restartIfDead()
      expectSound()
      expect(await pay()).toMatchObject({ kind: 'booked' })
      expect(balance('acc_anna')).toBe(opening - 250_00)
      await recover()
    }
    expect(deaths).toBeGreaterThan(25)
  })

  const person = fc.constantFrom(...people)
  const death = fc.option(fc.nat({ max: 40 }), { freq: 1 })
  const command = fc.oneof(
    fc.record({
      kind: fc.constant('pay'),
      person,
      other: fc.boolean(),
      crowns: fc.integer({ min: 1, max: 700 }),
      browser: fc.nat({ max: 1 }),
      tabs: fc.integer({ min: 1, max: 2 }),
      death,
    }),
    fc.record({
      kind: fc.constant('answer'),
      which: fc.nat(),
      state: fc.constantFrom('approved', 'approved', 'declined'),
    }),
    fc.record({ kind: fc.constant('settle'), which: fc.nat(), tabs: fc.integer({ min: 1, max: 3 }), death }),
    fc.record({ kind: fc.constant('sweep'), person: fc.option(person), death }),
    fc.record({ kind: fc.constant('line'), reachable: fc.constantFrom(true, true, false) }),
    fc.record({ kind: fc.constant('time'), milliseconds: fc.integer({ min: 1, max: answerTime }) }),
  )
  type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never

  const inTabs = (tabs: number, work: () => Promise<unknown>) =>
    Promise.allSettled(Array.from({ length: tabs }, () => work()))

  async function run(given: Command): Promise<void> {
    if ('death' in given) strand.dieAfter(given.death)
    switch (given.kind) {
      case 'pay': {
        const { person: subject, other, crowns, browser, tabs } = given
        const to = other ? numberOf(people.find((one) => one !== subject) ?? '') : elsewhere
        const request = form({ amount: String(crowns), accountNumber: to })
        await inTabs(tabs, () => strand.transfers.ask(requester(subject, `${subject} ${browser}`), request))
        break
      }
      case 'answer': {
        const pending = approver.asked.filter(({ state }) => state === 'pending')
        const asking = pending[given.which % Math.max(1, pending.length)]
        if (asking !== undefined) asking.state = given.state
        break
      }
      case 'settle': {
        const found = rows('SELECT subject, id FROM transfers ORDER BY created_at, id')
        const { subject = '', id = '' } = found[given.which % Math.max(1, found.length)] ?? {}
        await inTabs(given.tabs, () => strand.transfers.settle(String(subject), String(id)))
        break
      }
      case 'sweep':
        await inTabs(1, () => strand.transfers.settleAll(given.person))
        break
      case 'line':
        approver.reachable = given.reachable
        break
      case 'time':
        strand.time += given.milliseconds
    }
    strand.restartIfDead()
  }

  test('in any history loses no money, makes none, and leaves nothing lying', async () => {
    let booked = 0
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 10, maxLength: 30 }), async (history) => {
        strand.close()
        approver = approverForTests()
        strand = startProcess(approver, fill)
        for (const given of history) {
          await run(given)
          expectSound()
        }
        await recover()
        for (const { state, redemption, key } of approver.asked) {
          if (state !== 'approved' || redemption === null) continue
          const [transfer] = rows('SELECT id, state, reason FROM transfers').filter(({ id }) => id === redemption)
          expect([transfer?.state, transfer?.reason, key]).toContainEqual(expect.stringMatching(/booked|not-enough/))
          if (transfer?.state === 'booked') booked++
        }
      }),
      { numRuns: 100 },
    )
    expect(booked).toBeGreaterThan(20)
  }, 60_000)
})
