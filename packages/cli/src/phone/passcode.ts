/** `countersign phone passcode` */
import { parseArgs } from 'node:util'
import { startRenewal } from '@countersign/device'
import type { Command } from '../command.ts'
import { exitCodes, NotDone } from '../exit.ts'
import { sentenceOfCode } from '../words.ts'
import { checkPasscode } from './link.ts'
import { keepDevice } from './state-file.ts'
import { deviceOptions, passcodeQuestion, stateFileOf, stateHelp, stateOption, withPhone } from './virtual-phone.ts'

const nothing = 'Nothing was changed.'

export const passcode: Command = {
  usage: 'phone passcode',
  summary: 'Change the passcode of this phone.',
  help: `
${stateHelp}

The passcode of now and the new one are asked for, or read from COUNTERSIGN_PASSCODE and COUNTERSIGN_NEW_PASSCODE.`,
  async run(args, terminal) {
    const { values } = parseArgs({ args, options: stateOption })
    const path = stateFileOf(values)
    await withPhone(path, async ({ stored }) => {
      const current = await terminal.ask({ ...passcodeQuestion, text: 'Passcode of now' })
      const begun = await startRenewal(stored, deviceOptions, current)
      if (begun.outcome === 'blocked') throw new NotDone(`${sentenceOfCode('device_blocked')} ${nothing}`)
      if (begun.outcome === 'unlock_failed') {
        throw new NotDone(`The passcode is wrong. ${nothing} Tries left: ${begun.triesLeft}.`)
      }
      const chosen = await terminal.ask({
        text: 'Choose a new passcode of six digits',
        variable: 'COUNTERSIGN_NEW_PASSCODE',
        hidden: true,
      })
      if (chosen === current) throw new NotDone(`That is the passcode of now. ${nothing}`)
      const next = checkPasscode(chosen, nothing)
      await begun.renewal.finish({ passcode: next, credential: null, keep: keepDevice(path) })
    })
    terminal.print('The passcode is changed. The old one does not work any more.')
    return exitCodes.ok
  },
}
