/** Who asks: the application behind a request, by its API key. */
import { equalBytes, sha256, utf8 } from '@countersign/protocol'
import type { FastifyRequest } from 'fastify'
import type { Context } from '../context.ts'
import { nowMs } from '../db/index.ts'
import { Refusal } from '../http/index.ts'
import { apiKeyIdIn, isInForce, type Scope } from './api-key.ts'
import { findApiKey } from './api-key-store.ts'
import type { Application } from './application.ts'
import { findApplication } from './application-store.ts'

const bearer = /^Bearer ([\x21-\x7e]{1,200})$/i

/** What a request carries as `Authorization: Bearer …` (RFC 6750 section 2.1), or null. */
export const bearerOf = ({ headers }: FastifyRequest): string | null =>
  bearer.exec(headers.authorization ?? '')?.[1] ?? null

const nobodys = new Uint8Array(32)

/**
 * The application whose API key a request carries.
 *
 * @throws Refusal `key_refused`, whatever is wrong with the key; `scope_missing` where it may not do this
 */
export async function requireApplication(
  context: Context,
  request: FastifyRequest,
  scope: Scope,
): Promise<Application> {
  const key = bearerOf(request) ?? ''
  const id = apiKeyIdIn(key)
  const found = await context.db.read(async (query) => {
    const [stored, now] = await Promise.all([id === null ? null : findApiKey(query, id), nowMs(query)])
    const application = stored && (await findApplication(query, stored.application))
    return stored && application ? { stored, application, now } : null
  })
  const isRight = equalBytes(sha256(utf8(key)), found?.stored.hash ?? nobodys)
  if (found === null || !isRight || !isInForce(found.stored, found.now)) throw new Refusal('key_refused')
  if (!found.stored.scopes.includes(scope)) {
    throw new Refusal('scope_missing', { detail: `The API key lacks the scope ${scope}.` })
  }
  return found.application
}
