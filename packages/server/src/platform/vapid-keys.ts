/**
 * The server's keys for push services (RFC 8292): the one in use, and the ones before it, which reach the phones that
 * subscribed for them. Kept with the other keys in `signing_keys`.
 *
 * A key is put into use while servers run. Which one is in use is therefore read each time; a key itself never changes.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { concatBytes, fromBase64url, PublicJwk, toBase64url } from '@countersign/protocol'
import { sql } from 'kysely'
import { type Database, forShare, prepareSelect, type Query, type Transaction } from '../db/index.ts'
import type { Seal } from './seal.ts'

/** Who sends pushes, to push services: subscriptions are made for it, and take pushes of nobody else. */
export interface VapidKey {
  /** The public key as browsers and push services take it: an uncompressed P-256 point, base64url. */
  readonly publicKey: string
  readonly privateKey: KeyObject
}

const uncompressed = Uint8Array.of(4)

function pointOf(publicJwk: string): string {
  const { x, y } = PublicJwk.parse(JSON.parse(publicJwk))
  return toBase64url(concatBytes(uncompressed, fromBase64url(x), fromBase64url(y)))
}

const keys = (query: Query) => query.selectFrom('signing_keys').where('purpose', '=', 'vapid')

const selectInUse = prepareSelect((query) => keys(query).select('public_jwk').where('retired_at', 'is', null))

/** The public key that phones are to subscribe for. */
export async function vapidKeyInUse(query: Query): Promise<string> {
  return pointOf((await selectInUse.one(query, {})).public_jwk)
}

/** As `vapidKeyInUse`; it stays in use until the transaction ends. */
export async function holdVapidKeyInUse(transaction: Transaction): Promise<string> {
  const held = await keys(transaction)
    .select('public_jwk')
    .where('retired_at', 'is', null)
    .$call(forShare)
    .executeTakeFirst()
  // Where another one took its place while this stood in line, PostgreSQL gives no row: the next statement sees it.
  return held === undefined ? holdVapidKeyInUse(transaction) : pointOf(held.public_jwk)
}

/** The key with this public half, or null where it was removed. */
export type FindVapidKey = (publicKey: string) => Promise<VapidKey | null>

/** Finds keys in the database, each once. */
export function rememberVapidKeys(db: Database, seal: Seal): FindVapidKey {
  const known = new Map<string, VapidKey>()
  const readAll = () => db.read((query) => keys(query).select(['id', 'public_jwk', 'private_key']).execute())
  return async (publicKey) => {
    if (known.has(publicKey)) return known.get(publicKey) ?? null
    for (const row of await readAll()) {
      const key = Buffer.from(seal.open(row.private_key, row.id))
      const point = pointOf(row.public_jwk)
      known.set(point, {
        publicKey: point,
        privateKey: createPrivateKey({ key, format: 'der', type: 'pkcs8' }),
      })
    }
    return known.get(publicKey) ?? null
  }
}

/** A key that another one took the place of. */
export interface RetiredVapidKey {
  readonly id: string
  readonly publicKey: string
  /** For how many milliseconds. */
  readonly retiredFor: number
}

export async function readRetiredVapidKeys(query: Query): Promise<RetiredVapidKey[]> {
  const rows = await keys(query)
    .select(['id', 'public_jwk', sql<number>`now_ms() - retired_at`.as('retired_for')])
    .where('retired_at', 'is not', null)
    .execute()
  return rows.map((row) => ({ id: row.id, publicKey: pointOf(row.public_jwk), retiredFor: row.retired_for }))
}

/** Removes a retired key. @returns whether it was there */
export async function deleteRetiredVapidKey(transaction: Transaction, id: string): Promise<boolean> {
  const deleted = await transaction
    .deleteFrom('signing_keys')
    .where('id', '=', id)
    .where('purpose', '=', 'vapid')
    .where('retired_at', 'is not', null)
    .executeTakeFirst()
  return deleted.numDeletedRows > 0n
}
