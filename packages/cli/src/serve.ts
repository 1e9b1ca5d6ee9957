/** `countersign serve`: the production start. */
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { serve as start } from '@countersign/server'
import type { Command } from './command.ts'
import { exitCodes } from './exit.ts'
import { withServerFaults } from './server-faults.ts'

export const serve: Command = {
  usage: 'serve',
  summary: 'Run the server, configured by the environment.',
  help: `
Every fault of the configuration is named at once, and nothing is started then. docs/operate/production.md lists the
variables. Ctrl-C or SIGTERM ends it: what is under way is finished first.`,
  async run(args, terminal) {
    parseArgs({ args })
    const running = await withServerFaults(() => start(terminal.environment))
    terminal.complain(`Serving ${running.context.config.issuer}.`)
    if (!terminal.signal.aborted) await once(terminal.signal, 'abort')
    await running.close()
    return exitCodes.ok
  },
}
