/** Delivering what waits in the outbox. */
import { fromUtf8 } from '@countersign/protocol'
import type { Context } from '../context.ts'
import { type Delivery, longestDelivery, type OutboxHandler, type OutboxHandlers, pauseAfter } from './outbox.ts'
import {
  type DueRow,
  deleteExpiredRows,
  deleteRow,
  hasExpiredRows,
  leaseRow,
  postponeRow,
  readDueRows,
  readNextDue,
  type WantedRows,
} from './outbox-store.ts'
import { createPlaces } from './places.ts'

/** The outcome of a delivery, or an error when it takes too long: whatever became of it, its place is free again. */
function inTime(context: Context, delivering: Promise<Delivery>): Promise<Delivery> {
  const { promise, resolve, reject } = Promise.withResolvers<Delivery>()
  const giveUp = () => reject(new Error('The delivery took too long.'))
  const cancel = context.clock.at(context.clock.now() + longestDelivery, giveUp)
  delivering.then(resolve, reject).finally(cancel)
  return promise
}

const isLeft = ({ kind }: Delivery): boolean => kind === 'later' || kind === 'put-off'

async function settle(context: Context, row: DueRow, delivery: Delivery): Promise<void> {
  if (delivery.kind === 'later' || delivery.kind === 'put-off') {
    const { why } = delivery
    context.log.warn({ outbox: row.id, kind: row.kind, attempt: row.attempts + 1, why }, 'a delivery failed')
  }
  if (delivery.kind === 'undeliverable') {
    context.log.error({ outbox: row.id, kind: row.kind, why: delivery.why }, 'an effect cannot be delivered')
  }
  await context.db.write(async (transaction) => {
    await delivery.record?.(transaction)
    if (delivery.kind === 'put-off') await postponeRow(transaction, row, delivery.pause)
    else if (delivery.kind === 'later')
      await postponeRow(transaction, row, pauseAfter(row.attempts + 1, delivery.pause))
    else await deleteRow(transaction, row.id)
  })
  delivery.settled?.()
}

/** A row that belongs to this process. */
interface Leased {
  readonly row: DueRow
  readonly sealed: Uint8Array
}

/** @returns whether it has to be tried again */
async function deliver(context: Context, handler: OutboxHandler, { row, sealed }: Leased): Promise<boolean> {
  try {
    const payload: unknown = JSON.parse(fromUtf8(context.seal.open(sealed, row.id)))
    const delivery = await inTime(context, handler(payload))
    await settle(context, row, delivery)
    return isLeft(delivery)
  } catch (error) {
    context.log.warn({ outbox: row.id, kind: row.kind, attempt: row.attempts + 1, err: error }, 'a delivery failed')
    await context.db.write((transaction) => postponeRow(transaction, row, pauseAfter(row.attempts + 1)))
    return true
  }
}

/** The rows that this process got, each with its payload. In one transaction. */
const leaseRows = (context: Context, due: readonly DueRow[]): Promise<Leased[]> =>
  context.db.write(async (transaction) => {
    const leased: Leased[] = []
    for (const row of due) {
      const sealed = await leaseRow(transaction, row)
      if (sealed !== null) leased.push({ row, sealed })
    }
    return leased
  })

async function dropExpired(context: Context): Promise<void> {
  // Mostly there is none, and looking costs no write.
  if (!(await context.db.read(hasExpiredRows))) return
  for (const row of await context.db.write(deleteExpiredRows)) {
    context.log.error({ outbox: row.id, kind: row.kind }, 'an effect was not delivered in time')
  }
}

/** The deliveries of one process. Each is on its own, so that a receiver that is slow keeps no other one waiting. */
export interface OutboxRunner {
  /**
   * Begins to deliver what is due, each row by one process alone, as far as there is room.
   *
   * @returns milliseconds until the next row is due, or null when nothing waits
   */
  begin(): Promise<number | null>
  /** Begins to deliver one row that was just written, and looks for no other. False where there is no room for it. */
  take(row: DueRow): boolean
  /** Resolves when no delivery is under way. @returns whether one was */
  settled(): Promise<boolean>
}

/**
 * `onEnded` is called after every delivery. `isMore`: it is worth looking for rows, for there is room where there was none,
 * or another moment to wait for.
 */
export function createOutboxRunner(
  context: Context,
  handlers: OutboxHandlers,
  onEnded: (isMore: boolean) => void,
): OutboxRunner {
  const kinds = Object.entries(handlers).map(([kind, handler]) => ({ kind, handler, places: createPlaces() }))
  type Kind = (typeof kinds)[number]

  /** @param run resolves with whether the row has to be tried again */
  function start({ places }: Kind, row: DueRow, run: () => Promise<boolean>): void {
    const delivering = run().catch((error: unknown) => {
      context.log.error({ outbox: row.id, kind: row.kind, err: error }, 'a delivery could not be written down')
      return true
    })
    places.take(row, delivering, (isRowLeft, wasFull) => onEnded(isRowLeft || wasFull))
  }

  const wantedOf = ({ kind, places }: Kind): WantedRows => ({ kind, fullLanes: places.fullLanes() })

  async function fill(kind: Kind): Promise<void> {
    while (kind.places.free() > 0) {
      const due = await context.db.read((query) => readDueRows(query, wantedOf(kind), kind.places.free()))
      if (due.length === 0) return
      for (const leased of await leaseRows(context, kind.places.fitting(due))) {
        start(kind, leased.row, () => deliver(context, kind.handler, leased))
      }
    }
  }

  return {
    async begin() {
      if (kinds.length === 0) return null
      await dropExpired(context)
      for (const kind of kinds) await fill(kind)
      // What is due where there is no room is looked for when a delivery has ended.
      const wanted = kinds.filter(({ places }) => places.free() > 0).map(wantedOf)
      return wanted.length === 0 ? null : context.db.read((query) => readNextDue(query, wanted))
    },
    take(row) {
      const kind = kinds.find((one) => one.kind === row.kind)
      if (kind === undefined || kind.places.free() === 0 || kind.places.fitting([row]).length === 0) return false
      start(kind, row, async () => {
        const [leased] = await leaseRows(context, [row])
        return leased !== undefined && deliver(context, kind.handler, leased)
      })
      return true
    },
    async settled() {
      let wasBusy = false
      for (const { places } of kinds) wasBusy = (await places.empty()) || wasBusy
      return wasBusy
    },
  }
}

/** Delivers everything that is due, and waits for it. @returns as `OutboxRunner.begin` */
export async function runOutbox(context: Context, handlers: OutboxHandlers): Promise<number | null> {
  let ended = 0
  const runner = createOutboxRunner(context, handlers, () => {
    ended += 1
  })
  for (;;) {
    const before = ended
    const next = await runner.begin()
    await runner.settled()
    if (ended === before) return next
  }
}
