import type { Context } from '../context.ts'
import { deleteOldPageTokens } from './receipt-store.ts'

/** Milliseconds: longer than any approval with all its rounds, and its redemption, may last. */
const remembered = 3_600_000

/** Forgets the tokens of pages that have nothing to wait for any more. */
export async function sweepPageTokens(context: Context): Promise<void> {
  await context.db.write((transaction) => deleteOldPageTokens(transaction, remembered))
}
