/** What a way to wake phones is. Each is a file of its own: `web-push.ts`. */
import type { ApprovalId, Locale, Transport } from '@countersign/protocol'
import type { Device } from '../devices/index.ts'
import type { AttemptOutcome } from './attempt.ts'
import type { StoredSubscription } from './delivery-store.ts'

/** Who is to be woken, and for what. Times are milliseconds since the epoch, by the database's clock. */
export interface WakeUp {
  readonly approval: ApprovalId
  readonly locale: Locale
  /** End of the round: after it the push is of no use. */
  readonly expires: number
  readonly now: number
  readonly device: Device
  readonly subscription: StoredSubscription
}

/** How it ended. */
export interface Sent {
  readonly outcome: AttemptOutcome
  /** What the push service answered; null where it did not, or was not asked. */
  readonly status: number | null
  /** Milliseconds that it asks us to wait before another attempt, or null. */
  readonly pause: number | null
}

export interface PushTransport {
  readonly name: Transport
  /** Makes one attempt. What goes wrong with the push service is an outcome. */
  send(wakeUp: WakeUp): Promise<Sent>
}
