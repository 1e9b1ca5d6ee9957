/** PURE: the rules of the outbox. */
import type { Transaction } from '../db/index.ts'

/** How a delivery ended. A handler that throws is called again later, too. */
export type Outcome =
  | { readonly kind: 'delivered' }
  /** It may succeed later. `pause`: milliseconds that the other side asks for, or null. */
  | { readonly kind: 'later'; readonly why: string; readonly pause: number | null }
  /** It may succeed later, by a schedule of the handler's own. `pause`: milliseconds, as they stand. */
  | { readonly kind: 'put-off'; readonly why: string; readonly pause: number }
  /** It will never succeed; it is dropped and logged. */
  | { readonly kind: 'undeliverable'; readonly why: string }

/** An outcome, and what is to be written down of it. */
export type Delivery = Outcome & {
  /** Written in the transaction that settles the row. */
  readonly record?: (transaction: Transaction) => Promise<void>
  /** Called after its commit. */
  readonly settled?: () => void
}

/** Takes one effect out into the world. The payload is parsed by the handler. */
export type OutboxHandler = (payload: unknown) => Promise<Delivery>

/** Handlers by the kind of row that they take. */
export type OutboxHandlers = Readonly<Record<string, OutboxHandler>>

/** Deliveries of one kind and process at a time: where one kind's receivers are slow, the others' are not kept waiting. */
export const room = 32

/** Deliveries of one lane at a time: where one receiver is slow, there is room for the others of its kind. */
export const roomInLane = 4

/** Milliseconds that a handler may take, however patient it is itself. */
export const longestDelivery = 25_000

/** Milliseconds for which a row that is being delivered belongs to one process. Longer than any handler may take. */
export const leaseLength = 30_000

const firstPause = 1_000
const longestPause = 60_000

/**
 * Milliseconds until the next attempt, after `attempts` that failed. What the other side asks for is heard, but not
 * beyond the longest pause: what waits here is of no use for long.
 */
export const pauseAfter = (attempts: number, asked: number | null = null): number =>
  Math.min(longestPause, Math.max(firstPause * 2 ** Math.min(attempts - 1, 10), asked ?? 0))
