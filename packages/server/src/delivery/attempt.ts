/** PURE: what the answer of a push service means (RFC 8030), and how it stands with waking a phone. */
import type { DeliveryState, Transport } from '@countersign/protocol'

/** What became of one attempt. */
export type AttemptOutcome =
  | 'accepted'
  /** The subscription is no more. */
  | 'gone'
  /** The push service will not take this push, now or later. */
  | 'refused'
  /** It may take it later. */
  | 'failed'

export interface PushAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** What an answer means (RFC 8030 sections 5 and 7.3, RFC 8292 section 4.2 for 403). */
export function outcomeOf(status: number): AttemptOutcome {
  if (status >= 200 && status < 300) return 'accepted'
  if (status === 404 || status === 410) return 'gone'
  return status === 408 || status === 425 || status === 429 || status >= 500 ? 'failed' : 'refused'
}

/** Milliseconds that a push service asks us to wait (RFC 9110 section 10.2.3), or null. `now` is in milliseconds. */
export function retryAfterOf(answer: PushAnswer, now: number): number | null {
  const header = answer.headers['retry-after']
  if (typeof header !== 'string') return null
  if (/^\d{1,6}$/.test(header)) return Number(header) * 1_000
  const moment = Date.parse(header)
  return Number.isNaN(moment) ? null : Math.max(0, moment - now)
}

/** One attempt, as it is written down. */
export interface Attempt {
  readonly transport: Transport
  readonly outcome: AttemptOutcome
  /** What the push service answered, or null. */
  readonly status: number | null
  readonly milliseconds: number
}

/** How it stands, from what is written down. */
export function deliveryStateOf(known: {
  readonly subscribed: boolean
  /** How the phone says that it was reached, the first time; null before. */
  readonly received: Transport | null
  readonly accepted: boolean
  readonly lastOutcome: AttemptOutcome | null
}): DeliveryState {
  if (known.received !== null) return known.received === 'stream' ? 'in-app' : 'received'
  if (known.accepted) return 'sent'
  if (known.lastOutcome === 'gone' || known.lastOutcome === 'refused') return 'failed'
  return known.subscribed ? 'sending' : 'none'
}
