/**
 * Requests of the phone, signed by its key (RFC 9421, protocol section 5).
 *
 * Reads leave no trace; a write spends its nonce in its own transaction, so that the same request cannot be made twice.
 */
import {
  checkNonce,
  createNonce,
  headerNames,
  importVerifyKey,
  type PublicJwk,
  parseRequestSignature,
  thumbprintOf,
  verifyRequestSignature,
} from '@countersign/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import type { Context } from '../context.ts'
import { prepareChange, type Transaction } from '../db/index.ts'
import { isOlderVersion } from './app-version.ts'
import { Refusal } from './refusal.ts'

/** A request whose signature verified. */
export interface SignedRequest {
  /** RFC 7638 thumbprint of the key that signed. */
  readonly thumbprint: string
  readonly nonce: string
  readonly appVersion: string
}

/** How long a nonce is good, in milliseconds; a spent one is remembered longer than that. */
const nonceRemembered = 400_000

/** Whose key it is. */
export interface KeyOwner {
  readonly signJwk: PublicJwk
}

const maximumCachedKeys = 10_000
const verifyKeys = new Map<string, CryptoKey>()

/**
 * The key with this thumbprint, to verify with; null where its owner's is another one. Importing a key costs as much as
 * verifying with it, and a phone comes back with the same one.
 */
export async function verifyKeyOf(thumbprint: string, owner: KeyOwner): Promise<CryptoKey | null> {
  const cached = verifyKeys.get(thumbprint)
  if (cached !== undefined) return cached
  const jwk = owner.signJwk
  if (thumbprintOf(jwk) !== thumbprint) return null
  const key = await importVerifyKey(jwk)
  const [oldest] = verifyKeys.keys()
  if (oldest !== undefined && verifyKeys.size >= maximumCachedKeys) verifyKeys.delete(oldest)
  verifyKeys.set(thumbprint, key)
  return key
}

/** A header as one text; several of the same name are joined, and so refused. */
function headerOf({ headers }: FastifyRequest, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

const signatureHeaders = ['content-digest', headerNames.client, 'signature-input', 'signature'] as const

const claimedKeyId = /;keyid="([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])"/

/**
 * Gives the answer a fresh nonce for the key that the request names. Named, not proven: a nonce is worth nothing
 * without that key.
 */
export function offerNonce(context: Context, request: FastifyRequest, reply: FastifyReply): void {
  const input = request.headers['signature-input']
  const keyId = typeof input === 'string' ? claimedKeyId.exec(input)?.[1] : undefined
  if (keyId === undefined) return
  const seconds = Math.floor(context.clock.now() / 1000)
  reply.header(headerNames.nonce, createNonce(context.keys.nonceKey, keyId, seconds, context.random.bytes(8)))
}

/**
 * Verifies the signature of a request.
 *
 * @param findOwner gives who has the key with a thumbprint, or null where nothing active has it
 * @throws Refusal `signature_invalid`, `nonce_required`, `device_unknown`, `app_outdated`
 */
export async function verifySigned(
  context: Context,
  request: FastifyRequest,
  findOwner: (thumbprint: string) => Promise<KeyOwner | null>,
): Promise<SignedRequest> {
  const headers = Object.fromEntries(signatureHeaders.map((name) => [name, headerOf(request, name)]))
  const input = headers['signature-input']
  if (input !== undefined && claimedKeyId.test(input) && !/;nonce="[^"]/.test(input))
    throw new Refusal('nonce_required')
  const parsed = parseRequestSignature(headers)
  if (parsed === null) throw new Refusal('signature_invalid', { detail: 'The request must be signed by a device.' })

  const seconds = Math.floor(context.clock.now() / 1000)
  if (checkNonce(context.keys.nonceKey, parsed.keyId, parsed.nonce, seconds) !== 'good') {
    throw new Refusal('nonce_required')
  }
  const owner = await findOwner(parsed.keyId)
  if (owner === null) throw new Refusal('device_unknown')
  const key = await verifyKeyOf(parsed.keyId, owner)
  if (key === null) throw new Refusal('signature_invalid')
  const verified = await verifyRequestSignature(parsed, {
    method: request.method,
    // From the configured URL, never from Host or forwarding headers, which whoever sends the request can choose.
    targetUri: context.config.issuer + request.url,
    body: request.rawBody,
    key,
  })
  if (!verified) throw new Refusal('signature_invalid', { detail: 'The signature does not verify.' })
  if (isOlderVersion(parsed.client.app, context.config.minimumAppVersion)) throw new Refusal('app_outdated')
  return { thumbprint: parsed.keyId, nonce: parsed.nonce, appVersion: parsed.client.app }
}

const insertNonce = prepareChange((transaction, { nonce }: { nonce: string }) =>
  transaction
    .insertInto('nonces')
    .values({ nonce, expires_at: sql<number>`now_ms() + ${nonceRemembered}` })
    .onConflict((conflict) => conflict.column('nonce').doNothing()),
)

/**
 * Spends the nonce of a signed write, in the transaction of that write.
 *
 * @throws Refusal `nonce_used`, which takes the transaction with it
 */
export async function spendNonce(transaction: Transaction, signed: SignedRequest): Promise<void> {
  if ((await insertNonce.run(transaction, { nonce: signed.nonce })) !== 1) throw new Refusal('nonce_used')
}

/** Forgets nonces that are too old to be accepted anyway. */
export async function sweepNonces(context: Context): Promise<void> {
  await context.db.write(async (transaction) => {
    await transaction.deleteFrom('nonces').where('expires_at', '<', sql<number>`now_ms()`).execute()
  })
}
