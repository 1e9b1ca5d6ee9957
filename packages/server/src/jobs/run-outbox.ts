/** Delivering what waits in the outbox. */
import { fromUtf8 } from '@countersign/protocol'
import type { Context } from '../context.ts'
import { type Delivery, type OutboxHandlers, pauseAfter } from './outbox.ts'
import {
  type DueRow,
  deleteExpiredRows,
  deleteRow,
  hasExpiredRows,
  leaseRow,
  postponeRow,
  readDueRows,
  readNextDue,
} from './outbox-store.ts'

const atOnce = 16

async function deliver(context: Context, handlers: OutboxHandlers, row: DueRow): Promise<void> {
  const handler = handlers[row.kind]
  const sealed = await context.db.write((transaction) => leaseRow(transaction, row))
  if (handler === undefined || sealed === null) return
  let delivery: Delivery
  try {
    delivery = await handler(JSON.parse(fromUtf8(context.seal.open(sealed, row.id))))
  } catch (error) {
    context.log.warn({ outbox: row.id, kind: row.kind, attempt: row.attempts + 1, err: error }, 'a delivery failed')
    await context.db.write((transaction) => postponeRow(transaction, row, pauseAfter(row.attempts + 1)))
    return
  }
  if (delivery.kind === 'later') {
    const { why, pause } = delivery
    context.log.warn({ outbox: row.id, kind: row.kind, attempt: row.attempts + 1, why }, 'a delivery failed')
    await context.db.write((transaction) => postponeRow(transaction, row, pauseAfter(row.attempts + 1, pause)))
    return
  }
  if (delivery.kind === 'undeliverable') {
    context.log.error({ outbox: row.id, kind: row.kind, why: delivery.why }, 'an effect cannot be delivered')
  }
  await context.db.write((transaction) => deleteRow(transaction, row.id))
}

async function dropExpired(context: Context): Promise<void> {
  // Mostly there is none, and looking costs no write.
  if (!(await context.db.read(hasExpiredRows))) return
  for (const row of await context.db.write(deleteExpiredRows)) {
    context.log.error({ outbox: row.id, kind: row.kind }, 'an effect was not delivered in time')
  }
}

/**
 * Delivers everything that is due, each row by one process alone.
 *
 * @returns milliseconds until the next row is due, or null when nothing waits
 */
export async function runOutbox(context: Context, handlers: OutboxHandlers): Promise<number | null> {
  const kinds = Object.keys(handlers)
  if (kinds.length === 0) return null
  await dropExpired(context)
  for (;;) {
    const due = await context.db.read((query) => readDueRows(query, kinds, atOnce))
    if (due.length === 0) break
    await Promise.all(due.map((row) => deliver(context, handlers, row)))
  }
  return context.db.read((query) => readNextDue(query, kinds))
}
