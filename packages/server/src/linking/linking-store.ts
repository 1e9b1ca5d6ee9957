/** All SQL of `linkings`. */
import { AccountId, DeviceId, LinkingId, Locale, PublicJwk } from '@countersign/protocol'
import { sql } from 'kysely'
import type { Context } from '../context.ts'
import { forUpdate, type LinkingsTable, now_ms, type Query, type Transaction } from '../db/index.ts'
import { discardLinkingDevice, discardUnfinishedDevices } from '../devices/index.ts'
import { codeLength, codeTries, type SpentTry } from '../sms-codes/index.ts'
import { finishLength, forgottenAfter, type Linking, proofTries } from './linking.ts'
import { deleteOldOffers } from './offer-store.ts'

const toLinking = (row: LinkingsTable): Linking => ({
  id: LinkingId.parse(row.id),
  account: AccountId.parse(row.account_id),
  thumbprint: row.key_thumbprint,
  signJwk: PublicJwk.parse(JSON.parse(row.sign_jwk)),
  locale: Locale.parse(row.locale),
  state: row.state,
  codeTriesLeft: row.code_tries_left,
  confirmedBy: row.confirmed_by,
  device: row.device_id === null ? null : DeviceId.parse(row.device_id),
  sealedEcdhPrivate: row.ecdh_private,
  ecdhJwk: row.ecdh_public === null ? null : PublicJwk.parse(JSON.parse(row.ecdh_public)),
  transcriptDigest: row.transcript_digest,
  expiresAt: row.expires_at,
})

export async function readLinking(query: Query, id: LinkingId): Promise<Linking | null> {
  const row = await query.selectFrom('linkings').selectAll().where('id', '=', id).executeTakeFirst()
  return row === undefined ? null : toLinking(row)
}

/** The linking, held until the transaction ends, so that requests in parallel take their steps one after another. */
export async function holdLinking(transaction: Transaction, id: LinkingId): Promise<Linking | null> {
  const row = await transaction
    .selectFrom('linkings')
    .selectAll()
    .where('id', '=', id)
    .$call(forUpdate)
    .executeTakeFirst()
  return row === undefined ? null : toLinking(row)
}

export interface NewLinking {
  readonly id: LinkingId
  readonly account: AccountId
  readonly thumbprint: string
  readonly signJwk: PublicJwk
  readonly locale: Locale
  readonly codeHash: Uint8Array
  readonly confirmedBy: 'sms' | 'nobody-yet'
}

/** Inserts a linking whose code was just sent. @returns until when the code is good */
export async function insertLinking(transaction: Transaction, linking: NewLinking): Promise<number> {
  const { expires_at } = await transaction
    .insertInto('linkings')
    .values({
      id: linking.id,
      account_id: linking.account,
      key_thumbprint: linking.thumbprint,
      sign_jwk: JSON.stringify(linking.signJwk),
      locale: linking.locale,
      state: 'code',
      code_hash: linking.codeHash,
      code_tries_left: codeTries,
      proof_tries_left: proofTries,
      device_id: null,
      ecdh_private: null,
      ecdh_public: null,
      transcript_digest: null,
      expires_at: sql<number>`now_ms() + ${codeLength}`,
      created_at: now_ms(),
      confirmed_by: linking.confirmedBy,
    })
    .returning('expires_at')
    .executeTakeFirstOrThrow()
  return expires_at
}

/** Puts another code in place of the one that is out. Tries stay spent. @returns until when it is good, null if no code is out */
export async function writeNewCode(
  transaction: Transaction,
  id: LinkingId,
  codeHash: Uint8Array,
): Promise<number | null> {
  const written = await transaction
    .updateTable('linkings')
    .set({ code_hash: codeHash, expires_at: sql<number>`now_ms() + ${codeLength}` })
    .where('id', '=', id)
    .where('state', '=', 'code')
    .where('expires_at', '>', now_ms())
    .returning('expires_at')
    .executeTakeFirst()
  return written?.expires_at ?? null
}

/**
 * Spends a try at the SMS code, before anything is compared.
 *
 * @returns the hash to compare with and the tries left, or null where there is none to spend
 */
export async function spendCodeTry(transaction: Transaction, id: LinkingId): Promise<SpentTry | null> {
  const spent = await transaction
    .updateTable('linkings')
    .set({ code_tries_left: sql<number>`code_tries_left - 1` })
    .where('id', '=', id)
    .where('state', '=', 'code')
    .where('code_tries_left', '>', 0)
    .where('expires_at', '>', now_ms())
    .returning(['code_hash', 'code_tries_left'])
    .executeTakeFirst()
  return spent === undefined ? null : { codeHash: spent.code_hash, triesLeft: spent.code_tries_left }
}

/** Somebody typed the digits of this linking on the page. @returns whether they were still waited for */
export async function writeConfirmed(transaction: Transaction, id: LinkingId): Promise<boolean> {
  const written = await transaction
    .updateTable('linkings')
    .set({ confirmed_by: 'page' })
    .where('id', '=', id)
    .where('state', '=', 'code')
    .where('confirmed_by', '=', 'nobody-yet')
    .where('expires_at', '>', now_ms())
    .executeTakeFirst()
  return written.numUpdatedRows === 1n
}

/** The hash of a code that was right, for the same request again. */
export async function readUsedCodeHash(query: Query, id: LinkingId): Promise<Uint8Array> {
  const row = await query.selectFrom('linkings').select('code_hash').where('id', '=', id).executeTakeFirstOrThrow()
  return row.code_hash
}

export interface ServerKeys {
  readonly device: DeviceId
  /** Sealed with the linking id as additional data. */
  readonly sealedEcdhPrivate: Uint8Array
  readonly ecdhJwk: PublicJwk
}

/** The code was right: from `code` to `keys`. @returns until when the linking can be finished */
export async function writeKeysStep(transaction: Transaction, id: LinkingId, keys: ServerKeys): Promise<number> {
  const { expires_at } = await transaction
    .updateTable('linkings')
    .set({
      state: 'keys',
      device_id: keys.device,
      ecdh_private: keys.sealedEcdhPrivate,
      ecdh_public: JSON.stringify(keys.ecdhJwk),
      expires_at: sql<number>`now_ms() + ${finishLength}`,
    })
    .where('id', '=', id)
    .where('state', '=', 'code')
    .returning('expires_at')
    .executeTakeFirstOrThrow()
  return expires_at
}

/** Both sides agree: from `keys` to `activate`. The private key is gone. @returns false where it was not in `keys` any more */
export async function writeActivateStep(
  transaction: Transaction,
  id: LinkingId,
  transcriptDigest: Uint8Array,
): Promise<boolean> {
  const written = await transaction
    .updateTable('linkings')
    .set({ state: 'activate', ecdh_private: null, transcript_digest: transcriptDigest })
    .where('id', '=', id)
    .where('state', '=', 'keys')
    .where('expires_at', '>', now_ms())
    .executeTakeFirst()
  return written.numUpdatedRows === 1n
}

/** Spends a try at the proof, before the verdict counts. @returns the tries left, or null where there is none to spend */
export async function spendProofTry(transaction: Transaction, id: LinkingId): Promise<number | null> {
  const spent = await transaction
    .updateTable('linkings')
    .set({ proof_tries_left: sql<number>`proof_tries_left - 1` })
    .where('id', '=', id)
    .where('state', '=', 'activate')
    .where('proof_tries_left', '>', 0)
    .where('expires_at', '>', now_ms())
    .returning('proof_tries_left')
    .executeTakeFirst()
  return spent?.proof_tries_left ?? null
}

export async function writeDone(transaction: Transaction, id: LinkingId): Promise<void> {
  await transaction.updateTable('linkings').set({ state: 'done' }).where('id', '=', id).execute()
}

/** Ends a linking for good; what was made for it is gone. */
export async function writeEnded(transaction: Transaction, linking: Pick<Linking, 'id' | 'device'>): Promise<void> {
  await transaction
    .updateTable('linkings')
    .set({ state: 'ended', ecdh_private: null })
    .where('id', '=', linking.id)
    .where('state', 'not in', ['done', 'ended'])
    .execute()
  if (linking.device !== null) await discardLinkingDevice(transaction, linking.device)
}

/** Forgets linkings that are over, and devices that were never activated. */
export async function sweepLinkings(context: Context): Promise<void> {
  await context.db.write(async (transaction) => {
    await discardUnfinishedDevices(transaction, finishLength)
    await deleteOldOffers(transaction)
    // The keys of a linking that ran out were erased by nobody.
    await transaction
      .updateTable('linkings')
      .set({ state: 'ended', ecdh_private: null })
      .where('state', 'not in', ['done', 'ended'])
      .where('expires_at', '<=', now_ms())
      .execute()
    await transaction
      .deleteFrom('linkings')
      .where('expires_at', '<=', sql<number>`now_ms() - ${forgottenAfter}`)
      .execute()
  })
}
