/** Beginning a renewal: a proof from the secret in force, and a new one is agreed on (protocol section 4, steps 1 and 2). */
import {
  canonicalBytes,
  fromBase64url,
  generateEcdhKey,
  type PublicJwk,
  proofKeyOf,
  publicJwkOf,
  RenewalId,
  RenewalPayload,
  renewalTranscriptType,
  renewalType,
  type StartRenewalAnswer,
  type StartRenewalBody,
  sha256,
  sharedSecret,
  signJws,
  unlockSecretOf,
  verifyProof,
} from '@countersign/protocol'
import type * as z from 'zod/mini'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../db/index.ts'
import {
  type Device,
  hasSameSecret,
  openUnlockSecret,
  restoreUnlockTries,
  spendUnlockTry,
  type VerifiedDevice,
  type VerifiedPayload,
  verifyPayload,
} from '../devices/index.ts'
import { Refusal, spendNonce } from '../http/index.ts'
import { type Renewal, transcriptOf } from './renewal.ts'
import { writeRenewal } from './renewal-store.ts'
import { holdRenewing } from './renewing-device.ts'

async function verifyStart(context: Context, device: Device, jws: string): Promise<VerifiedPayload<RenewalPayload>> {
  const expected = { signer: device, type: renewalType, schema: RenewalPayload, what: 'renewal' }
  const verified = await verifyPayload(jws, expected)
  const { aud, device: named } = verified.payload
  if (aud !== context.config.issuer || named !== device.id) {
    throw new Refusal('signature_invalid', { detail: 'The renewal is meant for something else.' })
  }
  return verified
}

interface MadeRenewal {
  readonly renewal: Renewal
  /** The transcript under the document key. */
  readonly transcript: string
}

/** Agrees on a new secret. The server's ECDH key lives in this function alone. */
async function makeRenewal(context: Context, device: Device, phoneEcdhJwk: PublicJwk): Promise<MadeRenewal> {
  const id = RenewalId.parse(context.random.id('rnw'))
  const ecdh = await generateEcdhKey()
  const shared = await sharedSecret(ecdh.privateKey, phoneEcdhJwk).catch((error: unknown) => {
    const isNoPoint = error instanceof DOMException && error.name === 'DataError'
    if (!isNoPoint) throw error
    throw new Refusal('invalid_request', { detail: 'Not as it should be: phone_ecdh_jwk.' })
  })
  const serverEcdhJwk = await publicJwkOf(ecdh.publicKey)
  const { issuer } = context.config
  const transcript = transcriptOf({ issuer, renewal: id, device, phoneEcdhJwk, serverEcdhJwk })
  const payload = canonicalBytes(transcript)
  const { id: keyId, key } = context.keys.documentKey
  return {
    renewal: {
      id,
      device: device.id,
      sealedUnlockSecret: context.seal.seal(unlockSecretOf(shared, transcript), id),
      transcriptDigest: sha256(payload),
    },
    transcript: await signJws({ type: renewalTranscriptType, keyId, payload, key }),
  }
}

type Started =
  | { readonly kind: 'started'; readonly expires: number }
  | { readonly kind: 'unlock-failed'; readonly triesLeft: number }

async function begin(transaction: Transaction, device: Device, renewal: Renewal, right: boolean): Promise<Started> {
  const about = { account: device.account, device: device.id }
  const triesLeft = await spendUnlockTry(transaction, device.id)
  if (triesLeft === null) throw new Refusal('device_blocked')
  if (!right) {
    await recordAudit(transaction, { kind: 'renewal.unlock-failed', ...about, detail: { tries_left: triesLeft } })
    return { kind: 'unlock-failed', triesLeft }
  }
  await restoreUnlockTries(transaction, device.id)
  const expires = await writeRenewal(transaction, renewal)
  await recordAudit(transaction, { kind: 'renewal.started', ...about, detail: { renewal: renewal.id } })
  return { kind: 'started', expires }
}

/**
 * Begins a renewal of a device that can open its unlock secret. A wrong proof costs one of its tries at the passcode, as
 * that of a decision does.
 *
 * @throws Refusal `signature_invalid`, `invalid_request`, `unlock_failed` with `tries_left`, `device_blocked`,
 * `nonce_used`, and those of `holdRenewing`
 */
export async function startRenewal(
  context: Context,
  { signed, device }: Pick<VerifiedDevice, 'signed' | 'device'>,
  body: z.output<typeof StartRenewalBody>,
): Promise<z.output<typeof StartRenewalAnswer>> {
  const { payload, bytes } = await verifyStart(context, device, body.renewal)
  const { renewal, transcript } = await makeRenewal(context, device, payload.phone_ecdh_jwk)
  const key = proofKeyOf(openUnlockSecret(context, device))
  const right = verifyProof(key, 'renew', bytes, fromBase64url(body.proof))

  const started = await context.db.write(async (transaction) => {
    await spendNonce(transaction, signed)
    const held = await holdRenewing(transaction, device)
    // What an old secret says counts for nothing, from the moment in which another is in force.
    return begin(transaction, held.device, renewal, right && hasSameSecret(device, held.device))
  })
  if (started.kind === 'unlock-failed') {
    const { triesLeft } = started
    throw new Refusal(triesLeft === 0 ? 'device_blocked' : 'unlock_failed', { tries_left: triesLeft })
  }
  return { transcript, expires: started.expires }
}
