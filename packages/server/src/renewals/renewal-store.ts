/** All SQL of `renewals`. Whoever changes a renewal holds its device for update. */
import { DeviceId, RenewalId } from '@countersign/protocol'
import { sql } from 'kysely'
import type { Context } from '../context.ts'
import { now_ms, type Query, type Transaction } from '../db/index.ts'
import { proofTries, type Renewal, renewalLength } from './renewal.ts'

/** The renewal that is under way on a device, over its time or not. */
export async function readRenewal(query: Query, device: DeviceId): Promise<Renewal | null> {
  const row = await query.selectFrom('renewals').selectAll().where('device_id', '=', device).executeTakeFirst()
  if (row === undefined) return null
  return {
    id: RenewalId.parse(row.id),
    device: DeviceId.parse(row.device_id),
    sealedUnlockSecret: row.unlock_secret,
    transcriptDigest: row.transcript_digest,
  }
}

/** Begins a renewal, in the place of an earlier one. @returns until when it can be activated */
export async function writeRenewal(transaction: Transaction, renewal: Renewal): Promise<number> {
  const values = {
    id: renewal.id,
    unlock_secret: renewal.sealedUnlockSecret,
    transcript_digest: renewal.transcriptDigest,
    proof_tries_left: proofTries,
    expires_at: sql<number>`now_ms() + ${renewalLength}`,
    created_at: now_ms(),
  }
  const { expires_at } = await transaction
    .insertInto('renewals')
    .values({ device_id: renewal.device, ...values })
    .onConflict((conflict) => conflict.column('device_id').doUpdateSet(values))
    .returning('expires_at')
    .executeTakeFirstOrThrow()
  return expires_at
}

/** Spends a try at the proof, before the verdict counts. @returns the tries left, or null where the renewal is over */
export async function spendProofTry(transaction: Transaction, id: RenewalId): Promise<number | null> {
  const spent = await transaction
    .updateTable('renewals')
    .set({ proof_tries_left: sql<number>`proof_tries_left - 1` })
    .where('id', '=', id)
    .where('proof_tries_left', '>', 0)
    .where('expires_at', '>', now_ms())
    .returning('proof_tries_left')
    .executeTakeFirst()
  return spent?.proof_tries_left ?? null
}

/** Ends a renewal. Its secret is gone. */
export async function deleteRenewal(transaction: Transaction, id: RenewalId): Promise<void> {
  await transaction.deleteFrom('renewals').where('id', '=', id).execute()
}

/** Forgets what is under way on a device that is being removed. */
export async function forgetRenewals(transaction: Transaction, device: DeviceId): Promise<void> {
  await transaction.deleteFrom('renewals').where('device_id', '=', device).execute()
}

/** Forgets renewals that were not activated in time. */
export async function sweepRenewals(context: Context): Promise<void> {
  await context.db.write(async (transaction) => {
    await transaction.deleteFrom('renewals').where('expires_at', '<=', now_ms()).execute()
  })
}
