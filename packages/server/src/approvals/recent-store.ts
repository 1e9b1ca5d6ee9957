/** What the rules against fatigue read of `approvals`. */
import type { AccountId } from '@countersign/protocol'
import { sql } from 'kysely'
import { now_ms, prepareSelect, type Query } from '../db/index.ts'
import { endsAt } from './approval.ts'
import { fatigueWindow, type RecentApproval } from './risk.ts'

const selectRecent = prepareSelect((query, { account }: { account: AccountId }) =>
  query
    .selectFrom('approvals')
    .select(['live_key', 'state', 'reason', 'offline', 'expires_at', 'decided_at'])
    .select(now_ms().as('now'))
    .where('account_id', '=', account)
    .where('created_at', '>', sql<number>`now_ms() - ${fatigueWindow}`)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(50),
)

/** The approvals of an account that the rules against fatigue look at, the newest first. */
export async function readRecent(query: Query, account: AccountId): Promise<RecentApproval[]> {
  const rows = await selectRecent.all(query, { account })
  return rows.map((row) => ({
    liveKey: row.live_key,
    waits: row.state === 'pending' && row.now < endsAt({ offline: row.offline === 1, expiresAt: row.expires_at }),
    // Codes that were guessed at are no sign of the person.
    answered: row.decided_at !== null && row.reason !== 'codes-spent',
  }))
}
