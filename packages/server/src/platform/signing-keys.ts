/** Making signing keys, and keeping them. Their private halves lie sealed in `signing_keys`. */
import { publicJwkOf, thumbprintOf } from '@countersign/protocol'
import { now_ms, type SigningKeysTable, type Transaction } from '../db/index.ts'
import type { Seal } from './seal.ts'

export const signingAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' }

/** A key that was made and is not kept yet. */
export type NewSigningKey = Pick<SigningKeysTable, 'id' | 'purpose' | 'public_jwk' | 'private_key'>

export async function newSigningKey(purpose: SigningKeysTable['purpose'], seal: Seal): Promise<NewSigningKey> {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(signingAlgorithm, true, ['sign', 'verify'])
  const jwk = await publicJwkOf(publicKey)
  const id = thumbprintOf(jwk)
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', privateKey))
  return { id, purpose, public_jwk: JSON.stringify(jwk), private_key: seal.seal(pkcs8, id) }
}

/** Puts a key into use, unless there is one: a unique index allows one for a purpose. */
export async function insertSigningKey(transaction: Transaction, key: NewSigningKey): Promise<void> {
  await transaction
    .insertInto('signing_keys')
    .values({ ...key, created_at: now_ms(), retired_at: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/**
 * Puts a key into use; the one of its purpose before it is retired.
 *
 * @returns false where another one came first: nothing was done
 */
export async function replaceSigningKey(transaction: Transaction, key: NewSigningKey): Promise<boolean> {
  const retired = await transaction
    .updateTable('signing_keys')
    .set({ retired_at: now_ms() })
    .where('purpose', '=', key.purpose)
    .where('retired_at', 'is', null)
    .executeTakeFirst()
  if (retired.numUpdatedRows === 0n) return false
  await insertSigningKey(transaction, key)
  return true
}
