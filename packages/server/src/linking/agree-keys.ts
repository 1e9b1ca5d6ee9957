/** Both sides agree on the unlock secret (protocol section 4, step 4). */
import {
  equalBytes,
  type LinkingKeysAnswer,
  type LinkingKeysBody,
  LinkTranscript,
  linkType,
  sha256,
  sharedSecret,
  signJws,
  unlockSecretOf,
} from '@countersign/protocol'
import type * as z from 'zod/mini'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../db/index.ts'
import {
  insertLinkingDevice,
  type NewDevice,
  sealUnlockSecret,
  type VerifiedPayload,
  verifyPayload,
} from '../devices/index.ts'
import { Refusal } from '../http/index.ts'
import { isTranscriptOf, type Linking, refusalOfStep } from './linking.ts'
import { writeActivateStep } from './linking-store.ts'
import { type HeldLinking, refused, type StepOutcome, taken, takeStep } from './take-step.ts'
import type { VerifiedLinking } from './verify-linking.ts'

async function verifyTranscript(
  context: Context,
  { linking, signed }: VerifiedLinking,
  jws: string,
): Promise<VerifiedPayload<LinkTranscript>> {
  const verified = await verifyPayload(jws, {
    signer: linking,
    type: linkType,
    schema: LinkTranscript,
    what: 'transcript',
  })
  const expected = { issuer: context.config.issuer, linking, appVersion: signed.appVersion }
  if (!isTranscriptOf(verified.payload, expected)) {
    throw new Refusal('invalid_request', { detail: 'The transcript speaks of something else.' })
  }
  return verified
}

const ecdh = { name: 'ECDH', namedCurve: 'P-256' }

/** The device with its unlock secret, or null where the server's key was used and erased before. */
async function makeDevice(context: Context, linking: Linking, transcript: LinkTranscript): Promise<NewDevice | null> {
  if (linking.sealedEcdhPrivate === null) return null
  const pkcs8 = new Uint8Array(context.seal.open(linking.sealedEcdhPrivate, linking.id))
  const privateKey = await crypto.subtle.importKey('pkcs8', pkcs8, ecdh, false, ['deriveBits'])
  const shared = await sharedSecret(privateKey, transcript.phone_ecdh_jwk).catch((error: unknown) => {
    const isNoPoint = error instanceof DOMException && error.name === 'DataError'
    if (!isNoPoint) throw error
    throw new Refusal('invalid_request', { detail: 'Not as it should be: phone_ecdh_jwk.' })
  })
  return {
    id: transcript.device,
    account: linking.account,
    thumbprint: linking.thumbprint,
    signJwk: linking.signJwk,
    name: transcript.device_name,
    platform: transcript.platform,
    appVersion: transcript.app_version,
    sealedUnlockSecret: sealUnlockSecret(context, transcript.device, unlockSecretOf(shared, transcript)),
  }
}

async function agree(
  transaction: Transaction,
  { linking, now }: HeldLinking,
  digest: Uint8Array,
  device: NewDevice | null,
): Promise<StepOutcome<null>> {
  const agreed = linking.transcriptDigest
  if (linking.state === 'activate' && now < linking.expiresAt && agreed !== null) {
    // The same transcript once more, because the answer was lost. With another one there is nothing left to agree on.
    return equalBytes(agreed, digest) ? taken(null) : refused('wrong_step')
  }
  const refusal = refusalOfStep(linking, 'keys', now)
  if (refusal !== null) return refused(refusal)
  if (device === null || !(await writeActivateStep(transaction, linking.id, digest))) return refused('link_expired')
  // The key may have become a device of another account since this linking was begun. Thrown, so that nothing is agreed on.
  if (!(await insertLinkingDevice(transaction, device))) throw new Refusal('invalid_request')
  await recordAudit(transaction, {
    kind: 'linking.keys-agreed',
    account: linking.account,
    device: device.id,
    detail: { linking: linking.id, platform: device.platform, app_version: device.appVersion },
  })
  return taken(null)
}

/**
 * Takes the transcript that the phone signed, if it says exactly what the server expects, derives the unlock secret,
 * erases the server's key, and answers the same bytes under the document key.
 *
 * @throws Refusal `signature_invalid`, `invalid_request`, `link_expired`, `wrong_step`, and those of `takeStep`
 */
export async function agreeKeys(
  context: Context,
  verified: VerifiedLinking,
  body: z.output<typeof LinkingKeysBody>,
): Promise<z.output<typeof LinkingKeysAnswer>> {
  const { payload: transcript, bytes } = await verifyTranscript(context, verified, body.transcript)
  const device = await makeDevice(context, verified.linking, transcript)
  const { id, key } = context.keys.documentKey
  const answer = { transcript: await signJws({ type: linkType, keyId: id, payload: bytes, key }) }
  const digest = sha256(bytes)
  await takeStep(context, verified, 'share', (transaction, held) => agree(transaction, held, digest, device))
  return answer
}
