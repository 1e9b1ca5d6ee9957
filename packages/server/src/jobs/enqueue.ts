/** Writing an effect down in the transaction that causes it. */
import { utf8 } from '@countersign/protocol'
import type { Context } from '../context.ts'
import type { Transaction } from '../db/index.ts'
import { type DueRow, insertOutboxRow } from './outbox-store.ts'

export const outboxTopic = 'outbox'

/** An effect on the outside world. */
export interface Effect {
  /** Which handler takes it. */
  readonly kind: string
  /** Who receives it, where one that is slow must not take the room of the others of this kind. */
  readonly lane?: string
  /** JSON. Sealed while it waits. */
  readonly payload: Readonly<Record<string, string | number | boolean | null>>
  /** Milliseconds after which it is of no use any more. */
  readonly goodFor: number
}

/** An effect that was written down. */
export type Queued = DueRow

/** Writes an effect into the outbox. It leaves after the commit; `announceOutbox` makes that at once. */
export async function enqueue(context: Context, transaction: Transaction, effect: Effect): Promise<Queued> {
  const id = context.random.id('out')
  const payload = context.seal.seal(utf8(JSON.stringify(effect.payload)), id)
  const { kind, lane = null, goodFor } = effect
  await insertOutboxRow(transaction, { id, kind, lane, payload, goodFor })
  return { id, kind, lane, attempts: 0 }
}

/** Takes an effect without looking for it. False where there is no room: then it is found in its turn. */
export type Take = (queued: Queued) => boolean

const takers = new WeakMap<Context, Take>()

/** The runner of this process takes what is announced, until the function that this returns is called. */
export function takeAnnounced(context: Context, take: Take): () => void {
  takers.set(context, take)
  return () => takers.delete(context)
}

/**
 * Makes the runner deliver. To be called after the commit; where it was not, the slow poll finds the effect. With what was
 * queued it need not look for it.
 */
export function announceOutbox(context: Context, queued?: Queued): void {
  if (queued !== undefined && takers.get(context)?.(queued)) return
  context.wakeups.publish(outboxTopic)
}
