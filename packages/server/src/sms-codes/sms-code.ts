/** PURE: what an SMS code is, what is kept of it, and how its text ends. */
import { type AccountId, concatBytes, hmacSha256, utf8 } from '@countersign/protocol'
import type { Limit } from '../limits/index.ts'

/** Tries at the codes of one linking, or of one sign-in. */
export const codeTries = 5
/** Milliseconds for which a code is good. */
export const codeLength = 5 * 60_000

/**
 * Codes judged for one account, whatever they are for, right ones given back: a new code must not be a new set of tries
 * (NIST SP 800-63B-4 section 3.2.2).
 */
export const codeLimit: Limit = { maximum: 5, windowMs: 60 * 60_000 }
export const codeLimitKey = (account: AccountId): string => `sms-code:${account}`

/**
 * What is kept of a code: bound to the one thing that it is good for, under a key that is not in the database.
 *
 * @param id of the linking or the sign-in
 */
export const codeHashOf = (codeKey: Uint8Array, id: string, code: string): Uint8Array =>
  hmacSha256(codeKey, concatBytes(utf8(id), new Uint8Array(1), utf8(code)))

/**
 * The text of the SMS. Its last line is origin-bound (https://wicg.github.io/sms-one-time-codes/): a browser fills the
 * code in on that host alone.
 */
export const codeText = (sentence: string, host: string, code: string): string =>
  `${sentence}\n\n${code}\n\n@${host} #${code}`
