/** The first right proof makes the device the one that is asked (protocol section 4, step 6). */
import {
  type ActivateBody,
  ActivationPayload,
  activationType,
  type DeviceAnswer,
  fromBase64url,
  importVerifyKey,
  parseCanonical,
  proofKeyOf,
  verifyJws,
  verifyProof,
} from '@countersign/protocol'
import type * as z from 'zod/mini'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../db/index.ts'
import { activateDevice, deviceAnswerOf, deviceById, openUnlockSecret } from '../devices/index.ts'
import { Refusal } from '../http/index.ts'
import { type Linking, refusalOfStep } from './linking.ts'
import { spendProofTry, writeDone } from './linking-store.ts'
import { endLinking, type HeldLinking, refused, type StepOutcome, taken, takeStep } from './take-step.ts'
import type { VerifiedLinking } from './verify-linking.ts'

const parsePayload = (bytes: Uint8Array): ActivationPayload => {
  try {
    return parseCanonical(ActivationPayload, bytes)
  } catch {
    throw new Refusal('invalid_request', { detail: 'Not as it should be: the payload of the activation.' })
  }
}

/** The payload bytes of an activation that this key signed for this linking. */
async function verifyActivation(context: Context, linking: Linking, jws: string): Promise<Uint8Array> {
  const key = await importVerifyKey(linking.signJwk)
  const verified = await verifyJws(jws, { type: activationType, keys: new Map([[linking.thumbprint, key]]) })
  if (verified === null) throw new Refusal('signature_invalid', { detail: 'The activation is not signed by this key.' })
  const payload = parsePayload(verified.payload)
  const meant =
    payload.aud === context.config.issuer && payload.link === linking.id && payload.device === linking.device
  if (!meant) throw new Refusal('signature_invalid', { detail: 'The activation is meant for something else.' })
  return verified.payload
}

function parseProof(text: string): Uint8Array {
  try {
    return fromBase64url(text)
  } catch {
    throw new Refusal('invalid_request', { detail: 'Not as it should be: proof.' })
  }
}

/**
 * Whether the proof is right, or null where there is nothing to judge. Computed only while tries are counted: later it
 * would be an oracle for the passcode.
 */
async function judgeProof(
  context: Context,
  linking: Linking,
  payload: Uint8Array,
  proof: Uint8Array,
): Promise<boolean | null> {
  const id = linking.device
  if (id === null) return null
  const device = await context.db.read((query) => deviceById(query, id))
  if (device?.state !== 'linking') return null
  return verifyProof(proofKeyOf(openUnlockSecret(context, device)), 'activate', payload, proof)
}

async function answer(transaction: Transaction, { linking, account }: HeldLinking): Promise<StepOutcome<DeviceAnswer>> {
  const device = linking.device === null ? null : await deviceById(transaction, linking.device)
  if (device === null || device.state === 'removed') return refused('device_unknown')
  return taken(deviceAnswerOf(device, account))
}

async function refuseWrong(
  transaction: Transaction,
  linking: Linking,
  triesLeft: number,
): Promise<StepOutcome<DeviceAnswer>> {
  await recordAudit(transaction, {
    kind: 'linking.proof-wrong',
    account: linking.account,
    detail: { linking: linking.id, tries_left: triesLeft },
  })
  if (triesLeft === 0) await endLinking(transaction, linking, 'proofs-spent')
  return refused('unlock_failed', { tries_left: triesLeft })
}

async function activate(
  transaction: Transaction,
  held: HeldLinking,
  right: boolean | null,
): Promise<StepOutcome<DeviceAnswer>> {
  const { linking, now } = held
  // Done before, and the answer was lost: what `GET /v1/device` says too. The proof is not looked at.
  if (linking.state === 'done') return answer(transaction, held)
  const refusal = refusalOfStep(linking, 'activate', now)
  if (refusal !== null) return refused(refusal)
  if (right === null) return refused('wrong_step')
  const triesLeft = await spendProofTry(transaction, linking.id)
  if (triesLeft === null || linking.device === null) return refused('link_expired')
  if (!right) return refuseWrong(transaction, linking, triesLeft)
  if (!(await activateDevice(transaction, linking.device, linking.account))) {
    await endLinking(transaction, linking, 'already-linked')
    return refused('already_linked')
  }
  await writeDone(transaction, linking.id)
  await recordAudit(transaction, {
    kind: 'device.linked',
    account: linking.account,
    device: linking.device,
    detail: { linking: linking.id },
  })
  return answer(transaction, held)
}

/**
 * Activates the device by a proof made from the unlock secret as the phone read it back. A try is spent before the
 * verdict counts; the fifth wrong proof ends the linking.
 *
 * @throws Refusal `signature_invalid`, `unlock_failed` with `tries_left`, `already_linked`, `link_expired`,
 * `wrong_step`, and those of `takeStep`
 */
export async function activateLinking(
  context: Context,
  verified: VerifiedLinking,
  body: z.output<typeof ActivateBody>,
): Promise<DeviceAnswer> {
  const payload = await verifyActivation(context, verified.linking, body.activation)
  const right = await judgeProof(context, verified.linking, payload, parseProof(body.proof))
  return takeStep(context, verified, 'update', (transaction, held) => activate(transaction, held, right))
}
