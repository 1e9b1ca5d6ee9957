/**
 * Work beside requests: effects that leave through the outbox, and sweeping of what is over.
 *
 * Owns `outbox`. Promises that an effect written in a transaction leaves after its commit, at least once, or is dropped
 * at its expiry, also over crashes and with many processes. Must never send from inside a transaction.
 */
export { announceOutbox, enqueue, type Queued } from './enqueue.ts'
export type { Delivery, OutboxHandler, OutboxHandlers, Outcome } from './outbox.ts'
export { runOutbox } from './run-outbox.ts'
export { type Jobs, startJobs } from './start-jobs.ts'
