/** Who asks about an approval: the application that started it, or the page that waits for it. */
import { type ApplicationId, type ApprovalId, sha256, utf8 } from '@countersign/protocol'
import type { FastifyRequest } from 'fastify'
import { bearerOf, hasPagesAt, requireApplication } from '../applications/index.ts'
import type { Context } from '../context.ts'
import { Refusal } from '../http/index.ts'
import { readStoredApproval } from './approval-store.ts'
import { findByPageToken } from './receipt-store.ts'

const form = /^cpt_[A-Za-z0-9_-]{43}$/

/** An approval, and whose it is. */
export interface Followed {
  readonly id: ApprovalId
  readonly application: ApplicationId
}

/**
 * The caller of a route about one approval: an API key of its application, or the page token of this very approval. A page
 * of another origin than the application's is refused, whatever it knows.
 *
 * @throws Refusal `key_refused`, `scope_missing`, `origin_refused`, `not_found`
 */
export async function requireFollower(context: Context, request: FastifyRequest, id: ApprovalId): Promise<Followed> {
  const bearer = bearerOf(request)
  if (bearer === null || !form.test(bearer)) {
    const { id: application } = await requireApplication(context, request, 'approvals')
    return { id, application }
  }
  const { origin } = request.headers
  const found = await context.db.read(async (query) => {
    const approval = await findByPageToken(query, sha256(utf8(bearer)))
    const stored = approval && (await readStoredApproval(query, approval))
    if (!stored) return null
    const isHome = origin === undefined || (await hasPagesAt(query, origin, stored.application))
    return { approval: stored.id, application: stored.application, isHome }
  })
  if (found === null) throw new Refusal('key_refused')
  if (!found.isHome) throw new Refusal('origin_refused')
  if (found.approval !== id) throw new Refusal('not_found')
  return { id, application: found.application }
}
