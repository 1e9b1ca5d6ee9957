/** `countersign receipt`: what a receipt proves. Needs no server, no database and no configuration. */
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { NetworkFailed } from '@countersign/device'
import {
  keyIdOf,
  type PublicJwk,
  type ReceiptFault,
  type ReceiptPayload,
  receiptKeysOf,
  verifyReceipt,
} from '@countersign/protocol'
import type { Command } from './command.ts'
import { exitCodes, NotDone, UsageFault } from './exit.ts'
import type { Terminal } from './terminal.ts'

const longestAnswer = 10_000

const textOf = async (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((cause: Error) => {
    throw new UsageFault(`${path} cannot be read: ${cause.message}`)
  })

/** The keys at an address. @throws NetworkFailed */
async function fetchKeys(url: URL, signal: AbortSignal): Promise<string> {
  try {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(longestAnswer)])
    const answer = await fetch(url, { signal: limited, redirect: 'error' })
    if (answer.ok) return await answer.text()
    throw new Error(`status ${answer.status}`)
  } catch (cause) {
    signal.throwIfAborted()
    throw new NetworkFailed(`The keys at ${url.href} could not be fetched.`, { cause })
  }
}

const hostsOfThisMachine = ['localhost', '127.0.0.1', '[::1]']

/** The address in a text, or null where it is a path. @throws UsageFault for one that anybody in between could change */
function addressIn(text: string): URL | null {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) return null
  if (url.protocol === 'http:' && !hostsOfThisMachine.includes(url.hostname)) {
    throw new UsageFault(`${text} must begin with https: who changes the keys on their way can sign receipts.`)
  }
  return url
}

async function readKeys(where: string, signal: AbortSignal): Promise<PublicJwk[]> {
  const address = addressIn(where)
  const text = address === null ? await textOf(where) : await fetchKeys(address, signal)
  try {
    return receiptKeysOf(JSON.parse(text))
  } catch {
    throw new UsageFault(`There are no keys in ${where}: it must be a JWK set, as a server has it at /oidc/jwks.`)
  }
}

const faults: Record<ReceiptFault, string> = {
  signature: 'none of these keys has signed it, or it was changed',
  audience: 'it is of another server, or for another application',
  decision: "the phone's signature in it is missing, or about something else",
}

const unlockedBy: Readonly<Record<string, string>> = {
  pin: 'its passcode',
  fpt: 'a fingerprint',
  face: 'a face',
}

/** Which evidence there is, and how far it reaches. */
function evidenceOf({ evidence, document, amr, iss }: ReceiptPayload): string {
  const unlocked = unlockedBy[amr.at(-1) ?? ''] ?? 'its owner'
  return evidence === 'device-signed'
    ? `The phone ${document.device}, opened by ${unlocked}, signed exactly this`
    : `It was answered by a code of the phone ${document.device}, which ${iss} attests and nobody else can prove`
}

/** What was shown, who signed, which evidence. */
function sentencesOf(receipt: ReceiptPayload, key: string): string {
  const { document, iss, decided } = receipt
  const width = Math.max(0, ...document.lines.map(({ label }) => label.length))
  return [
    `The receipt is true: ${document.account} approved "${document.headline}" for ${document.application.name} (${document.application.id}) at ${decided}.`,
    `${evidenceOf(receipt)}; ${iss} signed the receipt with the key ${key}.`,
    'What was shown:',
    ...document.lines.map(({ label, value }) => `  ${label.padEnd(width)}  ${value}`),
  ].join('\n')
}

const options = {
  jwks: { type: 'string' },
  issuer: { type: 'string' },
  application: { type: 'string' },
} as const

async function verifyFile(args: string[], terminal: Terminal): Promise<string> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options })
  const [file, ...more] = positionals
  if (file === undefined || more.length > 0) throw new UsageFault('Say which file holds the receipt, one.')
  const { issuer, application } = values
  const where = values.jwks ?? (issuer && `${issuer.replace(/\/$/, '')}/oidc/jwks`)
  if (!where) throw new UsageFault('Say who may have signed it: --jwks names the keys, --issuer the server.')
  const receipt = (await textOf(file)).trim()
  const verified = await verifyReceipt(receipt, {
    keys: await readKeys(where, terminal.signal),
    ...(issuer === undefined ? {} : { issuer: issuer.replace(/\/$/, '') }),
    ...(application === undefined ? {} : { application }),
  })
  if (verified.kind === 'invalid') throw new NotDone(`This proves nothing: ${faults[verified.fault]}.`)
  return sentencesOf(verified.receipt, keyIdOf(receipt) ?? '')
}

export const verifyReceiptCommand: Command = {
  usage: 'receipt verify FILE',
  summary: 'Say what a receipt proves, without the server.',
  help: `
  FILE              the receipt, as it was redeemed
  --jwks FILE|URL   the keys that may have signed it, as the server has them at /oidc/jwks; kept in a file, nothing else
                    is needed, also when the server is long gone
  --issuer URL      the server that it must be of; without --jwks its keys are fetched from there
  --application ID  the application that it must be for

Says what was shown, who signed, and whether the phone itself did or the server speaks for it.`,
  async run(args, terminal) {
    terminal.print(await verifyFile(args, terminal))
    return exitCodes.ok
  },
}
