/** All SQL of `webhook_endpoints`. */
import { ApplicationId, WebhookId } from '@countersign/protocol'
import { sql } from 'kysely'
import {
  forUpdate,
  now_ms,
  prepareSelect,
  type Query,
  type Transaction,
  type WebhookEndpointsTable,
} from '../db/index.ts'
import { overlap } from './webhook.ts'

/** Where an application is told what happened. Times are milliseconds since the epoch by the database's clock. */
export interface Endpoint {
  readonly id: WebhookId
  readonly application: ApplicationId
  readonly url: string
  readonly createdAt: number
  readonly disabledAt: number | null
  /** Sealed. */
  readonly secret: Uint8Array
  /** The secret before it, sealed, and until when it signs along. */
  readonly previous: { readonly secret: Uint8Array; readonly until: number } | null
}

const toEndpoint = (row: WebhookEndpointsTable): Endpoint => ({
  id: WebhookId.parse(row.id),
  application: ApplicationId.parse(row.application_id),
  url: row.url,
  createdAt: row.created_at,
  disabledAt: row.disabled_at,
  secret: row.secret,
  previous:
    row.previous_secret === null || row.previous_until === null
      ? null
      : { secret: row.previous_secret, until: row.previous_until },
})

/** All endpoints of an application, the oldest first. */
export async function readEndpoints(query: Query, application: ApplicationId): Promise<Endpoint[]> {
  const rows = await query
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('application_id', '=', application)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return rows.map(toEndpoint)
}

const selectListening = prepareSelect((query, { application }: { application: ApplicationId }) =>
  query
    .selectFrom('webhook_endpoints')
    .select(['id', now_ms().as('now')])
    .where('application_id', '=', application)
    .where('disabled_at', 'is', null),
)

/** The endpoints of an application that are told, each with the database's time. */
export async function readListening(
  query: Query,
  application: ApplicationId,
): Promise<{ readonly id: WebhookId; readonly now: number }[]> {
  const rows = await selectListening.all(query, { application })
  return rows.map(({ id, now }) => ({ id: WebhookId.parse(id), now }))
}

export async function findEndpoint(query: Query, id: WebhookId): Promise<Endpoint | null> {
  const row = await query.selectFrom('webhook_endpoints').selectAll().where('id', '=', id).executeTakeFirst()
  return row === undefined ? null : toEndpoint(row)
}

/** Reads an endpoint and holds it until the transaction ends. */
export async function holdEndpoint(transaction: Transaction, id: WebhookId): Promise<Endpoint | null> {
  const row = await transaction
    .selectFrom('webhook_endpoints')
    .selectAll()
    .where('id', '=', id)
    .$call(forUpdate)
    .executeTakeFirst()
  return row === undefined ? null : toEndpoint(row)
}

export async function insertEndpoint(
  transaction: Transaction,
  endpoint: Pick<Endpoint, 'id' | 'application' | 'url' | 'secret'>,
): Promise<void> {
  await transaction
    .insertInto('webhook_endpoints')
    .values({
      id: endpoint.id,
      application_id: endpoint.application,
      url: endpoint.url,
      secret: endpoint.secret,
      previous_secret: null,
      previous_until: null,
      created_at: now_ms(),
      disabled_at: null,
    })
    .execute()
}

/** Puts a secret in force; the one before it signs along for a while. The endpoint must be held. */
export async function writeSecret(transaction: Transaction, before: Endpoint, secret: Uint8Array): Promise<void> {
  await transaction
    .updateTable('webhook_endpoints')
    .set({ secret, previous_secret: before.secret, previous_until: sql<number>`now_ms() + ${overlap}` })
    .where('id', '=', before.id)
    .execute()
}

/** Nothing is sent there any more. @returns whether something was until now */
export async function disableEndpoint(transaction: Transaction, id: WebhookId): Promise<boolean> {
  const changed = await transaction
    .updateTable('webhook_endpoints')
    .set({ disabled_at: now_ms() })
    .where('id', '=', id)
    .where('disabled_at', 'is', null)
    .executeTakeFirst()
  return changed.numUpdatedRows === 1n
}

/** Removes an endpoint with everything that it was told. @returns whether it was there */
export async function deleteEndpoint(transaction: Transaction, id: WebhookId): Promise<boolean> {
  const deleted = await transaction.deleteFrom('webhook_endpoints').where('id', '=', id).executeTakeFirst()
  return deleted.numDeletedRows === 1n
}

/** Forgets secrets that do not sign along any more. */
export async function deleteOldSecrets(transaction: Transaction): Promise<void> {
  await transaction
    .updateTable('webhook_endpoints')
    .set({ previous_secret: null, previous_until: null })
    .where('previous_until', '<=', now_ms())
    .execute()
}
