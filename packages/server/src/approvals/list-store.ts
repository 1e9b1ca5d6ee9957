/** Lists of `approvals`. */
import { type ApplicationId, ApprovalId } from '@countersign/protocol'
import { sql } from 'kysely'
import { now_ms, type Query } from '../db/index.ts'
import { type ApprovalState, codeGrace } from './approval.ts'

const isOver = sql<boolean>`now_ms() >= expires_at + offline * ${codeGrace}`

/** The ids of an application's approvals, its own sign-ins left out, the newest first, after the one that the cursor names. */
export async function readIdsOf(
  query: Query,
  application: ApplicationId,
  {
    state,
    limit,
    cursor,
  }: {
    readonly state?: ApprovalState | undefined
    readonly limit: number
    readonly cursor?: ApprovalId | undefined
  },
): Promise<ApprovalId[]> {
  let rows = query
    .selectFrom('approvals')
    .select('id')
    .where('application_id', '=', application)
    .where('action', '<>', 'login')
    .where('created_at', '<=', now_ms())
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
  if (cursor !== undefined) {
    const at = query.selectFrom('approvals').select('created_at').where('id', '=', cursor)
    rows = rows.where((where) =>
      where.or([where('created_at', '<', at), where.and([where('created_at', '=', at), where('id', '<', cursor)])]),
    )
  }
  // What was not answered in time is expired, whether or not that was written down.
  if (state === 'expired') {
    rows = rows.where((where) =>
      where.or([where('state', '=', 'expired'), where.and([where('state', '=', 'pending'), isOver])]),
    )
  } else if (state !== undefined) {
    rows = rows.where('state', '=', state)
    if (state === 'pending') rows = rows.where(sql<boolean>`not (${isOver})`)
  }
  return (await rows.execute()).map(({ id }) => ApprovalId.parse(id))
}
