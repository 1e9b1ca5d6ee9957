/** `countersign phone unlink` */
import { parseArgs } from 'node:util'
import { RequestRefused } from '@countersign/device'
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
    await withPhone(path, async (device) => {
      try {
        await device.removeDevice()
      } catch (error) {
        // Removed already, by somebody else or by an answer that got lost.
        if (!(error instanceof RequestRefused) || error.code !== 'device_unknown') throw error
      }
    })
    await forgetDevice(path)
    terminal.print(`Unlinked. ${path} is gone.`)
    return exitCodes.ok
  },
}
