/**
 * The server's keys. Owner of the table `signing_keys`.
 *
 * Signing keys are made on the first start and kept in the database, sealed; everything symmetric is derived from the
 * master key and kept nowhere. Processes that start together end up with the same keys.
 */
import { type PublicJwk, PublicJwk as PublicJwkSchema, toBase64url } from '@countersign/protocol'
import type { CryptoKey, JWK } from 'jose'
import type { Database, Query, SigningKeysTable } from '../db/index.ts'
import { type ReceiptKey, rememberReceiptKeys } from './receipt-keys.ts'
import type { Seal } from './seal.ts'
import { insertSigningKey, newSigningKey, signingAlgorithm } from './signing-keys.ts'
import { type FindVapidKey, rememberVapidKeys } from './vapid-keys.ts'

export interface Keys {
  /** Signs documents and link transcripts, and nothing else. */
  readonly documentKey: { readonly id: string; readonly jwk: PublicJwk; readonly key: CryptoKey }
  /** What phones pin: the public document keys, the one in use first. */
  readonly documentKeys: readonly PublicJwk[]
  /** Finds the key that signs receipts now, and nothing else. */
  readonly receiptKey: () => Promise<ReceiptKey>
  /** Private JWKs for oidc-provider, the one in use first. */
  readonly oidcKeys: readonly JWK[]
  /** For push services: `vapid-keys.ts` says which one is in use. */
  readonly vapidKey: FindVapidKey
  readonly nonceKey: Uint8Array
  readonly challengeKey: Uint8Array
  /** The first signs, all verify. */
  readonly cookieKeys: readonly string[]
}

type Purpose = SigningKeysTable['purpose']
type Row = Pick<SigningKeysTable, 'id' | 'public_jwk' | 'private_key' | 'retired_at'>

/** Loads the keys, making those that are not there yet. Throws `SealBroken` when the master key is not the one that sealed them. */
export async function loadKeys(db: Database, seal: Seal): Promise<Keys> {
  const documentRows = await loadOrCreate(db, 'document', seal)
  const oidcRows = await loadOrCreate(db, 'oidc', seal)
  await loadOrCreate(db, 'receipt', seal)
  await loadOrCreate(db, 'vapid', seal)
  const [current] = documentRows
  return {
    documentKey: {
      id: current.id,
      jwk: parsePublic(current),
      key: await importPrivate(current, seal, false),
    },
    documentKeys: documentRows.map(parsePublic),
    receiptKey: rememberReceiptKeys(db, seal),
    oidcKeys: await Promise.all(oidcRows.map((row) => toPrivateJwk(row, seal))),
    vapidKey: rememberVapidKeys(db, seal),
    nonceKey: seal.derive('countersign/v1/nonce-key'),
    challengeKey: seal.derive('countersign/v1/challenge-key'),
    cookieKeys: seal.deriveAll('countersign/v1/cookie-key').map(toBase64url),
  }
}

async function loadOrCreate(db: Database, purpose: Purpose, seal: Seal): Promise<[Row, ...Row[]]> {
  const find = () => db.read((query) => findKeys(query, purpose))
  if (!isFilled(await find())) {
    const key = await newSigningKey(purpose, seal)
    // Of processes that do this at once, one succeeds.
    await db.write((transaction) => insertSigningKey(transaction, key))
  }
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

const parsePublic = (row: Row): PublicJwk => PublicJwkSchema.parse(JSON.parse(row.public_jwk))

const importPrivate = (row: Row, seal: Seal, extractable: boolean): Promise<CryptoKey> =>
  crypto.subtle.importKey('pkcs8', new Uint8Array(seal.open(row.private_key, row.id)), signingAlgorithm, extractable, [
    'sign',
  ])

async function toPrivateJwk(row: Row, seal: Seal): Promise<JWK> {
  const { d } = await crypto.subtle.exportKey('jwk', await importPrivate(row, seal, true))
  if (!d) throw new Error('A private key has no private part.')
  return { ...parsePublic(row), d, kid: row.id, alg: 'ES256', use: 'sig' }
}
