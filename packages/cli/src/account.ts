/** `countersign account`: on the same configuration and database as `serve`, which may be running. */
import { readFile } from 'node:fs/promises'
import { text as readAll } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import { addAccount, disableAccount, importAccounts } from '@countersign/server'
import type { Command } from './command.ts'
import { exitCodes, NotDone, UsageFault } from './exit.ts'
import { localeOf } from './locale.ts'
import { environmentHelp, withContext } from './with-context.ts'

export const addAccountCommand: Command = {
  usage: 'account add',
  summary: 'Add an account.',
  help: `
  --email ADDRESS
  --name NAME
  --phone NUMBER   with its country code: +46 70 174 06 05
  --locale sv|en   the language of SMS; en unless told

What is not given is asked for. The password is asked for too, or read from COUNTERSIGN_PASSWORD. ${environmentHelp}`,
  async run(args, terminal) {
    const { values } = parseArgs({
      args,
      options: {
        email: { type: 'string' },
        name: { type: 'string' },
        phone: { type: 'string' },
        locale: { type: 'string', default: 'en' },
      },
    })
    const locale = localeOf(values.locale)
    const email = values.email ?? (await terminal.ask({ text: 'E-mail' }))
    const name = values.name ?? (await terminal.ask({ text: 'Name' }))
    const phoneNumber = values.phone ?? (await terminal.ask({ text: 'Phone number, with its country code' }))
    const password = await terminal.ask({ text: 'Password', variable: 'COUNTERSIGN_PASSWORD', hidden: true })
    const added = await withContext(terminal, (context) =>
      addAccount(context, { email, name, phoneNumber, locale, secret: { password } }),
    )
    if (added.kind === 'refused') throw new NotDone([...added.faults, 'Nothing was added.'].join('\n'))
    terminal.print(`Added ${added.account.email} (${added.account.id}).`)
    return exitCodes.ok
  },
}

async function readSource(path: string): Promise<string> {
  if (path === '-') return readAll(process.stdin)
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new UsageFault(`${path} cannot be read: ${error instanceof Error ? error.message : error}`)
  }
}

export const importAccountsCommand: Command = {
  usage: 'account import FILE',
  summary: 'Add many accounts: all of a file, or none.',
  help: `
  FILE   CSV with a header line, or JSON lines; - is standard input

Columns: email, name, phone (with its country code), locale (sv or en), and password or password_hash (Argon2id, PHC
string). Every fault is named with its line. ${environmentHelp}`,
  async run(args, terminal) {
    const { positionals } = parseArgs({ args, allowPositionals: true })
    const [path, ...more] = positionals
    if (path === undefined || more.length > 0) throw new UsageFault('Say which file, one.')
    const source = await readSource(path)
    const imported = await withContext(terminal, (context) => importAccounts(context, source))
    if (imported.kind === 'refused') {
      const faults = imported.faults.map(({ line, fault }) => `Line ${line}: ${fault}`)
      throw new NotDone([...faults, 'Nothing was added.'].join('\n'))
    }
    terminal.print(`Added ${imported.count} ${imported.count === 1 ? 'account' : 'accounts'}.`)
    return exitCodes.ok
  },
}

export const disableAccountCommand: Command = {
  usage: 'account disable ADDRESS',
  summary: 'Disable an account for good; what waits for its phone ends.',
  help: environmentHelp,
  async run(args, terminal) {
    const { positionals } = parseArgs({ args, allowPositionals: true })
    const [email, ...more] = positionals
    if (email === undefined || more.length > 0) throw new UsageFault('Say which account, by its e-mail address.')
    const disabled = await withContext(terminal, (context) => disableAccount(context, email))
    if (disabled.kind === 'unknown') throw new NotDone(`There is no account with the address ${email}.`)
    terminal.print(`Disabled ${email}.`)
    return exitCodes.ok
  },
}
