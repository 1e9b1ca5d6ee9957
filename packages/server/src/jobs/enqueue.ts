/** Writing an effect down in the transaction that causes it. */
import { utf8 } from '@countersign/protocol'
import type { Context } from '../context.ts'
import type { Transaction } from '../db/index.ts'
import { insertOutboxRow } from './outbox-store.ts'

export const outboxTopic = 'outbox'

/** An effect on the outside world. */
export interface Effect {
  /** Which handler takes it. */
  readonly kind: string
  /** JSON. Sealed while it waits. */
  readonly payload: Readonly<Record<string, string | number | boolean | null>>
  /** Milliseconds after which it is of no use any more. */
  readonly goodFor: number
}

/** Writes an effect into the outbox. It leaves after the commit; `announceOutbox` makes that at once. */
export async function enqueue(context: Context, transaction: Transaction, effect: Effect): Promise<void> {
  const id = context.random.id('out')
  const payload = context.seal.seal(utf8(JSON.stringify(effect.payload)), id)
  await insertOutboxRow(transaction, { id, kind: effect.kind, payload, goodFor: effect.goodFor })
}

/** Wakes the runner. To be called after the commit; where it was not, the slow poll finds the effect. */
export function announceOutbox(context: Context): void {
  context.wakeups.publish(outboxTopic)
}
