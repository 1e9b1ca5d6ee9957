/** A new unlock secret for a linked phone (protocol section 4): another passcode, or fingerprint or face added or removed. */
import {
  canonicalBytes,
  DeviceAnswer,
  equalBytes,
  generateEcdhKey,
  type PublicJwk,
  parseCanonical,
  publicJwkOf,
  RenewalActivation,
  RenewalPayload,
  RenewalTranscript,
  renewalActivationType,
  renewalTranscriptType,
  renewalType,
  StartRenewalAnswer,
  sha256,
  verifyJws,
} from '@countersign/protocol'
import { type Activation, agreedSecret, importDocumentKeys, lockCopies, signWithProof } from './agreement.ts'
import {
  type Biometrics,
  BiometricsFailed,
  enrolCredential,
  type OpenCredential,
  reopenCredential,
} from './biometrics.ts'
import { type DeviceConnection, openConnection } from './connection.ts'
import { NetworkFailed, RequestRefused, ServerNotTrusted } from './failures.ts'
import type { OpenDeviceOptions } from './linked-device.ts'
import { type Keep, keepSettled, type PendingRenewal, type StoredDevice, settle } from './stored-device.ts'

export interface FinishRenewal {
  /** The passcode from now on: the same as before, or six digits for which `passcodeFault` finds nothing. */
  readonly passcode: string
  /** What `enrol` or `reopen` gave; null where the passcode is the only way from now on. */
  readonly credential: OpenCredential | null
  readonly keep: Keep
}

/** A renewal under way. Lives in memory only: until it is finished nothing has changed, and whoever leaves it loses nothing. */
export interface Renewal {
  /** Makes a credential of the phone's authenticator for this renewal. Called from a tap. @throws BiometricsFailed */
  enrol(biometrics: Biometrics): Promise<OpenCredential>
  /** Asks the credential that the phone has, so that it opens the new secret too. Called from a tap. @throws BiometricsFailed */
  reopen(biometrics: Biometrics): Promise<OpenCredential>
  /**
   * Keeps copies of the new secret beside the old ones, puts it in force by a proof made from what was read back, and
   * keeps them in the place of the old ones. After `NetworkFailed` it may be called again, with the same choices; who
   * cannot, settles when the server is reached again.
   *
   * @throws NetworkFailed: not known whether the new secret is in force; RequestRefused: it is not; whatever `keep`
   * throws, with nothing in force
   */
  finish(choices: FinishRenewal): Promise<StoredDevice>
}

export type RenewalStart =
  | { readonly outcome: 'started'; readonly renewal: Renewal }
  /** The passcode was wrong. */
  | { readonly outcome: 'unlock_failed'; readonly triesLeft: number }
  /** The tries at the passcode are spent. */
  | { readonly outcome: 'blocked' }

interface Agreed {
  readonly transcript: RenewalTranscript
  readonly secret: Uint8Array<ArrayBuffer>
  readonly expires: number
}

async function readTranscript(jws: string, stored: StoredDevice, offered: PublicJwk): Promise<RenewalTranscript> {
  const verified = await verifyJws(jws, {
    type: renewalTranscriptType,
    keys: await importDocumentKeys(stored.documentKeys),
  })
  if (verified === null) throw new ServerNotTrusted('The server did not sign what this phone and it agreed on.')
  const transcript = parseCanonical(RenewalTranscript, verified.payload)
  const meant =
    transcript.iss === stored.issuer &&
    transcript.device === stored.device &&
    transcript.account === stored.account.id &&
    equalBytes(canonicalBytes(transcript.phone_ecdh_jwk), canonicalBytes(offered))
  if (!meant) throw new ServerNotTrusted('The server signed something else than what this phone asked for.')
  return transcript
}

async function agree(
  connection: DeviceConnection,
  stored: StoredDevice,
  { passcode, passcodeHash }: Pick<OpenDeviceOptions, 'passcodeHash'> & { readonly passcode: string },
): Promise<Agreed> {
  const ecdh = await generateEcdhKey()
  const phoneEcdhJwk = await publicJwkOf(ecdh.publicKey)
  const { issuer: aud, device, lock } = stored
  const payload = RenewalPayload.parse({ v: 1, aud, device, phone_ecdh_jwk: phoneEcdhJwk })
  const { jws, proof } = await signWithProof(
    canonicalBytes(payload),
    { type: renewalType, purpose: 'renew', signer: stored },
    { lock, passcode, passcodeHash },
  )
  const answer = await connection.post('/v1/device/renewals', { renewal: jws, proof }, StartRenewalAnswer)
  const transcript = await readTranscript(answer.transcript, stored, phoneEcdhJwk)
  return { transcript, secret: await agreedSecret(ecdh.privateKey, transcript), expires: answer.expires }
}

/** Body of `POST /v1/device/renewals/{renewal}/activate`, made from the copy as it was read back. */
async function activationOf(
  kept: StoredDevice,
  pending: PendingRenewal,
  { passcode, credential }: FinishRenewal,
  { passcodeHash }: OpenDeviceOptions,
): Promise<Activation> {
  const activation = RenewalActivation.parse({
    v: 1,
    aud: kept.issuer,
    renewal: pending.renewal,
    device: kept.device,
    credential: credential?.credential ?? null,
  })
  const { jws, proof } = await signWithProof(
    canonicalBytes(activation),
    { type: renewalActivationType, purpose: 'activate', signer: kept },
    { lock: pending.lock, passcode, passcodeHash },
  )
  const registration = credential?.registration ?? null
  return { activation: jws, proof, ...(registration === null ? {} : { registration }) }
}

function renewalOf(
  stored: StoredDevice,
  { transcript, secret, expires }: Agreed,
  connection: DeviceConnection,
  options: OpenDeviceOptions,
): Renewal {
  const { renewal } = transcript
  // Kept with its new copies, and the server was asked to put them in force.
  let asked: StoredDevice | null = null

  async function settledBefore(): Promise<StoredDevice | null> {
    if (asked === null) return null
    const settled = settle(asked, await connection.get('/v1/device', DeviceAnswer), connection.serverNow())
    return settled.renewal === renewal ? settled : null
  }
  async function activate(choices: FinishRenewal): Promise<StoredDevice> {
    const { extractable } = stored.lock.sealKey
    const copies = await lockCopies(secret, choices.passcode, { ...choices, ...options, extractable })
    const kept = await choices.keep({ ...stored, pending: { renewal, expires, ...copies } })
    if (kept.pending?.renewal !== renewal) throw new Error('Something else was kept than the new copies.')
    const body = await activationOf(kept, kept.pending, choices, options)
    asked = kept
    const answer = await connection.post(`/v1/device/renewals/${renewal}/activate`, body, DeviceAnswer)
    if (answer.renewal !== renewal) throw new NetworkFailed('The server answered about another secret.')
    return settle(kept, answer, connection.serverNow())
  }
  return {
    enrol: (biometrics) => enrolCredential(biometrics, sha256(canonicalBytes(transcript)), stored.account.email),
    async reopen(biometrics) {
      if (stored.biometricLock === null) throw new BiometricsFailed('unavailable', 'This phone has no credential.')
      return reopenCredential(biometrics, stored.biometricLock)
    },
    async finish(choices) {
      const settled = (await settledBefore()) ?? (await activate(choices))
      secret.fill(0)
      return keepSettled(choices.keep, settled)
    },
  }
}

/**
 * Begins: shows the server that the person knows the passcode of now, and agrees on a new secret, which nothing uses yet.
 * An answer that got lost is made good by beginning again.
 *
 * @throws NetworkFailed, RequestRefused, ServerNotTrusted; nothing is changed then
 * @example
 * const begun = await startRenewal(stored, { appVersion: '1.0.0', passcodeHash }, passcode)
 * if (begun.outcome === 'started') await begun.renewal.finish({ passcode: other, credential: null, keep })
 */
export async function startRenewal(
  stored: StoredDevice,
  options: OpenDeviceOptions,
  passcode: string,
): Promise<RenewalStart> {
  const connection = openConnection({ apiUrl: stored.issuer, ...stored, ...options })
  try {
    const agreed = await agree(connection, stored, { ...options, passcode })
    return { outcome: 'started', renewal: renewalOf(stored, agreed, connection, options) }
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error
    if (error.code === 'device_blocked' || (error.code === 'unlock_failed' && error.triesLeft === 0)) {
      return { outcome: 'blocked' }
    }
    if (error.code !== 'unlock_failed') throw error
    return { outcome: 'unlock_failed', triesLeft: error.triesLeft ?? 1 }
  }
}
