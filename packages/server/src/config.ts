/**
 * The configuration: what an operator decides, parsed once, every fault named at once.
 *
 * The environment can only describe a production server. A `Config` with `demo` set is made by the demo's own code and
 * by tests, and by nothing that an environment variable could switch on.
 */
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { fromBase64url } from '@countersign/protocol'
import { type CountryCode, isSupportedCountry } from 'libphonenumber-js'
import { z } from 'zod'
import { type PushConfig, pushHosts, usualPushHosts } from './push-settings.ts'
import { parseSms, type SmsConfig, smsVariables } from './sms-settings.ts'

export type { SmsConfig } from './sms-settings.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

/** 32 random bytes each; the first one seals, all of them open. */
export type MasterKeys = readonly [Uint8Array, ...Uint8Array[]]

export interface Config {
  /** The origin of API and sign-in pages, without a slash at its end. It is also the OpenID Connect issuer. */
  readonly issuer: string
  /** The origin of the phone app. */
  readonly phoneUrl: string
  /** As `openDatabase` takes it. */
  readonly databaseUrl: string
  /** Every one of them serves both origins, told apart by the request's Host. */
  readonly listen: readonly Address[]
  readonly masterKeys: MasterKeys
  readonly brand: { readonly name: string; readonly supportEmail: string }
  /** Apps older than this are told to update. */
  readonly minimumAppVersion: string
  readonly sms: SmsConfig
  /** ISO 3166-1 alpha-2: SMS go to numbers of these countries alone. */
  readonly smsCountries: readonly CountryCode[]
  readonly push: PushConfig
  /** Origins that pushes and webhooks may go to beside the internet's: exactly these. */
  readonly outbound: { readonly origins: readonly string[] }
  readonly demo: boolean
}

export type Environment = Readonly<Record<string, string | undefined>>

/** The first app version that speaks what this server speaks. */
const minimumAppVersion = '0.1.0'

const origin = z.string().transform((text, context) => {
  const url = URL.parse(text)
  const bare = url && [url.origin, `${url.origin}/`].includes(text)
  if (bare && url.protocol === 'https:') return url.origin
  context.addIssue('must be an https origin without a path, such as https://id.example.com')
  return z.NEVER
})

const list = (text: string): string[] => text.split(/[\s,]+/).filter((part) => part !== '')

const origins = z.string().transform((text, context): readonly string[] => {
  const parsed = list(text).map((one) => origin.safeParse(one).data)
  const good = parsed.filter((one) => one !== undefined)
  if (good.length === parsed.length) return good
  context.addIssue('must be https origins with commas between them, such as https://hooks.intranet.example:8443')
  return z.NEVER
})

const addresses = z.string().transform((text, context) => {
  const parsed = list(text).map(parseAddress)
  const good = parsed.filter((address) => address !== null)
  if (good.length > 0 && good.length === parsed.length) return good
  context.addIssue('must be addresses with ports, such as 127.0.0.1:8080 or [::1]:8080, with commas between them')
  return z.NEVER
})

function parseAddress(text: string): Address | null {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text)
  const host = match?.[1] ?? match?.[2] ?? ''
  const port = Number(match?.[3])
  return (isIP(host) > 0 || host === 'localhost') && port >= 1 && port <= 65_535 ? { host, port } : null
}

const masterKeys = z.string().transform((text, context): MasterKeys => {
  const [first, ...rest] = list(text).map(parseMasterKey)
  if (first && rest.every((key) => key !== null)) return [first, ...rest]
  context.addIssue('must be 32 random bytes in base64url (43 characters); for a rotation several, the new one first')
  return z.NEVER
})

function parseMasterKey(text: string): Uint8Array | null {
  try {
    const key = fromBase64url(text)
    const isRepeated = key.every((byte) => byte === key[0])
    return key.length === 32 && !isRepeated ? key : null
  } catch {
    return null
  }
}

const countries = z.string().transform((text, context) => {
  const codes = list(text.toUpperCase())
  const known = codes.filter((code) => isSupportedCountry(code))
  if (known.length > 0 && known.length === codes.length) return known
  context.addIssue('must be two-letter country codes with commas between them, such as SE,NO')
  return z.NEVER
})

const databaseUrl = z
  .string()
  .refine(
    (text) => /^postgres(ql)?:\/\//.test(text) || (/^sqlite:./.test(text) && text !== 'sqlite::memory:'),
    'must be sqlite:/path/to/file.db or postgres://user:password@host/database',
  )

const missing = (what: string) => ({ error: `is missing: ${what}` })

/** The variables that stand for themselves. */
const Variables = z.object({
  COUNTERSIGN_PUBLIC_URL: z
    .string(missing('the https origin of this server, such as https://id.example.com'))
    .pipe(origin),
  COUNTERSIGN_PHONE_URL: z
    .string(missing('the https origin of the phone app, such as https://app.example.com'))
    .pipe(origin),
  COUNTERSIGN_LISTEN: z.string().default('127.0.0.1:8080').pipe(addresses),
  COUNTERSIGN_DATABASE_URL: databaseUrl.optional(),
  COUNTERSIGN_DATA_DIR: z.string().default('.countersign'),
  COUNTERSIGN_SMS_COUNTRIES: z.string().default('SE,NO,DK,FI').pipe(countries),
  COUNTERSIGN_PUSH_HOSTS: z.string().default('').pipe(pushHosts),
  COUNTERSIGN_OUTBOUND_ORIGINS: z.string().default('').pipe(origins),
  COUNTERSIGN_SUPPORT_EMAIL: z
    .string(missing('where people who are stuck write to'))
    .pipe(z.email('must be an e-mail address')),
  COUNTERSIGN_NAME: z.string().trim().max(40, 'must have 40 characters at most').default('Countersign'),
})

const otherNames = ['COUNTERSIGN_MASTER_KEY', 'COUNTERSIGN_MASTER_KEY_FILE', ...smsVariables]

/**
 * The configuration in `environment`, or a sentence for every fault in it. An empty variable counts as one that is not
 * set. No sentence repeats a value: it may be a secret.
 *
 * `readFile` gives the text of a file, and throws when there is none.
 */
export function parseConfig(
  environment: Environment,
  readFile: (path: string) => string,
): { readonly ok: Config } | { readonly faults: readonly string[] } {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''))
  const variables = Variables.safeParse(set)
  const keys = readMasterKeys(set, readFile)
  const sms = parseSms(set)
  const faults = [
    ...(variables.error?.issues ?? []).map((issue) => `${issue.path.join('.')} ${issue.message}.`),
    ...('faults' in sms ? sms.faults : []),
    ...('fault' in keys ? [keys.fault] : []),
    ...unknownNames(set).map((name) => `${name} is not a variable of this version: correct or remove it.`),
    ...sameOrigin(set),
  ]
  if (faults.length > 0 || !variables.success || 'fault' in keys || 'faults' in sms) return { faults }
  return { ok: toConfig(variables.data, keys.masterKeys, sms.ok) }
}

function toConfig(variables: z.infer<typeof Variables>, keys: MasterKeys, sms: SmsConfig): Config {
  return {
    issuer: variables.COUNTERSIGN_PUBLIC_URL,
    phoneUrl: variables.COUNTERSIGN_PHONE_URL,
    databaseUrl:
      variables.COUNTERSIGN_DATABASE_URL ?? `sqlite:${resolve(variables.COUNTERSIGN_DATA_DIR, 'countersign.db')}`,
    listen: variables.COUNTERSIGN_LISTEN,
    masterKeys: keys,
    brand: { name: variables.COUNTERSIGN_NAME, supportEmail: variables.COUNTERSIGN_SUPPORT_EMAIL },
    minimumAppVersion,
    sms,
    smsCountries: variables.COUNTERSIGN_SMS_COUNTRIES,
    push: { hosts: [...usualPushHosts, ...variables.COUNTERSIGN_PUSH_HOSTS] },
    outbound: { origins: variables.COUNTERSIGN_OUTBOUND_ORIGINS },
    demo: false,
  }
}

function readMasterKeys(
  { COUNTERSIGN_MASTER_KEY: text, COUNTERSIGN_MASTER_KEY_FILE: path }: Environment,
  readFile: (path: string) => string,
): { masterKeys: MasterKeys } | { fault: string } {
  if (text !== undefined && path !== undefined) {
    return { fault: 'COUNTERSIGN_MASTER_KEY and COUNTERSIGN_MASTER_KEY_FILE are both set: set one of them.' }
  }
  if (text !== undefined) return parseMasterKeys('COUNTERSIGN_MASTER_KEY', text)
  if (path === undefined) {
    return {
      fault:
        'COUNTERSIGN_MASTER_KEY_FILE or COUNTERSIGN_MASTER_KEY is missing: 32 random bytes in base64url, which open the secrets in the database.',
    }
  }
  try {
    return parseMasterKeys('COUNTERSIGN_MASTER_KEY_FILE', readFile(path))
  } catch {
    return { fault: `COUNTERSIGN_MASTER_KEY_FILE names a file that cannot be read: ${path}.` }
  }
}

function parseMasterKeys(name: string, text: string): { masterKeys: MasterKeys } | { fault: string } {
  const parsed = masterKeys.safeParse(text)
  return parsed.success ? { masterKeys: parsed.data } : { fault: `${name} ${parsed.error.issues[0]?.message}.` }
}

/** A name that is misspelt would be a decision of the operator's that nobody hears of. */
const unknownNames = (set: Environment): string[] => {
  const known = new Set([...Object.keys(Variables.shape), ...otherNames])
  return Object.keys(set).filter((name) => name.startsWith('COUNTERSIGN_') && !known.has(name))
}

/** The keys of the phone app must be out of reach of the pages of the server: that is, on another origin. */
function sameOrigin(set: Environment): string[] {
  const [server, phone] = [origin.safeParse(set.COUNTERSIGN_PUBLIC_URL), origin.safeParse(set.COUNTERSIGN_PHONE_URL)]
  if (!server.success || !phone.success || server.data !== phone.data) return []
  return ['COUNTERSIGN_PHONE_URL must be another origin than COUNTERSIGN_PUBLIC_URL.']
}
