/** A server for tests of linking: agrees on a secret and activates as the real one does, and loses answers as it is told. */
import {
  AccountId,
  ActivateBody,
  ActivationPayload,
  activationType,
  type CredentialRegistration,
  DeviceId,
  fromBase64url,
  generateEcdhKey,
  generateSigningKey,
  importVerifyKey,
  LinkingId,
  LinkingKeysBody,
  LinkTranscript,
  linkType,
  type PublicJwk,
  parseCanonical,
  proofKeyOf,
  publicJwkOf,
  StartLinkingBody,
  sharedSecret,
  thumbprintOf,
  unlockSecretOf,
  verifyJws,
  verifyProof,
} from '@countersign/protocol'
import { expect } from 'vitest'
import { type Linking, startLinking } from './linking.ts'
import {
  cheapHash,
  createServer,
  createStorage,
  issuer,
  json,
  passcode,
  problem,
  type ReceivedRequest,
  serverStart,
  signedBy,
} from './server-for-tests.ts'

export const linking = LinkingId.parse(`lnk_${'l'.repeat(22)}`)
export const device = DeviceId.parse(`dev_${'d'.repeat(22)}`)
export const account = AccountId.parse(`acc_${'a'.repeat(22)}`)
export const documentKey = await generateSigningKey({ extractable: false })
export const documentJwk = await publicJwkOf(documentKey.publicKey)
export const options = {
  apiUrl: issuer,
  email: 'anna@strand.example',
  password: 'morgonbris-vid-havet',
  deviceName: ' Annas telefon ',
  locale: 'sv',
  platform: 'web',
  appVersion: '1.0.0',
  now: () => serverStart,
} as const
export const choices = { passcode, passcodeHash: cheapHash, credential: null, keep: createStorage().keep }

const server = {
  issuer,
  name: 'Countersign',
  support_email: 'support@strand.example',
  minimum_app_version: '0.1.0',
  document_keys: [documentJwk],
}

export const deviceAnswer = (name: string, credential: string | null = null) => ({
  device,
  name,
  state: 'active',
  authenticating: true,
  unlock_tries_left: 5,
  renewal: null,
  credential,
  account: { email: 'anna@strand.example', name: 'Anna Lind' },
})

/** What a server keeps of one linking, and a proof made with the secret that it derived itself. */
export async function createLinkingServer(
  options: { readonly signsTranscript?: (transcript: LinkTranscript) => Promise<string> } = {},
) {
  const ecdh = await generateEcdhKey()
  const signsTranscript = options.signsTranscript ?? ((transcript) => signedBy(documentKey, transcript, linkType))
  let phoneKey: PublicJwk | null = null
  let secret: Uint8Array | null = null
  let active: { readonly credential: string | null; readonly registration: CredentialRegistration | null } | null = null
  const lostAnswers = new Set<string>()

  const keyOf = () => {
    if (phoneKey === null) throw new Error('No linking was started.')
    return phoneKey
  }

  async function open(jws: string, type: string): Promise<Uint8Array> {
    const keys = new Map([[thumbprintOf(keyOf()), await importVerifyKey(keyOf())]])
    const verified = await verifyJws(jws, { type, keys })
    if (verified === null) throw new Error('Not signed by the phone.')
    return verified.payload
  }

  async function agree(body: unknown): Promise<Response> {
    const payload = await open(LinkingKeysBody.parse(body).transcript, linkType)
    const transcript = parseCanonical(LinkTranscript, payload)
    secret = unlockSecretOf(await sharedSecret(ecdh.privateKey, transcript.phone_ecdh_jwk), transcript)
    return json({ transcript: await signsTranscript(transcript) })
  }

  async function activate(body: unknown): Promise<Response> {
    if (active !== null) return json(deviceAnswer('Annas telefon', active.credential))
    const { activation, proof, registration = null } = ActivateBody.parse(body)
    const payload = await open(activation, activationType)
    const { credential, ...rest } = parseCanonical(ActivationPayload, payload)
    expect(rest).toEqual({ v: 1, aud: issuer, link: linking, device })
    expect(credential).toBe(registration?.credential ?? null)
    if (secret === null || !verifyProof(proofKeyOf(secret), 'activate', payload, fromBase64url(proof))) {
      return problem('unlock_failed', { tries_left: 4 })
    }
    active = { credential, registration }
    return json(deviceAnswer('Annas telefon', credential))
  }

  async function answer({ path, body, signed }: ReceivedRequest): Promise<Response> {
    if (path === '/v1/server') return json(server)
    if (path === '/v1/linkings') {
      return json({ linking, phone_number: '+46 •• ••• •• 05', expires: serverStart + 300_000 })
    }
    expect(signed).toBe(true)
    switch (path) {
      case `/v1/linkings/${linking}/resend`:
        return json({ linking, phone_number: '+46 •• ••• •• 05', expires: serverStart + 360_000 })
      case `/v1/linkings/${linking}/code`:
        return json({
          device,
          account,
          server_ecdh_jwk: await publicJwkOf(ecdh.publicKey),
          expires: serverStart + 300_000,
        })
      case `/v1/linkings/${linking}/keys`:
        return agree(body)
      case `/v1/linkings/${linking}/activate`:
        return activate(body)
      default:
        return problem('not_found')
    }
  }

  const double = createServer({
    publicJwk: (body) => {
      phoneKey ??= StartLinkingBody.parse(body).sign_jwk
      return phoneKey
    },
    answer: async (request) => {
      const response = await answer(request)
      const step = request.path.split('/').at(-1) ?? ''
      if (lostAnswers.delete(step)) throw new TypeError('fetch failed')
      return response
    },
  })
  return {
    ...double,
    loseAnswerTo: (step: string) => void lostAnswers.add(step),
    secret: () => secret,
    active: () => active,
  }
}

/** A linking at the point where the passcode is chosen. */
export async function atPasscode(double: Awaited<ReturnType<typeof createLinkingServer>>): Promise<Linking> {
  const started = await startLinking({ ...options, fetch: double.fetch })
  await started.submitCode('123456')
  return started
}
