/** PURE: what an SMS is, where it may go, and how many. */
import { parsePhoneNumberFromString } from 'libphonenumber-js'
import * as z from 'zod/mini'
import type { Delivery } from '../jobs/index.ts'
import type { Limit } from '../limits/index.ts'

export const Sms = z.object({
  /** E.164 */
  to: z.string(),
  text: z.string(),
})
export type Sms = z.infer<typeof Sms>

/** Takes one SMS to where it leaves. Throws where trying again may help. */
export interface SmsChannel {
  send(sms: Sms): Promise<Delivery>
}

/** Kind of the outbox rows. */
export const smsKind = 'sms'

const hour = 3_600_000

/** SMS to one number (protocol section 8). */
export const smsLimits: readonly { readonly name: string; readonly limit: Limit }[] = [
  { name: 'hour', limit: { maximum: 5, windowMs: hour } },
  { name: 'day', limit: { maximum: 10, windowMs: 24 * hour } },
]

/** Whether a number belongs to one of these countries (ISO 3166-1 alpha-2). */
export function goesTo(countries: readonly string[], e164: string): boolean {
  const country = parsePhoneNumberFromString(e164)?.country
  return country !== undefined && countries.includes(country)
}
