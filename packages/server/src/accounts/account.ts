/** PURE: what an account is, and how e-mail addresses and phone numbers are written. */
import type { AccountId, Locale } from '@countersign/protocol'
import { parsePhoneNumberFromString } from 'libphonenumber-js'

export type AccountState = 'active' | 'locked' | 'disabled'

/** An account without its password. */
export interface Account {
  readonly id: AccountId
  /** As the person writes it. */
  readonly email: string
  readonly name: string
  /** E.164 */
  readonly phoneNumber: string
  readonly locale: Locale
  readonly state: AccountState
}

/** The form in which addresses are compared: NFC, trimmed, lower case. */
export const emailKeyOf = (email: string): string => email.normalize('NFC').trim().toLowerCase()

// Enough to catch a slip; whether an address works is only known by writing to it.
const address = /^[^\s@\p{Cc}\p{Cf}]+@[^\s@\p{Cc}\p{Cf}]+$/u

/** Whether something can be an e-mail address. 254 characters at most (RFC 5321 section 4.5.3.1.3). */
export const isEmail = (email: string): boolean => email.length <= 254 && address.test(email)

/** A number with its country code, as `+CCN…` (E.164), or null when it cannot be one. */
export function phoneNumberOf(text: string): string | null {
  const parsed = parsePhoneNumberFromString(text, { extract: false })
  return parsed?.isValid() && parsed.ext === undefined ? parsed.number : null
}

/** A number as it is shown to somebody who has not yet shown whose it is: all digits but the last two hidden. */
export function maskPhoneNumber(e164: string): string {
  const written = parsePhoneNumberFromString(e164)?.formatInternational() ?? e164
  return written.replace(/\d(?=(?:\D*\d){2})/g, '•')
}
