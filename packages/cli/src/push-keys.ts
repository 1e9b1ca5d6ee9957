/** `countersign push-keys`: who this server is for push services. On the same database as `serve`, which may be running. */
import { parseArgs } from 'node:util'
import { rotatePushKey } from '@countersign/server'
import type { Command } from './command.ts'
import { exitCodes, NotDone } from './exit.ts'
import { environmentHelp, withContext } from './with-context.ts'

export const rotatePushKeysCommand: Command = {
  usage: 'push-keys rotate',
  summary: 'Make another key for push services; phones change over by themselves.',
  help: `
Servers that run use it at once. The key before it goes on reaching the phones that subscribed for it; each of them
subscribes anew when its app is opened next. It is removed when no phone uses it any more, and after a year.
${environmentHelp}`,
  async run(args, terminal) {
    parseArgs({ args })
    const rotated = await withContext(terminal, rotatePushKey)
    if (rotated.kind === 'overtaken') {
      throw new NotDone('Somebody else made another key in this moment. Nothing was done.')
    }
    const { phones } = rotated
    const follow =
      phones === 1
        ? '1 phone changes over when its app is opened'
        : `${phones} phones change over when their app is opened`
    terminal.print(`Another key is in use. ${follow}; pushes reach them until then.`)
    return exitCodes.ok
  },
}
