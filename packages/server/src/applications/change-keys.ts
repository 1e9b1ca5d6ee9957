/** Making, rotating and revoking the API keys of an application. */
import { type ApplicationId, sha256, utf8 } from '@countersign/protocol'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../db/index.ts'
import { apiKeyOf, isInForce, type Scope } from './api-key.ts'
import { endApiKey, findApiKey, insertApiKey, readApiKeys, type StoredApiKey } from './api-key-store.ts'
import { findApplication } from './application-store.ts'

/** A key that was made: told here, and never again. */
export interface NewApiKey {
  readonly id: string
  readonly key: string
}

async function insertNew(
  context: Context,
  transaction: Transaction,
  application: ApplicationId,
  scopes: readonly Scope[],
): Promise<NewApiKey> {
  const made = apiKeyOf({ id: context.random.bytes(12), secret: context.random.bytes(32) })
  await insertApiKey(transaction, { id: made.id, application, hash: sha256(utf8(made.key)), scopes })
  await recordAudit(transaction, {
    kind: 'application.key-added',
    application,
    detail: { key: made.id, scopes: scopes.join(' ') },
  })
  return made
}

/** Makes a key for an application; null where there is no such application. */
export async function addApiKey(context: Context, id: string, scopes: readonly Scope[]): Promise<NewApiKey | null> {
  return context.db.write(async (transaction) => {
    const application = await findApplication(transaction, id)
    return application === null ? null : insertNew(context, transaction, application.id, scopes)
  })
}

/**
 * Makes a key that may do what another one may, which ends after `overlap` milliseconds.
 *
 * @returns null where there is no such key, or it has ended
 */
export async function rotateApiKey(context: Context, id: string, overlap: number): Promise<NewApiKey | null> {
  return context.db.write(async (transaction) => {
    const before = await findApiKey(transaction, id)
    if (before === null || !(await endApiKey(transaction, id, overlap))) return null
    const { application, scopes } = before
    await recordAudit(transaction, { kind: 'application.key-ended', application, detail: { key: id, after: overlap } })
    return insertNew(context, transaction, application, scopes)
  })
}

/** Ends a key at once. @returns whether it was in force */
export async function revokeApiKey(context: Context, id: string): Promise<boolean> {
  return context.db.write(async (transaction) => {
    const key = await findApiKey(transaction, id)
    if (key === null || !(await endApiKey(transaction, id, 0))) return false
    await recordAudit(transaction, {
      kind: 'application.key-ended',
      application: key.application,
      detail: { key: id, after: 0 },
    })
    return true
  })
}

/** The keys of an application that are in force, the newest first. */
export async function listApiKeys(context: Context, application: string): Promise<StoredApiKey[]> {
  const keys = await context.db.read((query) => readApiKeys(query, application))
  const now = context.clock.now()
  return keys.filter((key) => isInForce(key, now))
}
