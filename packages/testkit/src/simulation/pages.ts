/** What people do on pages, and what the operator does. */
import type { ApprovalId } from '@countersign/protocol'
import {
  cancelApproval,
  deviceBelongings,
  expireOverdue,
  goOffline,
  liveApprovals,
  lockAccount,
  loginTemplate,
  nextRound,
  type ResponseTaken,
  type RoundStarted,
  readApproval,
  redeemApproval,
  removeDevice,
  startApproval,
  submitResponse,
  sweepRenewals,
  wakeAgain,
} from '@countersign/server/use-cases'
import type { Command } from './commands.ts'
import { application } from './payment-action.ts'
import { redeemPayment, startPayment } from './payments.ts'
import { rightPasscode, wrongPasscode } from './phones.ts'
import { pick, pickRecent } from './seeded-random.ts'
import { type CodeOnPage, type Copy, type Page, ServerStopped, type SimulatedWorld } from './simulated-world.ts'

const codeGrace = 10_000
const lostAnswer = 0.2

/** Begins what a page does. A server that stops under it leaves the page as it was. */
function begin(world: SimulatedWorld, what: string, seed: number, work: () => Promise<void>): Promise<void> {
  return world.scheduler.run(what, seed, async () => {
    try {
      await work()
    } catch (error) {
      if (!(error instanceof ServerStopped)) throw error
      world.say(`${what}: no answer, the server stopped`)
    }
  })
}

const pageOf = (world: SimulatedWorld, command: Command): Page | undefined => pick(world.pages, command.a)

/** Reads the approval of a page again, and remembers the code that it shows. */
async function reload(world: SimulatedWorld, page: Page): Promise<void> {
  if (page.approval === null) return
  const { approval } = page
  const view = await readApproval(world.context, approval)
  if (view === null || page.approval !== approval) return
  page.view = view
  const { challenge, round, expires } = view
  if (challenge !== null && page.codes.every((code) => code.challenge !== challenge)) {
    page.codes.push({ challenge, round, expires })
  }
}

/** Asks for an approval on a page. */
export async function ask(world: SimulatedWorld, page: Page): Promise<void> {
  const device = world.phoneOf(page.account)?.device.stored.device
  if (device === undefined) return
  if (page.pays) return show(world, page, await startPayment(world, page))
  const started = await startApproval(world.context, {
    account: page.account,
    device,
    application,
    action: 'login',
    template: loginTemplate,
    locale: 'sv',
    data: {},
    context: { place: null, browser: 'Firefox' },
    requester: page.name,
  })
  world.say(`${page.name} asks: ${started.kind}`)
  await show(world, page, started.kind === 'refused' ? null : started.approval)
}

/** What was asked is on the page from now on. */
async function show(world: SimulatedWorld, page: Page, approval: ApprovalId | null): Promise<void> {
  if (approval === null || approval === page.approval) return
  page.approval = approval
  page.view = null
  page.codes.length = 0
  await reload(world, page)
}

function roundText(world: SimulatedWorld, approval: ApprovalId, started: RoundStarted): string {
  if (started.kind === 'locked') world.happened('offline codes were locked')
  if (started.kind === 'started' && world.decisionsUnderWay.includes(approval)) {
    world.happened('a round began under a decision')
  }
  return started.kind
}

async function startRound(world: SimulatedWorld, page: Page, start: typeof goOffline, what: string): Promise<void> {
  if (page.approval === null) return
  const { approval } = page
  world.say(`${what}: ${roundText(world, approval, await start(world.context, approval))}`)
  await reload(world, page)
}

interface Submission {
  readonly approval: ApprovalId
  readonly code: CodeOnPage
  /** Whether the response was made for this code, with the right passcode, on the person's phone. */
  readonly honest: boolean
  /** Of which unlock secret. */
  readonly copy: Copy
  readonly response: string
}

function noteResponse(world: SimulatedWorld, { approval, code, honest }: Submission, taken: ResponseTaken): void {
  if (taken.kind === 'locked') world.happened('offline codes were locked')
  else if (world.decisionsUnderWay.includes(approval)) {
    world.happened('an offline code came while a decision was under way')
  }
  if (taken.kind !== 'approved') return
  world.codesAccepted.add(approval)
  if (world.pushesOnTheWay.some(({ message }) => message.notification.data.approval === approval)) {
    world.happened('a code was accepted while a push was on its way')
  }
  world.demand(honest, 'a code was accepted that the phone did not make with the right passcode')
  world.demand(world.clock.now() < code.expires + codeGrace, 'a code was accepted after its grace')
}

/** A code counts where it was made of the secret that is in force now. */
async function noteCopy(world: SimulatedWorld, { approval, honest, copy }: Submission, taken: ResponseTaken) {
  const { device } = await world.database.read((query) =>
    query.selectFrom('approvals').select('device_id as device').where('id', '=', approval).executeTakeFirstOrThrow(),
  )
  const isInForce = (await world.copyInForce(device)) === copy
  if (taken.kind === 'approved') world.demand(isInForce, 'a code was accepted that an old secret made')
  else if (taken.kind === 'refused' && honest && !isInForce) world.happened('what an old secret made was refused')
}

async function respond(world: SimulatedWorld, page: Page, submission: Submission): Promise<void> {
  const { approval, response, code } = submission
  const taken = await submitResponse(world.context, approval, response)
  noteResponse(world, submission, taken)
  await noteCopy(world, submission, taken)
  const round = `round ${code.round}, ${submission.honest ? 'right' : 'wrong'}`
  world.say(`${page.name} submits a code (${round}): ${taken.kind}`)
  if (taken.kind === 'approved') {
    const current = await world.database.read((query) =>
      query.selectFrom('approvals').select('round').where('id', '=', approval).executeTakeFirstOrThrow(),
    )
    const age = current.round - code.round
    world.demand(age === 0 || age === 1, `a code was accepted that was ${age} rounds old`)
    if (age === 1) world.happened('a code of the previous round was accepted in its grace')
  }
  await reload(world, page)
}

/** The response that a person types: made on the phone without network, rightly or not, or taken out of the air. */
async function submissionOf(world: SimulatedWorld, page: Page, command: Command): Promise<Submission | null> {
  const code = pick(page.codes.slice(-2), command.b)
  const phone = world.phoneOf(page.account)
  if (page.approval === null || code === undefined || phone === undefined) return null
  const { wrong } = world.history.character
  const honest = command.c >= wrong
  const isWrong = command.c < wrong / 2
  const passcode = isWrong ? wrongPasscode : rightPasscode(phone)
  const copy = phone.device.stored.renewal
  const { response } = await phone.device.responseFor(code.challenge, passcode)
  const changed = String((Number(response) + 1) % 100_000_000).padStart(8, '0')
  return { approval: page.approval, code, honest, copy, response: honest || isWrong ? response : changed }
}

async function redeem(world: SimulatedWorld, page: Page, approval: ApprovalId, redemption: string): Promise<void> {
  const redeemed = page.pays
    ? await redeemPayment(world, approval, redemption)
    : await redeemApproval(world.context, approval, redemption)
  world.say(`${page.name} redeems as ${redemption}: ${redeemed.kind === 'refused' ? redeemed.code : 'done'}`)
  if (redeemed.kind === 'refused') {
    if (redeemed.code === 'redeem_too_late') world.happened('a redemption was refused as late')
    if (redeemed.code === 'already_redeemed') world.happened('another redemption came second')
    return
  }
  const before = world.redeemed.get(approval)
  const result = JSON.stringify(redeemed)
  world.demand(before === undefined || before.redemption === redemption, 'an approval was redeemed twice')
  world.demand(before === undefined || before.result === result, 'a redemption got another result than before')
  const ground = await groundOf(world, approval)
  world.demand(ground === 'active active', `something was redeemed while account and device were ${ground}`)
  if (before !== undefined) world.happened('the same redemption was repeated')
  else world.redeemed.set(approval, { redemption, result })
  if ((world.decidedAtRestart.get(approval) ?? world.restarts) < world.restarts) {
    world.happened('a restart came between decision and redemption')
    if (page.pays) world.happened('a payment was redeemed after a restart between decision and redemption')
  }
}

const groundOf = (world: SimulatedWorld, approval: ApprovalId): Promise<string> =>
  world.database.read(async (query) => {
    const row = await query
      .selectFrom('approvals')
      .innerJoin('accounts', 'accounts.id', 'approvals.account_id')
      .innerJoin('devices', 'devices.id', 'approvals.device_id')
      .select(['accounts.state as account', 'devices.state as device'])
      .where('approvals.id', '=', approval)
      .executeTakeFirstOrThrow()
    return `${row.account} ${row.device}`
  })

const askOn = (world: SimulatedWorld, page: Page, { seed }: Command) =>
  begin(world, `${page.name} asks`, seed, () => ask(world, page))

const lookOn = (world: SimulatedWorld, page: Page, { seed }: Command) =>
  begin(world, `${page.name} looks`, seed, () => reload(world, page))

function startRoundOn(world: SimulatedWorld, page: Page, { seed }: Command, start: typeof goOffline): Promise<void> {
  const what = `${page.name} ${start === goOffline ? 'goes offline' : 'wants the next round'}`
  return begin(world, what, seed, () => startRound(world, page, start, what))
}

/** Whether a page does what the command says also where that makes no sense. */
const isRash = (command: Command): boolean => (command.c * 53) % 1 < 0.15

/** What makes sense before anything else, as far as the page knows: to ask where nothing waits. */
const isOver = (world: SimulatedWorld, { view }: Page): boolean =>
  view === null || view.state !== 'pending' || world.clock.now() >= view.expires + (view.offline ? codeGrace : 0)

type PageAction = (world: SimulatedWorld, page: Page, command: Command) => Promise<void>

/** On some page; where nothing waits on it, it mostly asks instead. */
const onWaitingPage =
  (act: PageAction): Action =>
  (world, command) => {
    const page = pageOf(world, command)
    if (page === undefined) return
    return page.approval === null || (isOver(world, page) && !isRash(command))
      ? askOn(world, page, command)
      : act(world, page, command)
  }

/** What can be done on a page, by the name of the command. */
export const pageActions = {
  'page.start': onWaitingPage((world, page, command) => (isRash(command) ? askOn : lookOn)(world, page, command)),
  'page.look': onWaitingPage(lookOn),
  'page.offline': onWaitingPage((world, page, command) => startRoundOn(world, page, command, goOffline)),
  'page.next': onWaitingPage(async (world, page, command) => {
    const offline = page.view?.offline === true
    if (!offline && !isRash(command)) return startRoundOn(world, page, command, goOffline)
    // The page wants it when its code has run out, give or take what a browser takes to wake up.
    const left = (page.view?.expires ?? 0) - world.clock.now()
    if (left > 0 && !isRash(command)) await world.clock.advance(left + Math.floor(command.b * 10_500))
    await startRoundOn(world, page, command, nextRound)
  }),
  'page.respond': onWaitingPage(async (world, page, command) => {
    const submission = await submissionOf(world, page, command)
    if (submission === null) return startRoundOn(world, page, command, goOffline)
    await begin(world, `${page.name} submits a code`, command.seed, () => respond(world, page, submission))
  }),
  'page.wake': onWaitingPage((world, page, command) =>
    begin(world, `${page.name} asks for another push`, command.seed, async () => {
      if (page.approval === null) return
      const { approval } = page
      const { kind } = await wakeAgain(world.context, approval)
      if (kind === 'woken') world.wokenAgain.add(approval)
      world.say(`${page.name} asks for another push: ${kind}`)
    }),
  ),
  'page.cancel': onWaitingPage((world, page, command) =>
    begin(world, `${page.name} cancels`, command.seed, async () => {
      if (page.approval === null) return
      world.say(`${page.name} cancels: ${await cancelApproval(world.context, page.approval, 'page-left')}`)
    }),
  ),
  'page.redeem': (world, command) => {
    const page = pageOf(world, command)
    const approval = page?.approval
    if (!approval) return
    const redemption = command.b < 0.8 ? 'page' : 'other'
    return begin(world, `${page.name} redeems`, command.seed, async () => {
      if (!isRash(command)) await reload(world, page)
      if (page.view?.state !== 'approved' && !isRash(command)) return
      await redeem(world, page, approval, redemption)
      // The answer is lost: the application, which cannot know, collects once more.
      if (!page.pays || !world.scheduler.random.chance(lostAnswer)) return
      await redeem(world, page, approval, redemption)
      if (world.redeemed.get(approval)?.redemption === redemption) {
        world.happened('a payment was redeemed again after its answer was lost')
      }
    })
  },
} as const satisfies Record<string, Action>

export type Action = (world: SimulatedWorld, command: Command) => unknown

/** What the operator and time itself do. */
export const operatorActions = {
  'operator.lock': (world, command) => {
    const account = pick(world.accounts, command.a)
    if (account === undefined) return
    return begin(world, `the operator locks ${world.nameOf(account)}`, command.seed, async () => {
      await lockAccount(world.context, account, liveApprovals)
      world.say(`${world.nameOf(account)} is locked`)
    })
  },
  'operator.remove': (world, command) => {
    const phone = pickRecent(world.phones, command.a)
    if (phone === undefined) return
    const device = { id: phone.device.stored.device, account: phone.account }
    return begin(world, `the operator removes ${phone.name}`, command.seed, async () => {
      await removeDevice(world.context, { device, reason: 'operator' }, deviceBelongings)
      world.say(`${phone.name} is removed`)
    })
  },
  sweep: (world, command) =>
    begin(world, 'the sweeper', command.seed, async () => {
      await expireOverdue(world.context)
      await sweepRenewals(world.context)
    }),
} as const satisfies Record<string, Action>

/** Finishes what a page asked for. */
export async function redeemOn(world: SimulatedWorld, page: Page): Promise<void> {
  if (page.approval !== null) await redeem(world, page, page.approval, 'page')
}
