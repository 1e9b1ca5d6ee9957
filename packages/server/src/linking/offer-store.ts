/** All SQL of `linking_offers`. */
import { AccountId, ApplicationId, LinkingId } from '@countersign/protocol'
import { sql } from 'kysely'
import { forUpdate, type LinkingOffersTable, now_ms, type Query, type Transaction } from '../db/index.ts'
import { type LinkingOffer, offerLength } from './linking-offer.ts'

const toOffer = (row: LinkingOffersTable): LinkingOffer => ({
  id: row.id,
  account: AccountId.parse(row.account_id),
  application: ApplicationId.parse(row.application_id),
  state: row.state,
  linking: row.linking_id === null ? null : LinkingId.parse(row.linking_id),
  expiresAt: row.expires_at,
})

export async function readOffer(query: Query, id: string): Promise<LinkingOffer | null> {
  const row = await query.selectFrom('linking_offers').selectAll().where('id', '=', id).executeTakeFirst()
  return row === undefined ? null : toOffer(row)
}

export async function readOfferByHash(query: Query, hash: Uint8Array): Promise<LinkingOffer | null> {
  const row = await query.selectFrom('linking_offers').selectAll().where('code_hash', '=', hash).executeTakeFirst()
  return row === undefined ? null : toOffer(row)
}

/** The offer, held until the transaction ends. After account and linking. */
export async function holdOffer(transaction: Transaction, id: string): Promise<LinkingOffer | null> {
  const row = await transaction
    .selectFrom('linking_offers')
    .selectAll()
    .where('id', '=', id)
    .$call(forUpdate)
    .executeTakeFirst()
  return row === undefined ? null : toOffer(row)
}

/** Inserts an offer in place of those before it: one code of an account is good at a time. @returns until when it is */
export async function insertOffer(
  transaction: Transaction,
  offer: Pick<LinkingOffer, 'id' | 'account' | 'application'>,
  hash: Uint8Array,
): Promise<number> {
  await transaction
    .updateTable('linking_offers')
    .set({ state: 'ended' })
    .where('account_id', '=', offer.account)
    .where('state', 'in', ['open', 'scanned'])
    .execute()
  const { expires_at } = await transaction
    .insertInto('linking_offers')
    .values({
      id: offer.id,
      account_id: offer.account,
      application_id: offer.application,
      code_hash: hash,
      state: 'open',
      linking_id: null,
      expires_at: sql<number>`now_ms() + ${offerLength}`,
      created_at: now_ms(),
    })
    .returning('expires_at')
    .executeTakeFirstOrThrow()
  return expires_at
}

/** Moves an offer on, within its time. @returns whether it was where it was thought to be */
export async function moveOffer(
  transaction: Transaction,
  id: string,
  from: LinkingOffer['state'],
  to: { readonly state: LinkingOffer['state']; readonly linking?: LinkingId },
): Promise<boolean> {
  const moved = await transaction
    .updateTable('linking_offers')
    .set({ state: to.state, ...(to.linking === undefined ? {} : { linking_id: to.linking }) })
    .where('id', '=', id)
    .where('state', '=', from)
    .where('expires_at', '>', now_ms())
    .executeTakeFirst()
  return moved.numUpdatedRows === 1n
}

/** Forgets offers a day after their end. */
export async function deleteOldOffers(transaction: Transaction): Promise<void> {
  await transaction.deleteFrom('linking_offers').where('expires_at', '<=', sql<number>`now_ms() - 86400000`).execute()
}
