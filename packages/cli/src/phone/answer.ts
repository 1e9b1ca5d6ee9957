/** `countersign phone approve` and `countersign phone decline` */
import { parseArgs } from 'node:util'
import type { DecisionOutcome, LinkedDevice, ListedApprovals, ShownApproval } from '@countersign/device'
import { DeclineReason } from '@countersign/protocol'
import type { Command } from '../command.ts'
import { type ExitCode, exitCodes, NotDone, UsageFault } from '../exit.ts'
import type { Terminal } from '../terminal.ts'
import { sentenceOfCode } from '../words.ts'
import { refusedText, requestText } from './show.ts'
import { passcodeQuestion, stateFileOf, stateHelp, stateOption, withPhone } from './virtual-phone.ts'

const options = {
  ...stateOption,
  yes: { type: 'boolean', short: 'y', default: false },
  json: { type: 'boolean', default: false },
  wait: { type: 'string' },
} as const

const help = `
  APPROVAL       which request; may be left out where only one waits
  --wait SECONDS waits so long for a request to come
  --yes, -y      answers without asking whether to
  --json         the outcome as one JSON object
${stateHelp}`

interface Wanted {
  readonly approval: string | undefined
  /** Seconds. */
  readonly wait: number
}

/** Never guesses: with several waiting, an answer meant for one could reach another. */
function pick({ approvals, refused }: ListedApprovals, approval: string | undefined): ShownApproval | null {
  if (approval !== undefined) {
    const withheld = refused.find((one) => one.approval === approval)
    if (withheld !== undefined) throw new NotDone(refusedText(withheld))
    return approvals.find((one) => one.approval === approval) ?? null
  }
  if (approvals.length > 1) {
    const names = approvals.map((one) => `  ${one.approval}  ${one.document.headline}`)
    throw new UsageFault('Several requests wait. Say which:', ...names)
  }
  const [only] = refused
  if (approvals.length === 0 && only !== undefined) throw new NotDone(refusedText(only))
  return approvals[0] ?? null
}

async function findRequest(device: LinkedDevice, wanted: Wanted, terminal: Terminal): Promise<ShownApproval> {
  const first = pick(await device.pendingApprovals(), wanted.approval)
  if (first !== null) return first
  if (wanted.wait > 0) {
    const signal = AbortSignal.any([terminal.signal, AbortSignal.timeout(wanted.wait * 1000)])
    for await (const news of device.watchApprovals(signal)) {
      const found = news.kind === 'approvals' ? pick(news, wanted.approval) : null
      if (found !== null) return found
    }
  }
  throw new NotDone(
    wanted.approval === undefined ? 'No request waits.' : `${wanted.approval} does not wait for an answer.`,
  )
}

function secondsOf(text: string | undefined): number {
  if (text === undefined) return 0
  if (!/^\d{1,5}$/.test(text)) throw new UsageFault('--wait takes whole seconds.')
  return Number(text)
}

async function confirm(question: string, terminal: Terminal): Promise<void> {
  const answer = await terminal.ask({ text: `${question} (y/n)` })
  if (!/^y(es)?$/i.test(answer.trim())) throw new NotDone('Nothing was answered.')
}

function outcomeText(outcome: DecisionOutcome): string {
  switch (outcome.outcome) {
    case 'decided':
      return outcome.state === 'approved' ? 'Approved.' : 'Declined. Nothing was approved.'
    case 'unlock_failed':
      return `The passcode is wrong. Nothing was approved. Tries left: ${outcome.triesLeft}.`
    case 'blocked':
      return `${sentenceOfCode('device_blocked')} Nothing was approved.`
    case 'ended':
      return sentenceOfCode(outcome.code)
  }
}

const outcomeJson = ({ approval }: ShownApproval, outcome: DecisionOutcome) =>
  JSON.stringify({
    approval,
    outcome: outcome.outcome,
    ...('state' in outcome ? { state: outcome.state } : {}),
    ...('code' in outcome ? { code: outcome.code } : {}),
    ...('triesLeft' in outcome ? { tries_left: outcome.triesLeft } : {}),
  })

interface Answering {
  readonly args: { readonly wanted: Wanted; readonly yes: boolean; readonly json: boolean; readonly state: string }
  readonly verb: string
  send(device: LinkedDevice, shown: ShownApproval): Promise<DecisionOutcome>
}

const answerWith = ({ args, verb, send }: Answering, terminal: Terminal): Promise<ExitCode> =>
  withPhone(args.state, async (device) => {
    const shown = await findRequest(device, args.wanted, terminal)
    if (!args.json) terminal.print(requestText(shown, device.serverNow()))
    if (!args.yes) await confirm(`${verb}?`, terminal)
    const outcome = await send(device, shown)
    if (args.json) terminal.print(outcomeJson(shown, outcome))
    else if (outcome.outcome === 'decided') terminal.print(outcomeText(outcome))
    else terminal.complain(outcomeText(outcome))
    return outcome.outcome === 'decided' ? exitCodes.ok : exitCodes.refused
  })

interface Given {
  readonly values: { readonly wait?: string; readonly yes: boolean; readonly json: boolean; readonly state?: string }
  readonly positionals: readonly string[]
}

function argsOf({ values, positionals }: Given): Answering['args'] {
  if (positionals.length > 1) throw new UsageFault('One request is answered at a time.')
  const { yes, json } = values
  return { wanted: { approval: positionals[0], wait: secondsOf(values.wait) }, yes, json, state: stateFileOf(values) }
}

function reasonOf(text: string | undefined): DeclineReason | undefined {
  if (text === undefined) return undefined
  const parsed = DeclineReason.safeParse(text)
  if (!parsed.success) throw new UsageFault('--reason is not-me, wrong-details or changed-mind.')
  return parsed.data
}

/** The number that the person picks: given, or asked for. A slip that the phone does not even offer costs nothing. */
async function numberFor(
  shown: ShownApproval,
  given: string | undefined,
  terminal: Terminal,
): Promise<string | undefined> {
  const { numbers } = shown
  if (numbers === null) return undefined
  const number = given ?? (await terminal.ask({ text: `Which number is on the page (${numbers.join(', ')})?` })).trim()
  if (!numbers.some((offered) => offered === number))
    throw new UsageFault(`The number is one of ${numbers.join(', ')}.`)
  return number
}

export const approve: Command = {
  usage: 'phone approve [APPROVAL] [--number NUMBER]',
  summary: 'Approve a request, with the passcode.',
  help: `${help}
  --number       the number on the page; asked for where it is left out

The passcode is asked for, or read from COUNTERSIGN_PASSCODE.`,
  async run(args, terminal) {
    const given = parseArgs({ args, options: { ...options, number: { type: 'string' } }, allowPositionals: true })
    const send = async (device: LinkedDevice, shown: ShownApproval) => {
      const number = await numberFor(shown, given.values.number, terminal)
      return device.approve(shown, await terminal.ask(passcodeQuestion), number)
    }
    return answerWith({ args: argsOf(given), verb: 'Approve', send }, terminal)
  },
}

export const decline: Command = {
  usage: 'phone decline [APPROVAL] [--reason REASON]',
  summary: 'Decline a request.',
  help: `${help}
  --reason       not-me, wrong-details or changed-mind`,
  async run(args, terminal) {
    const given = parseArgs({ args, options: { ...options, reason: { type: 'string' } }, allowPositionals: true })
    const reason = reasonOf(given.values.reason)
    const send = (device: LinkedDevice, shown: ShownApproval) => device.decline(shown, reason)
    return answerWith({ args: argsOf(given), verb: 'Decline', send }, terminal)
  },
}
