/**
 * The `countersign` command: which commands there are, and how each one ends.
 *
 * Promises one sentence for everything that can go wrong, and the exit codes that `--help` names. Must never take a
 * secret as an argument: arguments are seen by every process of the machine.
 */
import { NetworkFailed, RequestRefused, ServerNotTrusted } from '@countersign/device'
import { type ExitCode, exitCodes, NotDone, UsageFault } from './exit.ts'
import { plain, type Terminal } from './terminal.ts'
import { sentenceOf } from './words.ts'

/** One command. `args` are what follows its name. */
export interface Command {
  /** How it is written, without `countersign`. */
  readonly usage: string
  /** One line. */
  readonly summary: string
  /** What `--help` says below the usage. */
  readonly help: string
  run(args: string[], terminal: Terminal): Promise<ExitCode>
}

// Loaded when asked for: a virtual phone needs nothing of the server's code.
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve.ts')).serve,
  'account add': async () => (await import('./account.ts')).addAccountCommand,
  'account import': async () => (await import('./account.ts')).importAccountsCommand,
  'account disable': async () => (await import('./account.ts')).disableAccountCommand,
  'application add': async () => (await import('./application.ts')).addApplicationCommand,
  'application key': async () => (await import('./application.ts')).addKeyCommand,
  'application keys': async () => (await import('./application.ts')).listKeysCommand,
  'application rotate-key': async () => (await import('./application.ts')).rotateKeyCommand,
  'application revoke-key': async () => (await import('./application.ts')).revokeKeyCommand,
  'keys rotate': async () => (await import('./keys.ts')).rotateKeysCommand,
  'push-keys rotate': async () => (await import('./push-keys.ts')).rotatePushKeysCommand,
  'receipt verify': async () => (await import('./receipt.ts')).verifyReceiptCommand,
  'phone link': async () => (await import('./phone/link.ts')).link,
  'phone watch': async () => (await import('./phone/watch.ts')).watch,
  'phone approve': async () => (await import('./phone/answer.ts')).approve,
  'phone decline': async () => (await import('./phone/answer.ts')).decline,
  'phone code': async () => (await import('./phone/code.ts')).code,
  'phone passcode': async () => (await import('./phone/passcode.ts')).passcode,
  'phone unlink': async () => (await import('./phone/unlink.ts')).unlink,
}

export const commandNames = Object.keys(commands)

const exitHelp = `Exit codes
  0  done
  1  refused: understood, and not done
  2  the command, its configuration or its files are not as they must be
  3  the server could not be reached, or its answer got lost`

const asksForHelp = (argument: string | undefined) => argument === '--help' || argument === '-h' || argument === 'help'

async function helpOf(group: string | undefined): Promise<string> {
  const named = commandNames.filter((name) => group === undefined || name.split(' ')[0] === group)
  const loaded = await Promise.all(named.map(async (name) => commands[name]?.()))
  const rows = loaded.filter((command) => command !== undefined)
  const width = Math.max(...rows.map(({ usage }) => usage.length))
  const list = rows.map(({ usage, summary }) => `  countersign ${usage.padEnd(width)}  ${summary}`)
  return `${list.join('\n')}\n\n"countersign COMMAND --help" says more.\n\n${exitHelp}`
}

const commandHelp = ({ usage, summary, help }: Command) =>
  `countersign ${usage}\n\n${summary}\n\n${help.trim()}\n\n${exitHelp}`

async function runNamed(args: string[], terminal: Terminal): Promise<ExitCode> {
  const [first, second] = args
  if (first === undefined || asksForHelp(first)) {
    terminal.print(await helpOf(undefined))
    return first === undefined ? exitCodes.usage : exitCodes.ok
  }
  const isGroup = commandNames.some((name) => name.startsWith(`${first} `))
  if (isGroup && (second === undefined || asksForHelp(second))) {
    terminal.print(await helpOf(first))
    return second === undefined ? exitCodes.usage : exitCodes.ok
  }
  const name = isGroup ? `${first} ${second}` : first
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (load === undefined) throw new UsageFault(`There is no command "${name}". "countersign --help" names all.`)
  const rest = args.slice(isGroup ? 2 : 1)
  const command = await load()
  if (rest.some((argument) => argument === '--help' || argument === '-h')) {
    terminal.print(commandHelp(command))
    return exitCodes.ok
  }
  return command.run(rest, terminal)
}

// node:util's parseArgs says in one sentence what was wrong with the arguments.
const isArgumentFault = (error: unknown): error is Error =>
  error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_')

function endingOf(error: unknown): { readonly sentence: string; readonly code: ExitCode } | null {
  if (error instanceof UsageFault) return { sentence: error.message, code: exitCodes.usage }
  if (isArgumentFault(error)) return { sentence: error.message, code: exitCodes.usage }
  if (error instanceof NotDone) return { sentence: error.message, code: exitCodes.refused }
  if (error instanceof RequestRefused) return { sentence: sentenceOf(error), code: exitCodes.refused }
  if (error instanceof ServerNotTrusted) return { sentence: error.message, code: exitCodes.refused }
  if (error instanceof NetworkFailed) {
    return { sentence: `${error.message} Whether anything was done is not known; try again.`, code: exitCodes.network }
  }
  return null
}

/** Runs one command to its end. Never throws but for a bug. */
export async function run(args: string[], terminal: Terminal): Promise<ExitCode> {
  try {
    return await runNamed(args, terminal)
  } catch (error) {
    if (terminal.signal.aborted && error === terminal.signal.reason) return exitCodes.refused
    const ending = endingOf(error)
    if (ending === null) throw error
    terminal.complain(plain(ending.sentence))
    return ending.code
  }
}
