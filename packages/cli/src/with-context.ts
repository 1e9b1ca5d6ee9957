/** For commands that work on the server's database, on the same configuration as `serve`. */
import { type Context, openContext, readConfig } from '@countersign/server'
import { withServerFaults } from './server-faults.ts'
import type { Terminal } from './terminal.ts'

/** What the command line reads from the environment for itself; the server would take them for slips of the pen. */
const ownVariables = new Set(['COUNTERSIGN_PASSWORD', 'COUNTERSIGN_PASSCODE', 'COUNTERSIGN_SMS_CODE'])

const serverEnvironment = (environment: Terminal['environment']) =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !ownVariables.has(name)))

/** Opens the server's database, which a running server may have open too, and closes it after the work. */
export async function withContext<Result>(
  terminal: Terminal,
  work: (context: Context) => Promise<Result>,
): Promise<Result> {
  const context = await withServerFaults(async () =>
    openContext(readConfig(serverEnvironment(terminal.environment)), { logLevel: 'warn' }),
  )
  try {
    return await work(context)
  } finally {
    await context.close()
  }
}

/** For `--help` of every command that does. */
export const environmentHelp = 'Needs the environment that "countersign serve" has.'
