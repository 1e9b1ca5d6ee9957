/** The first right proof makes the device the one that is asked (protocol section 4, step 6). */
import {
  type ActivateBody,
  ActivationPayload,
  activationType,
  type DeviceAnswer,
  fromBase64url,
  proofKeyOf,
  verifyProof,
} from '@countersign/protocol'
import type * as z from 'zod/mini'
import { recordAudit } from '../audit/index.ts'
import type { Context } from '../context.ts'
import type { Transaction } from '../db/index.ts'
import {
  activateDevice,
  type Credential,
  ceremonyAt,
  deviceAnswerOf,
  deviceById,
  openUnlockSecret,
  takeCredential,
  type VerifiedPayload,
  verifyPayload,
} from '../devices/index.ts'
import { Refusal } from '../http/index.ts'
import { type Linking, refusalOfStep } from './linking.ts'
import { spendProofTry, writeDone } from './linking-store.ts'
import { endLinking, type HeldLinking, refused, type StepOutcome, taken, takeStep } from './take-step.ts'
import type { VerifiedLinking } from './verify-linking.ts'

/** An activation that this key signed for this linking. */
async function verifyActivation(
  context: Context,
  linking: Linking,
  jws: string,
): Promise<VerifiedPayload<ActivationPayload>> {
  const verified = await verifyPayload(jws, {
    signer: linking,
    type: activationType,
    schema: ActivationPayload,
    what: 'activation',
  })
  const { aud, link, device } = verified.payload
  const meant = aud === context.config.issuer && link === linking.id && device === linking.device
  if (!meant) throw new Refusal('signature_invalid', { detail: 'The activation is meant for something else.' })
  return verified
}

function parseProof(text: string): Uint8Array {
  try {
    return fromBase64url(text)
  } catch {
    throw new Refusal('invalid_request', { detail: 'Not as it should be: proof.' })
  }
}

/** What was found out before the transaction. */
interface Verdict {
  readonly right: boolean
  /** What opens the secret beside the passcode from now on. */
  readonly credential: Credential | null
}

/**
 * Whether the proof is right, or null where there is nothing to judge. Computed only while tries are counted: later it
 * would be an oracle for the passcode.
 */
async function judge(
  context: Context,
  linking: Linking,
  { payload, bytes }: VerifiedPayload<ActivationPayload>,
  { registration, proof }: z.output<typeof ActivateBody>,
): Promise<Verdict | null> {
  const { device: id, transcriptDigest } = linking
  if (id === null || transcriptDigest === null) return null
  const device = await context.db.read((query) => deviceById(query, id))
  if (device?.state !== 'linking') return null
  const named = { named: payload.credential, registration, before: null }
  const credential = await takeCredential(named, ceremonyAt(context.config.phoneUrl, transcriptDigest))
  const key = proofKeyOf(openUnlockSecret(context, device))
  return { right: verifyProof(key, 'activate', bytes, parseProof(proof)), credential }
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
  verdict: Verdict | null,
): Promise<StepOutcome<DeviceAnswer>> {
  const { linking, now } = held
  // Done before, and the answer was lost: what `GET /v1/device` says too. The proof is not looked at.
  if (linking.state === 'done') return answer(transaction, held)
  const refusal = refusalOfStep(linking, 'activate', now)
  if (refusal !== null) return refused(refusal)
  if (verdict === null) return refused('wrong_step')
  const triesLeft = await spendProofTry(transaction, linking.id)
  if (triesLeft === null || linking.device === null) return refused('link_expired')
  if (!verdict.right) return refuseWrong(transaction, linking, triesLeft)
  if (!(await activateDevice(transaction, linking.device, linking.account, verdict.credential))) {
    await endLinking(transaction, linking, 'already-linked')
    return refused('already_linked')
  }
  await writeDone(transaction, linking.id)
  await recordAudit(transaction, {
    kind: 'device.linked',
    account: linking.account,
    device: linking.device,
    detail: { linking: linking.id, biometrics: verdict.credential !== null },
  })
  return answer(transaction, held)
}

/**
 * Activates the device by a proof made from the unlock secret as the phone read it back. A try is spent before the
 * verdict counts; the fifth wrong proof ends the linking.
 *
 * @throws Refusal `signature_invalid`, `invalid_request`, `unlock_failed` with `tries_left`, `already_linked`, `link_expired`,
 * `wrong_step`, and those of `takeStep`
 */
export async function activateLinking(
  context: Context,
  verified: VerifiedLinking,
  body: z.output<typeof ActivateBody>,
): Promise<DeviceAnswer> {
  const activation = await verifyActivation(context, verified.linking, body.activation)
  const verdict = await judge(context, verified.linking, activation, body)
  return takeStep(context, verified, 'update', (transaction, held) => activate(transaction, held, verdict))
}
