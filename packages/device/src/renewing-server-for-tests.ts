/** A server for tests of renewals: has a secret in force, puts another in force as the real one does, and loses answers as it is told. */
import {
  ActivateRenewalBody,
  canonicalBytes,
  DeviceAnswer,
  type ErrorCode,
  fromBase64url,
  generateEcdhKey,
  importVerifyKey,
  parseCanonical,
  proofKeyOf,
  publicJwkOf,
  RenewalActivation,
  RenewalId,
  RenewalPayload,
  RenewalTranscript,
  renewalActivationType,
  renewalTranscriptType,
  renewalType,
  StartRenewalBody,
  sha256,
  sharedSecret,
  toBase64url,
  unlockSecretOf,
  verifyJws,
  verifyProof,
} from '@countersign/protocol'
import { expect } from 'vitest'
import { challengeIn } from './biometrics-for-tests.ts'
import {
  cheapHash,
  createServer,
  createStoredDevice,
  issuer,
  json,
  problem,
  type ReceivedRequest,
  serverStart,
  signedBy,
  unlockSecret,
} from './server-for-tests.ts'

const { stored, documentKey } = await createStoredDevice()
/** A phone that is linked, with a passcode and nothing else. */
export const linked = stored
export const options = { appVersion: '1.0.0', passcodeHash: cheapHash, now: () => serverStart }
/** When a renewal that was begun is over. */
export const expires = serverStart + 300_000

/** What a server keeps of a device's secrets. */
interface Secrets {
  inForce: Uint8Array
  renewal: string | null
  credential: string | null
}

export interface RenewingServerOptions {
  readonly credential?: string | null
  readonly transcript?: (transcript: RenewalTranscript) => object
  readonly type?: string
}

export function createRenewingServer({ credential = null, transcript: change, type }: RenewingServerOptions = {}) {
  const secrets: Secrets = { inForce: unlockSecret, renewal: null, credential }
  const lost = new Set<string>()
  const refused = new Map<string, ErrorCode>()
  let triesLeft = 5
  let started = 0
  let fresh: { readonly id: string; readonly secret: Uint8Array; readonly transcript: RenewalTranscript } | null = null

  async function open(jws: string, jwsType: string): Promise<Uint8Array> {
    const keys = new Map([[linked.thumbprint, await importVerifyKey(linked.publicJwk)]])
    const verified = await verifyJws(jws, { type: jwsType, keys })
    if (verified === null) throw new Error('Not signed by the phone.')
    return verified.payload
  }
  const device = () => ({
    device: linked.device,
    name: linked.name,
    state: 'active',
    authenticating: true,
    unlock_tries_left: triesLeft,
    renewal: secrets.renewal,
    credential: secrets.credential,
    account: { email: linked.account.email, name: linked.account.name },
  })
  async function start(body: unknown): Promise<Response> {
    const { renewal, proof } = StartRenewalBody.parse(body)
    const payload = await open(renewal, renewalType)
    const asked = parseCanonical(RenewalPayload, payload)
    expect(asked).toMatchObject({ v: 1, aud: issuer, device: linked.device })
    if (!verifyProof(proofKeyOf(secrets.inForce), 'renew', payload, fromBase64url(proof))) {
      triesLeft -= 1
      return problem('unlock_failed', { tries_left: triesLeft })
    }
    const ecdh = await generateEcdhKey()
    const id = RenewalId.parse(`rnw_${String(++started).padStart(22, 'r')}`)
    const transcript = RenewalTranscript.parse({
      v: 1,
      iss: issuer,
      renewal: id,
      device: linked.device,
      account: linked.account.id,
      phone_ecdh_jwk: asked.phone_ecdh_jwk,
      server_ecdh_jwk: await publicJwkOf(ecdh.publicKey),
      protocol: 1,
    })
    const shared = await sharedSecret(ecdh.privateKey, asked.phone_ecdh_jwk)
    fresh = { id, secret: unlockSecretOf(shared, transcript), transcript }
    return json({
      transcript: await signedBy(documentKey, change?.(transcript) ?? transcript, type ?? renewalTranscriptType),
      expires,
    })
  }
  async function activate(id: string, body: unknown): Promise<Response> {
    if (fresh?.id !== id) return problem('not_found')
    const { activation, proof, registration } = ActivateRenewalBody.parse(body)
    const payload = await open(activation, renewalActivationType)
    const said = parseCanonical(RenewalActivation, payload)
    expect(said).toMatchObject({ v: 1, aud: issuer, renewal: id, device: linked.device })
    if (registration === undefined) expect([null, secrets.credential]).toContain(said.credential)
    else {
      expect(said.credential).toBe(registration.credential)
      expect(challengeIn(registration.client_data)).toBe(toBase64url(sha256(canonicalBytes(fresh.transcript))))
    }
    const right = verifyProof(proofKeyOf(fresh.secret), 'activate', payload, fromBase64url(proof))
    if (!right) return problem('unlock_failed', { tries_left: 4 })
    secrets.inForce = fresh.secret
    secrets.renewal = id
    secrets.credential = said.credential
    return json(device())
  }
  const answer = async ({ path, body, signed }: ReceivedRequest): Promise<Response> => {
    expect(signed).toBe(true)
    const step = path.split('/').at(-1) ?? ''
    const code = refused.get(step)
    if (code !== undefined) return problem(code)
    if (path === '/v1/device') return json(device())
    if (path === '/v1/device/renewals') return start(body)
    return activate(path.split('/')[4] ?? '', body)
  }
  const double = createServer({
    publicJwk: () => linked.publicJwk,
    answer: async (request) => {
      const response = await answer(request)
      if (lost.delete(request.path.split('/').at(-1) ?? '')) throw new TypeError('fetch failed')
      return response
    },
  })
  return {
    ...double,
    secrets,
    device: () => DeviceAnswer.parse(device()),
    lose: (step: string) => void lost.add(step),
    refuse: (step: string, code: ErrorCode) => void refused.set(step, code),
    heal: () => refused.clear(),
  }
}
export type RenewingServer = ReturnType<typeof createRenewingServer>
