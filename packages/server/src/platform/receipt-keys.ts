/**
 * The keys that sign receipts and nothing else: the one in use, and the ones before it, whose receipts stay true. Kept
 * with the other keys in `signing_keys`.
 *
 * A key is put into use while servers run. Which one is in use is therefore read each time; a key itself never changes.
 */
import { PublicJwk } from '@countersign/protocol'
import type { CryptoKey } from 'jose'
import { type Database, prepareSelect, type Query } from '../db/index.ts'
import type { Seal } from './seal.ts'
import { signingAlgorithm } from './signing-keys.ts'

export interface ReceiptKey {
  /** Its thumbprint. */
  readonly id: string
  readonly key: CryptoKey
}

const keys = (query: Query) => query.selectFrom('signing_keys').where('purpose', '=', 'receipt')

const selectInUse = prepareSelect((query) => keys(query).select(['id', 'private_key']).where('retired_at', 'is', null))

/** Finds the key in use. Private keys are opened once each. */
export function rememberReceiptKeys(db: Database, seal: Seal): () => Promise<ReceiptKey> {
  const known = new Map<string, CryptoKey>()
  return async () => {
    const { id, private_key: sealed } = await db.read((query) => selectInUse.one(query, {}))
    const key =
      known.get(id) ??
      (await crypto.subtle.importKey('pkcs8', new Uint8Array(seal.open(sealed, id)), signingAlgorithm, false, ['sign']))
    known.set(id, key)
    return { id, key }
  }
}

/** The public keys, retired ones among them, the newest first. */
export async function readReceiptKeys(query: Query): Promise<PublicJwk[]> {
  const rows = await keys(query).select('public_jwk').orderBy('created_at', 'desc').execute()
  return rows.map((row) => PublicJwk.parse(JSON.parse(row.public_jwk)))
}
