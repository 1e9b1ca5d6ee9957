/**
 * The server's keys. Owner of the table `signing_keys`.
 *
 * Signing keys are made on the first start and kept in the database, sealed; everything symmetric is derived from the
 * master key and kept nowhere. Processes that start together end up with the same keys.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto'
import {
  concatBytes,
  fromBase64url,
  type PublicJwk,
  PublicJwk as PublicJwkSchema,
  publicJwkOf,
  thumbprintOf,
  toBase64url,
} from '@countersign/protocol'
import type { CryptoKey, JWK } from 'jose'
import { type Database, now_ms, type Query, type SigningKeysTable } from '../db/index.ts'
import type { Seal } from './seal.ts'

/** Who sends pushes, to push services (RFC 8292): subscriptions are made for it, and take pushes of nobody else. */
export interface VapidKey {
  /** The public key as browsers and push services take it: an uncompressed P-256 point, base64url. */
  readonly publicKey: string
  readonly privateKey: KeyObject
}

export interface Keys {
  /** Signs documents and link transcripts, and nothing else. */
  readonly documentKey: { readonly id: string; readonly jwk: PublicJwk; readonly key: CryptoKey }
  /** What phones pin: the public document keys, the one in use first. */
  readonly documentKeys: readonly PublicJwk[]
  /** Private JWKs for oidc-provider, the one in use first. */
  readonly oidcKeys: readonly JWK[]
  /** The one in use first. Retired ones still reach the phones that subscribed for them. */
  readonly vapidKeys: readonly [VapidKey, ...VapidKey[]]
  readonly nonceKey: Uint8Array
  readonly challengeKey: Uint8Array
  /** The first signs, all verify. */
  readonly cookieKeys: readonly string[]
}

type Purpose = SigningKeysTable['purpose']
type Row = Pick<SigningKeysTable, 'id' | 'public_jwk' | 'private_key' | 'retired_at'>

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }

/** Loads the keys, making those that are not there yet. Throws `SealBroken` when the master key is not the one that sealed them. */
export async function loadKeys(db: Database, seal: Seal): Promise<Keys> {
  const documentRows = await loadOrCreate(db, 'document', seal)
  const oidcRows = await loadOrCreate(db, 'oidc', seal)
  const [vapidRow, ...retiredVapidRows] = await loadOrCreate(db, 'vapid', seal)
  const [current] = documentRows
  return {
    documentKey: {
      id: current.id,
      jwk: parsePublic(current),
      key: await importPrivate(current, seal, false),
    },
    documentKeys: documentRows.map(parsePublic),
    oidcKeys: await Promise.all(oidcRows.map((row) => toPrivateJwk(row, seal))),
    vapidKeys: [toVapidKey(vapidRow, seal), ...retiredVapidRows.map((row) => toVapidKey(row, seal))],
    nonceKey: seal.derive('countersign/v1/nonce-key'),
    challengeKey: seal.derive('countersign/v1/challenge-key'),
    cookieKeys: seal.deriveAll('countersign/v1/cookie-key').map(toBase64url),
  }
}

async function loadOrCreate(db: Database, purpose: Purpose, seal: Seal): Promise<[Row, ...Row[]]> {
  const find = () => db.read((query) => findKeys(query, purpose))
  if (!isFilled(await find())) await createKey(db, purpose, seal)
  const rows = await find()
  if (!isFilled(rows)) throw new Error(`There is no ${purpose} key in use, though one was just made.`)
  return rows
}

const isFilled = (rows: Row[]): rows is [Row, ...Row[]] => rows[0]?.retired_at === null

/** The key in use first, then the retired ones, newest first. */
const findKeys = (query: Query, purpose: Purpose): Promise<Row[]> =>
  query
    .selectFrom('signing_keys')
    .select(['id', 'public_jwk', 'private_key', 'retired_at'])
    .where('purpose', '=', purpose)
    .orderBy((order) => order.case().when('retired_at', 'is', null).then(0).else(1).end())
    .orderBy('created_at', 'desc')
    .execute()

/** Of processes that do this at once, one succeeds: a unique index allows one key in use for a purpose. */
async function createKey(db: Database, purpose: Purpose, seal: Seal): Promise<void> {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const jwk = await publicJwkOf(publicKey)
  const id = thumbprintOf(jwk)
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', privateKey))
  const row = {
    id,
    purpose,
    public_jwk: JSON.stringify(jwk),
    private_key: seal.seal(pkcs8, id),
    created_at: now_ms(),
    retired_at: null,
  }
  await db.write((transaction) =>
    transaction
      .insertInto('signing_keys')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .execute(),
  )
}

const parsePublic = (row: Row): PublicJwk => PublicJwkSchema.parse(JSON.parse(row.public_jwk))

const importPrivate = (row: Row, seal: Seal, extractable: boolean): Promise<CryptoKey> =>
  crypto.subtle.importKey('pkcs8', new Uint8Array(seal.open(row.private_key, row.id)), algorithm, extractable, ['sign'])

async function toPrivateJwk(row: Row, seal: Seal): Promise<JWK> {
  const { d } = await crypto.subtle.exportKey('jwk', await importPrivate(row, seal, true))
  if (!d) throw new Error('A private key has no private part.')
  return { ...parsePublic(row), d, kid: row.id, alg: 'ES256', use: 'sig' }
}

const uncompressed = Uint8Array.of(4)

function toVapidKey(row: Row, seal: Seal): VapidKey {
  const { x, y } = parsePublic(row)
  const key = Buffer.from(seal.open(row.private_key, row.id))
  return {
    publicKey: toBase64url(concatBytes(uncompressed, fromBase64url(x), fromBase64url(y))),
    privateKey: createPrivateKey({ key, format: 'der', type: 'pkcs8' }),
  }
}
