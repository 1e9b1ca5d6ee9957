/** PURE: what the server says about an approval, checked where it comes in. A library for that would weigh more than all else. */
import type { ApprovalAnswer } from '@countersign/protocol'

export type Approval = Pick<
  ApprovalAnswer,
  | 'version'
  | 'now'
  | 'application'
  | 'support_email'
  | 'locale'
  | 'headline'
  | 'lines'
  | 'state'
  | 'reason'
  | 'device'
  | 'device_blocked'
  | 'number'
  | 'offline'
  | 'expires'
> & { readonly id: string; readonly push: string | null }

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown): value is string => typeof value === 'string'
const isTextOrNull = (value: unknown): value is string | null => value === null || isText(value)
const isNumber = (value: unknown): value is number => Number.isSafeInteger(value)

const isLocale = (value: unknown): value is Approval['locale'] => value === 'sv' || value === 'en'

const states: readonly unknown[] = ['pending', 'approved', 'declined', 'expired', 'cancelled']
const isState = (value: unknown): value is Approval['state'] => states.includes(value)

const isLine = (value: unknown): value is Approval['lines'][number] =>
  isFields(value) && isText(value.label) && isText(value.value)

const isOffline = (value: unknown): value is Approval['offline'] =>
  value === null ||
  (isFields(value) &&
    isText(value.challenge) &&
    /^\d{8}$/.test(value.challenge) &&
    isNumber(value.round) &&
    isNumber(value.tries_left))

/** The approval in an answer, or null where it is none. */
export function parseApproval(value: unknown): Approval | null {
  if (!isFields(value)) return null
  const { id, version, now, application, support_email, locale, headline, lines, state, reason } = value
  const { device, device_blocked, push, number, offline, expires } = value
  if (!isText(id) || !isText(version) || !isNumber(now) || !isText(application) || !isText(support_email)) return null
  if (!isLocale(locale) || !isText(headline) || !Array.isArray(lines) || !lines.every(isLine)) return null
  if (!isState(state) || !isTextOrNull(reason) || !isText(device) || typeof device_blocked !== 'boolean') return null
  if (!isTextOrNull(push) || !isTextOrNull(number) || !isOffline(offline) || !isNumber(expires)) return null
  const who = { id, version, now, application, support_email, locale }
  return { ...who, headline, lines, state, reason, device, device_blocked, push, number, offline, expires }
}

/** What a refusal says (RFC 9457). */
export interface Refusal {
  readonly code: string
  readonly triesLeft: number | null
  /** Seconds. */
  readonly retryAfter: number | null
}

/** The refusal in an answer; one without a code is a fault of the server's. */
export function parseRefusal(value: unknown): Refusal {
  const fields = isFields(value) ? value : {}
  return {
    code: isText(fields.code) ? fields.code : 'internal',
    triesLeft: isNumber(fields.tries_left) ? fields.tries_left : null,
    retryAfter: isNumber(fields.retry_after) ? fields.retry_after : null,
  }
}
