/** `countersign phone unlink` */
import { parseArgs } from 'node:util'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit.ts'
import { forgetDevice } from './state-file.ts'
import { stateFileOf, stateHelp, stateOption, withPhone } from './virtual-phone.ts'

export const unlink: Command = {
  usage: 'phone unlink',
  summary: 'Remove this phone from its account, and its state file.',
  help: stateHelp,
  async run(args, terminal) {
    const { values } = parseArgs({ args, options: stateOption })
    const path = stateFileOf(values)
    await withPhone(path, (device) => device.removeDevice())
    await forgetDevice(path)
    terminal.print(`Unlinked. ${path} is gone.`)
    return exitCodes.ok
  },
}
