/** All SQL of `applications` and `page_origins`. */
import { ApplicationId } from '@countersign/protocol'
import * as z from 'zod/mini'
import { now_ms, type Query, type Transaction } from '../db/index.ts'
import type { Application } from './application.ts'

const Uris = z.array(z.string())

/** The application with this id. */
export async function findApplication(query: Query, id: string): Promise<Application | null> {
  // Anybody may name anything: what cannot be an id is not asked for.
  if (!ApplicationId.safeParse(id).success) return null
  const row = await query
    .selectFrom('applications')
    .select(['id', 'name', 'redirect_uris', 'post_logout_redirect_uris', 'starts_approvals', 'starts_per_minute'])
    .where('id', '=', id)
    .executeTakeFirst()
  if (row === undefined) return null
  return {
    id: ApplicationId.parse(row.id),
    name: row.name,
    redirectUris: Uris.parse(JSON.parse(row.redirect_uris)),
    postLogoutRedirectUris: Uris.parse(JSON.parse(row.post_logout_redirect_uris)),
    startsApprovals: row.starts_approvals === 1,
    startsPerMinute: row.starts_per_minute,
  }
}

/** Whether an application has pages at an origin; left out, whether any application has. */
export async function hasPagesAt(query: Query, origin: string, application?: ApplicationId): Promise<boolean> {
  const rows = query.selectFrom('page_origins').select('origin').where('origin', '=', origin).limit(1)
  const row = await (application === undefined
    ? rows
    : rows.where('application_id', '=', application)
  ).executeTakeFirst()
  return row !== undefined
}

/** The SHA-256 of an application's secret. */
export async function readSecretHash(query: Query, id: string): Promise<Uint8Array | null> {
  const row = await query.selectFrom('applications').select('secret_hash').where('id', '=', id).executeTakeFirst()
  return row?.secret_hash ?? null
}

/** Inserts an application and where its pages are; false when its id is taken. */
export async function insertApplication(
  transaction: Transaction,
  application: Application,
  { secretHash, pageOrigins }: { readonly secretHash: Uint8Array; readonly pageOrigins: readonly string[] },
): Promise<boolean> {
  const inserted = await transaction
    .insertInto('applications')
    .values({
      id: application.id,
      name: application.name,
      secret_hash: secretHash,
      redirect_uris: JSON.stringify(application.redirectUris),
      post_logout_redirect_uris: JSON.stringify(application.postLogoutRedirectUris),
      starts_approvals: application.startsApprovals ? 1 : 0,
      starts_per_minute: application.startsPerMinute,
      created_at: now_ms(),
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst()
  if (inserted.numInsertedOrUpdatedRows !== 1n) return false
  await insertPageOrigins(transaction, application.id, pageOrigins)
  return true
}

async function insertPageOrigins(
  transaction: Transaction,
  id: ApplicationId,
  origins: readonly string[],
): Promise<void> {
  for (const origin of origins) {
    await transaction
      .insertInto('page_origins')
      .values({ application_id: id, origin })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}

/** Lets an application ask for approvals, from pages at these origins too. */
export async function writeLeave(
  transaction: Transaction,
  id: ApplicationId,
  { pageOrigins, startsPerMinute }: { readonly pageOrigins: readonly string[]; readonly startsPerMinute: number },
): Promise<void> {
  await transaction
    .updateTable('applications')
    .set({ starts_approvals: 1, starts_per_minute: startsPerMinute })
    .where('id', '=', id)
    .execute()
  await insertPageOrigins(transaction, id, pageOrigins)
}
