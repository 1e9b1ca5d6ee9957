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

/** What an answer means (RFC 8030 sections 5 and 7.3, RFC 8292 section 4.2 for 403). */
export function outcomeOf(status: number): AttemptOutcome {
  if (status >= 200 && status < 300) return 'accepted'
  if (status === 404 || status === 410) return 'gone'
  return status === 408 || status === 425 || status === 429 || status >= 500 ? 'failed' : 'refused'
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
