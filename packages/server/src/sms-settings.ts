/** How SMS leave, as the operator says it in the environment: one of three gateways, each with settings of its own. */
import { z } from 'zod'

export type SmsConfig =
  /** A gateway that takes `POST {"to", "text"}` as JSON. */
  | { readonly kind: 'http'; readonly url: string; readonly authorization: string }
  /** https://46elks.com. `origin` is that of its API. */
  | {
      readonly kind: '46elks'
      readonly origin: string
      readonly username: string
      readonly password: string
      readonly from: string
    }
  /** https://www.twilio.com. `from` is a number, a name, or the SID of a messaging service. */
  | {
      readonly kind: 'twilio'
      readonly origin: string
      readonly accountSid: string
      readonly authToken: string
      readonly from: string
    }
  /** The inbox of the demo. */
  | { readonly kind: 'demo' }

type Settings = Readonly<Record<string, string | undefined>>

const missing = (what: string) => ({ error: `is missing: ${what}` })

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Codes travel over it: in clear only to this machine. */
function isSafe(text: string): boolean {
  const url = URL.parse(text)
  // A name and password there would end up in errors and logs; headers are the place for them.
  if (url === null || url.username !== '' || url.password !== '') return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopback.has(url.hostname))
}

const originOf = (usual: string) =>
  z
    .string()
    .refine((text) => isSafe(text) && URL.parse(text)?.origin === text, `must be an origin, such as ${usual}`)
    .default(usual)

/** What goes into a header: RFC 7617 allows no colon in a name, and a line break would be another header. */
const credential = (what: string) =>
  z.string(missing(what)).regex(/^[\x21-\x39\x3b-\x7e]+$/, 'must be visible ASCII characters without colons')

const e164 = String.raw`\+[1-9]\d{6,14}`
/** What networks show as a sender: eleven characters at most. */
const senderName = '[A-Za-z][A-Za-z0-9]{2,10}'

const Http = z
  .object({
    COUNTERSIGN_SMS_URL: z
      .string(missing('the URL of the SMS gateway, which takes POST {"to", "text"}'))
      .refine(isSafe, 'must be an https URL'),
    COUNTERSIGN_SMS_AUTHORIZATION: z
      .string(missing('what the SMS gateway wants in the Authorization header'))
      .regex(/^[\x21-\x7e]+( [\x21-\x7e]+)*$/, 'must fit into a header: visible ASCII characters with single spaces'),
  })
  .transform(
    (set): SmsConfig => ({
      kind: 'http',
      url: set.COUNTERSIGN_SMS_URL,
      authorization: set.COUNTERSIGN_SMS_AUTHORIZATION,
    }),
  )

const Elks = z
  .object({
    COUNTERSIGN_SMS_URL: originOf('https://api.46elks.com'),
    COUNTERSIGN_SMS_FROM: z
      .string(missing('the sender that people see'))
      .regex(
        new RegExp(`^(${e164}|${senderName})$`),
        'must be a number such as +46701740605, or a name such as Strand',
      ),
    COUNTERSIGN_46ELKS_USERNAME: credential('the API username of the 46elks account'),
    COUNTERSIGN_46ELKS_PASSWORD: credential('the API password of the 46elks account'),
  })
  .transform(
    (set): SmsConfig => ({
      kind: '46elks',
      origin: set.COUNTERSIGN_SMS_URL,
      username: set.COUNTERSIGN_46ELKS_USERNAME,
      password: set.COUNTERSIGN_46ELKS_PASSWORD,
      from: set.COUNTERSIGN_SMS_FROM,
    }),
  )

const Twilio = z
  .object({
    COUNTERSIGN_SMS_URL: originOf('https://api.twilio.com'),
    COUNTERSIGN_SMS_FROM: z
      .string(missing('the sender that people see, or the SID of a messaging service'))
      .regex(
        new RegExp(`^(${e164}|${senderName}|MG[0-9a-f]{32})$`),
        'must be a number such as +46701740605, a name such as Strand, or the SID of a messaging service',
      ),
    COUNTERSIGN_TWILIO_ACCOUNT_SID: z
      .string(missing('the SID of the Twilio account'))
      .regex(/^AC[0-9a-f]{32}$/, 'must be AC and 32 hexadecimal digits'),
    COUNTERSIGN_TWILIO_AUTH_TOKEN: credential('the auth token of the Twilio account'),
  })
  .transform(
    (set): SmsConfig => ({
      kind: 'twilio',
      origin: set.COUNTERSIGN_SMS_URL,
      accountSid: set.COUNTERSIGN_TWILIO_ACCOUNT_SID,
      authToken: set.COUNTERSIGN_TWILIO_AUTH_TOKEN,
      from: set.COUNTERSIGN_SMS_FROM,
    }),
  )

const gateways = { http: Http, '46elks': Elks, twilio: Twilio }
const gatewayName = z.enum(['http', '46elks', 'twilio']).default('http')

const settingsOf = (gateway: keyof typeof gateways): string[] => Object.keys(gateways[gateway].in.shape)

/** Every variable that says how SMS leave. */
export const smsVariables: readonly string[] = [
  'COUNTERSIGN_SMS_GATEWAY',
  ...gatewayName.unwrap().options.flatMap(settingsOf),
]

/** The gateway in the environment, or a sentence for every fault. No sentence repeats a value. */
export function parseSms(set: Settings): { readonly ok: SmsConfig } | { readonly faults: readonly string[] } {
  const chosen = gatewayName.safeParse(set.COUNTERSIGN_SMS_GATEWAY)
  if (!chosen.success) return { faults: ['COUNTERSIGN_SMS_GATEWAY must be http, 46elks or twilio.'] }
  const parsed = gateways[chosen.data].safeParse(set)
  // What belongs to another gateway is a sign that the wrong one was chosen.
  const ownSettings = ['COUNTERSIGN_SMS_GATEWAY', ...settingsOf(chosen.data)]
  const strangers = smsVariables.filter((name) => set[name] !== undefined && !ownSettings.includes(name))
  const faults = [
    ...(parsed.error?.issues ?? []).map((issue) => `${issue.path.join('.')} ${issue.message}.`),
    ...new Set(
      strangers.map((name) => `${name} has no meaning with COUNTERSIGN_SMS_GATEWAY=${chosen.data}: remove it.`),
    ),
  ]
  return parsed.success && faults.length === 0 ? { ok: parsed.data } : { faults }
}
