/** `countersign phone code` */
import { parseArgs } from 'node:util'
import { isChallenge } from '@countersign/device'
import type { Command } from '../command.ts'
import { exitCodes, UsageFault } from '../exit.ts'
import { passcodeQuestion, stateFileOf, stateHelp, stateOption, withPhone } from './virtual-phone.ts'

export const code: Command = {
  usage: 'phone code CHALLENGE',
  summary: 'Make the response to a code on a page, without network.',
  help: `
  CHALLENGE      the eight digits on the page
${stateHelp}

Prints the eight digits to type on the page. A wrong passcode gives digits too: only the server can tell.`,
  async run(args, terminal) {
    const { values, positionals } = parseArgs({ args, options: stateOption, allowPositionals: true })
    const challenge = positionals.join('')
    if (!isChallenge(challenge)) throw new UsageFault('A code from a page has eight digits and does not begin with 0.')
    await withPhone(stateFileOf(values), async (device) => {
      const { response } = await device.responseFor(challenge, await terminal.ask(passcodeQuestion))
      terminal.print(response)
    })
    return exitCodes.ok
  },
}
