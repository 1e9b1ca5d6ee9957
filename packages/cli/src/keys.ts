/** `countersign keys`: the keys that the server signs with. On the same database as `serve`, which may be running. */
import { parseArgs } from 'node:util'
import { rotateReceiptKey } from '@countersign/server'
import type { Command } from './command.ts'
import { exitCodes, NotDone, UsageFault } from './exit.ts'
import { environmentHelp, withContext } from './with-context.ts'

export const rotateKeysCommand: Command = {
  usage: 'keys rotate receipt',
  summary: 'Make another key for receipts; those that were given out stay true.',
  help: `
Servers that run sign receipts by it at once. The key before it stays at /oidc/jwks, where it verifies the receipts that
it has signed. ${environmentHelp}`,
  async run(args, terminal) {
    const { positionals } = parseArgs({ args, allowPositionals: true })
    if (positionals.join(' ') !== 'receipt') throw new UsageFault('Say which key: receipt.')
    const rotated = await withContext(terminal, rotateReceiptKey)
    if (rotated.kind === 'overtaken') {
      throw new NotDone('Somebody else made another key in this moment. Nothing was done.')
    }
    terminal.print(`Receipts are signed by another key from now on: ${rotated.key}`)
    return exitCodes.ok
  },
}
