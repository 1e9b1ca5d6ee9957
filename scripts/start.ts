/**
 * `npm start`: the server with its demo accounts, the phone app, and Strand, on this machine alone.
 *
 * Builds the pages that have changed, starts two programs (the server, which serves the phone app too, and Strand), and
 * says what to open. Everything it keeps lies in `.countersign/`.
 */
import { join } from 'node:path'
import { buildPages } from './pages.ts'
import { folderFault, portFault } from './preflight.ts'
import { Programs } from './programs.ts'
import { dataFolder } from './root.ts'

const ports = [4000, 4001, 4002]

interface DemoAccount {
  readonly email: string
  readonly password: string
}

function isDemoAccount(value: unknown): value is DemoAccount {
  return typeof value === 'object' && value !== null && 'email' in value && 'password' in value
}

/** The accounts to try it with, from what the demo server sends once it answers: `{ kind: 'ready', accounts }`. */
function accountsOf(message: unknown): readonly DemoAccount[] {
  if (typeof message !== 'object' || message === null || !('accounts' in message)) return []
  return Array.isArray(message.accounts) ? message.accounts.filter(isDemoAccount) : []
}

function welcome(accounts: readonly DemoAccount[], seconds: number): string {
  const people = accounts.map(({ email, password }) => `    ${email.padEnd(24)} password: ${password}`)
  return `
Countersign runs (started in ${seconds.toFixed(1)} s). Open these two side by side:

    http://localhost:4001    the phone app: link this phone to an account first
    http://localhost:4002    Strand, the account site: then log in, and approve on the phone

Text messages arrive at http://localhost:4000/dev/sms. The accounts, each with its password:

${people.join('\n')}

Ctrl-C stops it. What it keeps lies in .countersign/; delete that folder to begin anew.
`
}

async function start(): Promise<number> {
  const fault = folderFault(dataFolder) ?? (await portFault(ports))
  if (fault !== null) {
    console.error(fault)
    return 1
  }
  if (!(await buildPages())) {
    console.error('Nothing was started.')
    return 1
  }

  const programs = new Programs({ ...process.env, NODE_COMPILE_CACHE: join(dataFolder, 'compile-cache') })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => programs.stop(0))

  const accounts = accountsOf(
    await programs.start({ name: 'The server', file: 'packages/server/src/demo/main.ts', args: [dataFolder] }),
  )
  if (!programs.ending) {
    await programs.start({
      name: 'Strand',
      file: 'examples/strand/src/main.ts',
      args: [join(dataFolder, 'strand.json')],
    })
  }
  if (!programs.ending) {
    programs.running = true
    console.log(welcome(accounts, performance.now() / 1000))
  }
  const exitCode = await programs.over
  if (exitCode === 0) console.log('Stopped.')
  return exitCode
}

process.exitCode = await start()
