/** Strand's configuration: one JSON file, parsed once. */
import { readFileSync } from 'node:fs'
import * as z from 'zod'

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Whether plain http may be used: only where nothing leaves this machine. */
export const isLoopback = (url: URL): boolean => loopback.has(url.hostname)

const isSafe = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))
}
const SiteUrl = z.string().refine(isSafe, 'must be an https address, or http on localhost')

const isOrigin = (text: string): boolean => !URL.canParse(text) || new URL(text).origin === text

const StrandConfig = z.strictObject({
  /** The OpenID Connect issuer, exactly as it names itself. */
  issuer: SiteUrl.refine(isOrigin, 'must have no path and no slash at its end'),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  /** For asking Countersign, which is at the issuer's address. */
  apiKey: z.string().regex(/^csk_[a-z0-9]{12}_[\w-]{43}$/, 'must be an API key'),
  /** Where browsers find Strand; the issuer knows `{url}/callback` and `{url}/`. */
  url: SiteUrl.refine(isOrigin, 'must have no path and no slash at its end'),
  listen: z.strictObject({ host: z.string().min(1), port: z.int().min(0).max(65_535) }),
  /** A directory for `strand.db`, made when missing. */
  dataDir: z.string().min(1),
  supportEmail: z.email().default('support@strand.example'),
  /** In öre, by e-mail: what a customer of the demo finds on the account at the first visit. */
  openingBalances: z
    .record(z.email(), z.int())
    .default({})
    .transform((balances) => new Map(Object.entries(balances))),
})
export type StrandConfig = z.output<typeof StrandConfig>
export type StrandConfigInput = z.input<typeof StrandConfig>

/** Something outside of the program is wrong. The message is one sentence for whoever started it. */
export class StartFault extends Error {}

/** @throws StartFault naming every fault by its place; never a value, which may be secret */
export function parseConfig(value: unknown): StrandConfig {
  const parsed = StrandConfig.safeParse(value)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`)
  throw new StartFault(`Strand's configuration is not right: ${faults.join('; ')}.`)
}

/** @throws StartFault when the file is missing, is not JSON or is not a configuration */
export function readConfig(path: string | undefined): StrandConfig {
  if (path === undefined) throw new StartFault('Strand is started with the path of its configuration: a JSON file.')
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    throw new StartFault(`Strand's configuration ${path} cannot be read.`)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new StartFault(`Strand's configuration ${path} is not JSON.`)
  }
  return parseConfig(value)
}
