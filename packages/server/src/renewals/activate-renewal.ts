/** The first right proof from the new secret puts it in force (protocol section 4, step 3). */
import {
  type ActivateRenewalBody,
  type DeviceAnswer,
  fromBase64url,
  proofKeyOf,
  RenewalActivation,
  type RenewalId,
  renewalActivationType,
  verifyProof,
} from '@countersign/protocol'
import type * as z from 'zod/mini'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../db/index.ts'
import {
  ceremonyAt,
  type Device,
  deviceAnswerOf,
  type RenewedSecret,
  returnUnlockTry,
  sealUnlockSecret,
  spendUnlockTry,
  takeCredential,
  type VerifiedDevice,
  type VerifiedPayload,
  verifyPayload,
  writeRenewedSecret,
} from '../devices/index.ts'
import { Refusal, spendNonce } from '../http/index.ts'
import { deleteRenewal, readRenewal, spendProofTry } from './renewal-store.ts'
import { type HeldDevice, holdRenewing } from './renewing-device.ts'

type Body = z.output<typeof ActivateRenewalBody>

async function verifyActivation(
  context: Context,
  device: Device,
  id: RenewalId,
  jws: string,
): Promise<VerifiedPayload<RenewalActivation>> {
  const expected = { signer: device, type: renewalActivationType, schema: RenewalActivation, what: 'activation' }
  const verified = await verifyPayload(jws, expected)
  const { aud, renewal, device: named } = verified.payload
  const meant = aud === context.config.issuer && renewal === id && named === device.id
  if (!meant) throw new Refusal('signature_invalid', { detail: 'The activation is meant for something else.' })
  return verified
}

/** What was found out before the transaction. */
interface Verdict {
  readonly right: boolean
  /** What is in force once it counts. */
  readonly renewed: RenewedSecret
}

/** The verdict, or null where there is nothing to judge: later it would be an oracle for the passcode. */
async function judge(
  context: Context,
  device: Device,
  id: RenewalId,
  { payload, bytes }: VerifiedPayload<RenewalActivation>,
  body: Body,
): Promise<Verdict | null> {
  const renewal = await context.db.read((query) => readRenewal(query, device.id))
  if (renewal?.id !== id) return null
  const named = { named: payload.credential, registration: body.registration, before: device.credential }
  const credential = await takeCredential(named, ceremonyAt(context.config.phoneUrl, renewal.transcriptDigest))
  const secret = context.seal.open(renewal.sealedUnlockSecret, id)
  return {
    right: verifyProof(proofKeyOf(secret), 'activate', bytes, fromBase64url(body.proof)),
    renewed: { renewal: id, sealedUnlockSecret: sealUnlockSecret(context, device.id, secret), credential },
  }
}

type Outcome =
  | { readonly kind: 'activated'; readonly answer: DeviceAnswer }
  /** Committed with the tries that it cost. With none left the device is blocked, or the renewal over. */
  | { readonly kind: 'unlock-failed'; readonly triesLeft: number; readonly blocked: boolean }

async function activate(
  transaction: Transaction,
  { device, account }: HeldDevice,
  id: RenewalId,
  verdict: Verdict | null,
): Promise<Outcome> {
  // Done before, and the answer was lost: what `GET /v1/device` says too. The proof is not looked at.
  if (device.renewal === id) return { kind: 'activated', answer: deviceAnswerOf(device, account) }
  if (device.state === 'blocked') throw new Refusal('device_blocked')
  const about = { account: account.id, device: device.id }
  const proofsLeft = verdict === null ? null : await spendProofTry(transaction, id)
  if (verdict === null || proofsLeft === null) throw new Refusal('not_found')
  // Who has the phone has both copies while this is interrupted: the tries at the passcode are shared.
  const unlocksLeft = await spendUnlockTry(transaction, device.id)
  if (unlocksLeft === null) throw new Refusal('device_blocked')
  if (!verdict.right) {
    const triesLeft = Math.min(proofsLeft, unlocksLeft)
    await recordAudit(transaction, {
      kind: 'renewal.proof-wrong',
      ...about,
      detail: { renewal: id, tries_left: triesLeft },
    })
    if (triesLeft === 0) await deleteRenewal(transaction, id)
    return { kind: 'unlock-failed', triesLeft, blocked: unlocksLeft === 0 }
  }
  await returnUnlockTry(transaction, device.id)
  const { renewed } = verdict
  if (!(await writeRenewedSecret(transaction, device.id, renewed))) throw new Refusal('device_blocked')
  await deleteRenewal(transaction, id)
  const detail = { renewal: id, biometrics: renewed.credential !== null }
  await recordAudit(transaction, { kind: 'device.renewed', ...about, detail })
  return { kind: 'activated', answer: deviceAnswerOf({ ...device, ...renewed }, account) }
}

/**
 * Puts the new unlock secret in force by a proof made from it as the phone read it back; the old one is erased. A try is
 * spent before the verdict counts, one of the renewal's and one of the device's; a right proof gives that one back.
 *
 * @throws Refusal `not_found` where this device has no such renewal, or it is over; `signature_invalid`,
 * `invalid_request`, `unlock_failed` with `tries_left`, `device_blocked`, `nonce_used`, and those of `holdRenewing`
 */
export async function activateRenewal(
  context: Context,
  { signed, device: sender }: Pick<VerifiedDevice, 'signed' | 'device'>,
  id: RenewalId,
  body: Body,
): Promise<DeviceAnswer> {
  const activation = await verifyActivation(context, sender, id, body.activation)
  const verdict = await judge(context, sender, id, activation, body)
  const outcome = await context.db.write(async (transaction) => {
    await spendNonce(transaction, signed)
    return activate(transaction, await holdRenewing(transaction, sender), id, verdict)
  })
  if (outcome.kind === 'unlock-failed') {
    throw new Refusal(outcome.blocked ? 'device_blocked' : 'unlock_failed', { tries_left: outcome.triesLeft })
  }
  return outcome.answer
}
