/** `countersign phone watch` */
import { parseArgs } from 'node:util'
import type { LinkedDevice, ListedApprovals } from '@countersign/device'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit.ts'
import type { Terminal } from '../terminal.ts'
import { refusedText, requestText } from './show.ts'
import { stateFileOf, stateHelp, stateOption, withPhone } from './virtual-phone.ts'

/** Says what happens to requests. */
interface Reporter {
  /** A request, or a new round of one. */
  came(shown: ListedApprovals['approvals'][number]): void
  refused(refused: ListedApprovals['refused'][number]): void
  /** A request that no longer waits, however it ended. */
  went(approval: string): void
  disconnected(message: string): void
}

const plainReporter = (terminal: Terminal, device: LinkedDevice): Reporter => ({
  came: (shown) =>
    terminal.print(
      `\n${requestText(shown, device.serverNow())}
  To answer:  countersign phone approve ${shown.approval}
              countersign phone decline ${shown.approval}`,
    ),
  refused: (refused) => terminal.print(`\n${refusedText(refused)}`),
  went: (approval) => terminal.print(`\nNo longer waiting: ${approval}`),
  disconnected: (message) => terminal.complain(`${message} Trying again.`),
})

const jsonReporter = (terminal: Terminal): Reporter => {
  const print = (value: object) => terminal.print(JSON.stringify(value))
  return {
    came: ({ approval, document }) => print({ kind: 'approval', approval, document }),
    refused: ({ approval, fault }) => print({ kind: 'refused', approval, fault }),
    went: (approval) => print({ kind: 'gone', approval }),
    disconnected: (message) => print({ kind: 'disconnected', message }),
  }
}

/** Tells each request once a round, and the server once that this phone has it. */
function createTeller(reporter: Reporter, device: LinkedDevice): (list: ListedApprovals) => void {
  let told = new Map<string, string>()
  return ({ approvals, refused }) => {
    const now = new Map<string, string>()
    for (const shown of approvals) {
      const round = `round ${shown.document.round}`
      now.set(shown.approval, round)
      if (told.get(shown.approval) !== round) reporter.came(shown)
      // Nothing depends on it: what is shown is shown.
      if (!told.has(shown.approval)) void device.confirmReceived(shown.approval, 'stream').catch(() => undefined)
    }
    for (const one of refused) {
      now.set(one.approval, one.fault)
      if (told.get(one.approval) !== one.fault) reporter.refused(one)
    }
    for (const approval of told.keys()) if (!now.has(approval)) reporter.went(approval)
    told = now
  }
}

export const watch: Command = {
  usage: 'phone watch',
  summary: 'Show requests as they come.',
  help: `
  --json         one JSON object a line: kind approval, gone, refused or disconnected
${stateHelp}

Runs until Ctrl-C.`,
  async run(args, terminal) {
    const { values } = parseArgs({ args, options: { ...stateOption, json: { type: 'boolean', default: false } } })
    await withPhone(stateFileOf(values), async (device) => {
      const { name, account, issuer } = device.stored
      const reporter = values.json ? jsonReporter(terminal) : plainReporter(terminal, device)
      if (!values.json) terminal.print(`"${name}" of ${account.email} waits for requests of ${issuer}. Ctrl-C ends it.`)
      const tell = createTeller(reporter, device)
      for await (const news of device.watchApprovals(terminal.signal)) {
        if (news.kind === 'approvals') tell(news)
        else reporter.disconnected(news.reason.message)
      }
    })
    return exitCodes.ok
  },
}
