/** All SQL of `webhook_messages`. */
import { MessageId, WebhookEventType, WebhookId } from '@countersign/protocol'
import { sql } from 'kysely'
import { now_ms, type Query, type Transaction, type WebhookMessagesTable } from '../db/index.ts'
import { keptFor, triedFor } from './webhook.ts'

/** What one endpoint is told. Times are milliseconds since the epoch by the database's clock. */
export interface Message {
  readonly id: MessageId
  readonly endpoint: WebhookId
  readonly type: WebhookEventType
  /** JSON, as it is sent. */
  readonly body: string
  readonly state: WebhookMessagesTable['state']
  /** How often it was queued; only the last time counts. */
  readonly run: number
  /** Attempts of this run. */
  readonly attempts: number
  readonly lastStatus: number | null
  readonly nextAt: number | null
  readonly givesUpAt: number
  readonly createdAt: number
  readonly deliveredAt: number | null
}

const toMessage = (row: WebhookMessagesTable): Message => ({
  id: MessageId.parse(row.id),
  endpoint: WebhookId.parse(row.endpoint_id),
  type: WebhookEventType.parse(row.type),
  body: row.body,
  state: row.state,
  run: row.run,
  attempts: row.attempts,
  lastStatus: row.last_status,
  nextAt: row.next_at,
  givesUpAt: row.gives_up_at,
  createdAt: row.created_at,
  deliveredAt: row.delivered_at,
})

const queuedNow = () => ({
  state: 'waiting' as const,
  attempts: 0,
  next_at: now_ms(),
  gives_up_at: sql<number>`now_ms() + ${triedFor}`,
})

export async function insertMessage(
  transaction: Transaction,
  message: Pick<Message, 'id' | 'endpoint' | 'type' | 'body' | 'run'>,
): Promise<void> {
  await transaction
    .insertInto('webhook_messages')
    .values({
      id: message.id,
      endpoint_id: message.endpoint,
      type: message.type,
      body: message.body,
      run: message.run,
      ...queuedNow(),
      last_status: null,
      created_at: now_ms(),
      delivered_at: null,
    })
    .execute()
}

export async function findMessage(query: Query, id: MessageId): Promise<Message | null> {
  const row = await query.selectFrom('webhook_messages').selectAll().where('id', '=', id).executeTakeFirst()
  return row === undefined ? null : toMessage(row)
}

/** Queues a message once more. What was queued before counts no more. @returns the run, or null where another was quicker */
export async function queueAgain(transaction: Transaction, { id, run }: Message): Promise<number | null> {
  const changed = await transaction
    .updateTable('webhook_messages')
    .set({ ...queuedNow(), run: run + 1 })
    .where('id', '=', id)
    .where('run', '=', run)
    .executeTakeFirst()
  return changed.numUpdatedRows === 1n ? run + 1 : null
}

/** What became of an attempt. */
export interface Attempted {
  readonly lastStatus: number | null
  /** Milliseconds until the next one; null where there is none. */
  readonly pause: number | null
  readonly isDelivered: boolean
}

/** Writes down an attempt, unless the message was queued anew or has ended in between. */
export async function writeAttempt(
  transaction: Transaction,
  { id, run, attempts }: Message,
  { lastStatus, pause, isDelivered }: Attempted,
): Promise<void> {
  const ended = isDelivered ? 'delivered' : 'failed'
  await transaction
    .updateTable('webhook_messages')
    .set({
      attempts: attempts + 1,
      last_status: lastStatus,
      state: pause === null ? ended : 'waiting',
      next_at: pause === null ? null : sql<number>`now_ms() + ${pause}`,
      ...(isDelivered ? { delivered_at: now_ms() } : {}),
    })
    .where('id', '=', id)
    .where('run', '=', run)
    .where('state', '=', 'waiting')
    .execute()
}

/** Nothing more is sent of what waits for an endpoint. */
export async function failWaiting(transaction: Transaction, endpoint: WebhookId): Promise<void> {
  await transaction
    .updateTable('webhook_messages')
    .set({ state: 'failed', next_at: null })
    .where('endpoint_id', '=', endpoint)
    .where('state', '=', 'waiting')
    .execute()
}

/** The messages of an endpoint, the newest first, after the one that the cursor names. */
export async function readMessages(
  query: Query,
  endpoint: WebhookId,
  { limit, cursor }: { readonly limit: number; readonly cursor?: MessageId | undefined },
): Promise<Message[]> {
  let rows = query
    .selectFrom('webhook_messages')
    .selectAll()
    .where('endpoint_id', '=', endpoint)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
  if (cursor !== undefined) {
    const at = query.selectFrom('webhook_messages').select('created_at').where('id', '=', cursor)
    rows = rows.where((where) =>
      where.or([where('created_at', '<', at), where.and([where('created_at', '=', at), where('id', '<', cursor)])]),
    )
  }
  return (await rows.execute()).map(toMessage)
}

/** Writes down that messages are given up of which nobody could say so: no server ran while they waited. */
export async function giveUpOverdue(transaction: Transaction): Promise<void> {
  await transaction
    .updateTable('webhook_messages')
    .set({ state: 'failed', next_at: null })
    .where('state', '=', 'waiting')
    .where('gives_up_at', '<=', now_ms())
    .execute()
}

export async function deleteOldMessages(transaction: Transaction): Promise<void> {
  await transaction
    .deleteFrom('webhook_messages')
    .where('created_at', '<=', sql<number>`now_ms() - ${keptFor}`)
    .execute()
}
