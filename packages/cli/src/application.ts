/** `countersign application`: on the same configuration and database as `serve`, which may be running. */
import { parseArgs } from 'node:util'
import {
  addApiKey,
  addApplication,
  listApiKeys,
  revokeApiKey,
  rotateApiKey,
  Scope,
  scopes,
  usualStartsPerMinute,
} from '@countersign/server'
import type { Command } from './command.ts'
import { exitCodes, NotDone, UsageFault } from './exit.ts'
import { environmentHelp, withContext } from './with-context.ts'

const one = (positionals: readonly string[], what: string): string => {
  const [value, ...more] = positionals
  if (value === undefined || more.length > 0) throw new UsageFault(`Say which ${what}, one.`)
  return value
}

const wholeNumber = (text: string, what: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new UsageFault(`${what} must be a whole number.`)
  return Number(text)
}

export const addApplicationCommand: Command = {
  usage: 'application add ID',
  summary: 'Register an application: a site that people log in to, or that asks for approvals.',
  help: `
  ID                    lower-case letters, digits and hyphens; the OAuth client id
  --name NAME           as people know it
  --redirect-uri URI    where a login comes back to; may be given more than once
  --after-logout URI    where a browser goes after logging out; may be given more than once
  --approvals           it may ask for approvals by itself
  --page-origin ORIGIN  where its pages are that wait for an approval; the origins of the redirect URIs unless told
  --per-minute COUNT    approvals that it may start in a minute, over all accounts; ${usualStartsPerMinute} unless told

The client secret is printed once, and with --approvals an API key too. ${environmentHelp}`,
  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        name: { type: 'string' },
        'redirect-uri': { type: 'string', multiple: true, default: [] },
        'after-logout': { type: 'string', multiple: true, default: [] },
        approvals: { type: 'boolean', default: false },
        'page-origin': { type: 'string', multiple: true },
        'per-minute': { type: 'string', default: String(usualStartsPerMinute) },
      },
    })
    const id = one(positionals, 'application')
    const name = values.name ?? (await terminal.ask({ text: 'Name' }))
    const origins = values['page-origin']
    const startsPerMinute = wholeNumber(values['per-minute'], '--per-minute')
    const { added, key } = await withContext(terminal, async (context) => {
      const added = await addApplication(context, {
        id,
        name,
        redirectUris: values['redirect-uri'],
        postLogoutRedirectUris: values['after-logout'],
        startsApprovals: values.approvals,
        startsPerMinute,
        ...(origins === undefined ? {} : { pageOrigins: origins }),
      })
      const isAsking = added.kind === 'added' && values.approvals
      return { added, key: isAsking ? await addApiKey(context, id, scopes) : null }
    })
    if (added.kind === 'refused') throw new NotDone([...added.faults, 'Nothing was added.'].join('\n'))
    terminal.print(`Added ${id}. What follows is shown once.\nClient secret: ${added.secret}`)
    if (key !== null) terminal.print(`API key: ${key.key}`)
    return exitCodes.ok
  },
}

const scopeOf = (text: string): Scope => {
  const scope = Scope.safeParse(text)
  if (!scope.success) throw new UsageFault(`There is no scope "${text}". There are: ${scopes.join(', ')}.`)
  return scope.data
}

export const addKeyCommand: Command = {
  usage: 'application key ID',
  summary: 'Make an API key of an application.',
  help: `
  ID             the application
  --scope SCOPE  what it may do: ${scopes.join(', ')}; all of them unless told; may be given more than once

The key is printed once. ${environmentHelp}`,
  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { scope: { type: 'string', multiple: true } },
    })
    const id = one(positionals, 'application')
    const wanted = values.scope?.map(scopeOf) ?? scopes
    const key = await withContext(terminal, (context) => addApiKey(context, id, wanted))
    if (key === null) throw new NotDone(`There is no application ${id}.`)
    terminal.print(`API key ${key.id}, shown once: ${key.key}`)
    return exitCodes.ok
  },
}

export const listKeysCommand: Command = {
  usage: 'application keys ID',
  summary: 'List the API keys of an application that are in force.',
  help: environmentHelp,
  async run(args, terminal) {
    const { positionals } = parseArgs({ args, allowPositionals: true })
    const keys = await withContext(terminal, (context) => listApiKeys(context, one(positionals, 'application')))
    const moment = (ms: number) => new Date(ms).toISOString()
    for (const key of keys) {
      const end = key.expiresAt === null ? '' : `, ends ${moment(key.expiresAt)}`
      terminal.print(`${key.id}  ${key.scopes.join(' ')}  made ${moment(key.createdAt)}${end}`)
    }
    if (keys.length === 0) terminal.print('No key is in force.')
    return exitCodes.ok
  },
}

export const rotateKeyCommand: Command = {
  usage: 'application rotate-key KEY',
  summary: 'Make a new API key in place of one, which goes on for a while.',
  help: `
  KEY            the id of the key: what stands between csk_ and the next _
  --hours COUNT  how long the old one goes on; 24 unless told

The new key may do what the old one may, and is printed once. ${environmentHelp}`,
  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { hours: { type: 'string', default: '24' } },
    })
    const id = one(positionals, 'key')
    const hours = wholeNumber(values.hours, '--hours')
    const key = await withContext(terminal, (context) => rotateApiKey(context, id, hours * 3_600_000))
    if (key === null) throw new NotDone(`No key ${id} is in force for longer than that.`)
    terminal.print(`API key ${key.id}, shown once: ${key.key}\n${id} ends in ${hours} hours.`)
    return exitCodes.ok
  },
}

export const revokeKeyCommand: Command = {
  usage: 'application revoke-key KEY',
  summary: 'End an API key at once.',
  help: `
  KEY   the id of the key: what stands between csk_ and the next _

${environmentHelp}`,
  async run(args, terminal) {
    const { positionals } = parseArgs({ args, allowPositionals: true })
    const id = one(positionals, 'key')
    const wasInForce = await withContext(terminal, (context) => revokeApiKey(context, id))
    if (!wasInForce) throw new NotDone(`No key ${id} is in force.`)
    terminal.print(`${id} has ended.`)
    return exitCodes.ok
  },
}
