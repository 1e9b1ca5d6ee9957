import type { Context } from '../context.ts'
import { deleteOldSecrets } from './endpoint-store.ts'
import { deleteOldMessages, giveUpOverdue } from './message-store.ts'

/** Gives up messages after their time, and forgets old ones, and secrets that do not sign along any more. */
export async function sweepWebhooks(context: Context): Promise<void> {
  await context.db.write(async (transaction) => {
    await giveUpOverdue(transaction)
    await deleteOldMessages(transaction)
    await deleteOldSecrets(transaction)
  })
}
