/** Making this phone part of an account (protocol section 4). */
import {
  type AccountId,
  type ActivationPayload,
  activationType,
  canonicalBytes,
  DeviceAnswer,
  type DeviceId,
  equalBytes,
  generateEcdhKey,
  generateSigningKey,
  importVerifyKey,
  type KeyPair,
  LinkingCodeAnswer,
  type LinkingId,
  LinkingKeysAnswer,
  LinkTranscript,
  type Locale,
  linkType,
  type Platform,
  type PublicJwk,
  proofKeyOf,
  proofOf,
  publicJwkOf,
  type ServerAnswer,
  StartLinkingAnswer,
  sharedSecret,
  signJws,
  thumbprintOf,
  toBase64url,
  unlockSecretOf,
  verifyJws,
} from '@countersign/protocol'
import { type DeviceConnection, type Fetch, openConnection, readServer } from './connection.ts'
import { ServerNotTrusted } from './failures.ts'
import { lockSecret, openLock, type PasscodeHash, type PasscodeLock } from './passcode-lock.ts'
import type { StoredDevice } from './stored-device.ts'

export interface StartLinkingOptions {
  /** The server's URL. */
  readonly apiUrl: string
  readonly email: string
  readonly password: string
  readonly locale: Locale
  readonly platform: Platform
  /** `major.minor.patch` */
  readonly appVersion: string
  readonly fetch?: Fetch
  /** This phone's clock, in milliseconds since the epoch. */
  readonly now?: () => number
  /** Whether keys can be taken out of the `StoredDevice`; never in a browser, true where it becomes a file. */
  readonly extractable?: boolean
}

export interface FinishLinking {
  /** Six digits for which `passcodeFault` finds nothing. */
  readonly passcode: string
  readonly passcodeHash: PasscodeHash
  /** What the person calls this phone; 1 to 40 characters. */
  readonly deviceName: string
}

/** A linking under way. Lives in memory only: whoever leaves it starts again. */
export interface Linking {
  /** The number that the SMS went to, all but the last two digits hidden. */
  readonly phoneNumber: string
  /** Milliseconds since the epoch by the server's clock, until which the code is good. `resend` changes it. */
  expires(): number
  /** The server's time in milliseconds, as far as this phone knows. */
  serverNow(): number
  /** What the server says about itself: its name, the address of support. */
  readonly server: ServerAnswer
  /** Sends a new code to the same number. @throws RequestRefused `rate_limited`, `link_expired`; NetworkFailed */
  resend(): Promise<void>
  /** @throws RequestRefused `code_refused` (with `triesLeft`), `link_expired`; NetworkFailed */
  submitCode(code: string): Promise<void>
  /**
   * Agrees on the unlock secret, locks it, and activates the device by a proof made from what was read back. After
   * `NetworkFailed` it may be called again and goes on where the answer was lost: with the passcode given then, and the
   * device's name as it was first given.
   *
   * @throws RequestRefused, NetworkFailed, ServerNotTrusted
   */
  finish(choices: FinishLinking): Promise<StoredDevice>
}

/** What is known once the SMS code was right. */
interface Joined {
  readonly linking: LinkingId
  readonly device: DeviceId
  readonly account: AccountId
  readonly serverEcdhJwk: PublicJwk
}

/** This phone's side of the key agreement. The ECDH key lives in memory, until the secret is derived. */
interface Offer {
  readonly transcript: LinkTranscript
  readonly privateKey: KeyPair['privateKey']
}

interface Signer {
  readonly keyPair: KeyPair
  readonly publicJwk: PublicJwk
  readonly thumbprint: string
}

async function createSigner(extractable: boolean): Promise<Signer> {
  const keyPair = await generateSigningKey({ extractable })
  const publicJwk = await publicJwkOf(keyPair.publicKey)
  return { keyPair, publicJwk, thumbprint: thumbprintOf(publicJwk) }
}

async function createOffer(
  joined: Joined,
  signer: Signer,
  {
    issuer,
    platform,
    appVersion,
    deviceName,
  }: Pick<StartLinkingOptions, 'platform' | 'appVersion'> & {
    readonly issuer: string
    readonly deviceName: string
  },
): Promise<Offer> {
  const ecdh = await generateEcdhKey()
  const transcript = LinkTranscript.parse({
    v: 1,
    iss: issuer,
    link: joined.linking,
    device: joined.device,
    account: joined.account,
    sign_jwk: signer.publicJwk,
    phone_ecdh_jwk: await publicJwkOf(ecdh.publicKey),
    server_ecdh_jwk: joined.serverEcdhJwk,
    device_name: deviceName.normalize('NFC').trim(),
    platform,
    app_version: appVersion,
    protocol: 1,
  })
  return { transcript, privateKey: ecdh.privateKey }
}

/** Shows the server the transcript and demands the same bytes back, under a document key. */
async function agreeOnTranscript(
  connection: DeviceConnection,
  signer: Signer,
  transcript: LinkTranscript,
  documentKeys: readonly PublicJwk[],
): Promise<void> {
  const payload = canonicalBytes(transcript)
  const signed = await signJws({ type: linkType, keyId: signer.thumbprint, payload, key: signer.keyPair.privateKey })
  const answer = await connection.post(
    `/v1/linkings/${transcript.link}/keys`,
    { transcript: signed },
    LinkingKeysAnswer,
  )
  const imported = documentKeys.map(async (jwk) => [thumbprintOf(jwk), await importVerifyKey(jwk)] as const)
  const verified = await verifyJws(answer.transcript, { type: linkType, keys: new Map(await Promise.all(imported)) })
  if (verified === null || !equalBytes(verified.payload, payload)) {
    throw new ServerNotTrusted('The server did not sign what this phone and it agreed on.')
  }
}

async function deriveSecret({ privateKey, transcript }: Offer): Promise<Uint8Array> {
  const shared = await sharedSecret(privateKey, transcript.server_ecdh_jwk)
  const secret = unlockSecretOf(shared, transcript)
  shared.fill(0)
  return secret
}

/** Body of `POST /v1/linkings/{linking}/activate`. */
interface Activation {
  readonly activation: string
  readonly proof: string
}

/** The first right proof, made from the copy as it will be read ever after. */
async function activationOf(
  transcript: LinkTranscript,
  signer: Signer,
  lock: PasscodeLock,
  { passcode, passcodeHash }: FinishLinking,
): Promise<Activation> {
  const activation: ActivationPayload = {
    v: 1,
    aud: transcript.iss,
    link: transcript.link,
    device: transcript.device,
    credential: null,
  }
  const payload = canonicalBytes(activation)
  const secret = await openLock(lock, passcode, passcodeHash)
  const proof = proofOf(proofKeyOf(secret), 'activate', payload)
  secret.fill(0)
  const key = signer.keyPair.privateKey
  return {
    activation: await signJws({ type: activationType, keyId: signer.thumbprint, payload, key }),
    proof: toBase64url(proof),
  }
}

/**
 * Starts linking: makes this phone's signing key, shows e-mail and password, and has a code sent by SMS.
 *
 * @throws RequestRefused `link_failed` (e-mail, password or account, one answer for all), `already_linked`,
 * `rate_limited`, `app_outdated`; NetworkFailed; ServerNotTrusted
 * @example
 * const linking = await startLinking({ apiUrl, email, password, locale: 'sv', platform: 'web', appVersion: '1.0.0' })
 * await linking.submitCode('123456')
 * const stored = await linking.finish({ passcode, passcodeHash, deviceName: 'Annas telefon' })
 */
export async function startLinking(options: StartLinkingOptions): Promise<Linking> {
  const server = await readServer(options)
  const { appVersion, platform, extractable = false } = options
  const signer = await createSigner(extractable)
  const { keyPair, publicJwk, thumbprint } = signer
  const connection = openConnection({ ...options, apiUrl: server.issuer, keyPair, thumbprint })
  const { email, password, locale } = options
  const started = await connection.post(
    '/v1/linkings',
    { sign_jwk: publicJwk, email, password, locale },
    StartLinkingAnswer,
  )
  const path = `/v1/linkings/${started.linking}`
  let expires = started.expires
  let joined: Joined | null = null
  let offer: Offer | null = null
  let agreed: { readonly transcript: LinkTranscript; readonly secret: Uint8Array } | null = null

  async function agree(deviceName: string) {
    if (joined === null) throw new TypeError('The code must be submitted before linking can be finished.')
    offer ??= await createOffer(joined, signer, { issuer: server.issuer, platform, appVersion, deviceName })
    await agreeOnTranscript(connection, signer, offer.transcript, server.document_keys)
    const { transcript } = offer
    const secret = await deriveSecret(offer)
    offer = null
    return { transcript, secret }
  }

  return {
    phoneNumber: started.phone_number,
    server,
    expires: () => expires,
    serverNow: connection.serverNow,
    async resend() {
      expires = (await connection.post(`${path}/resend`, {}, StartLinkingAnswer)).expires
    },
    async submitCode(code) {
      const { device, account, server_ecdh_jwk } = await connection.post(`${path}/code`, { code }, LinkingCodeAnswer)
      joined = { linking: started.linking, device, account, serverEcdhJwk: server_ecdh_jwk }
    },
    async finish(choices) {
      agreed ??= await agree(choices.deviceName)
      const { transcript, secret } = agreed
      const { passcode, passcodeHash } = choices
      const lock = await lockSecret(secret, passcode, { passcodeHash, extractable })
      const body = await activationOf(transcript, signer, lock, choices)
      const answer = await connection.post(`${path}/activate`, body, DeviceAnswer)
      secret.fill(0)
      agreed = null
      joined = null
      return {
        issuer: server.issuer,
        device: transcript.device,
        account: { id: transcript.account, ...answer.account },
        name: answer.name,
        ...signer,
        lock,
        documentKeys: server.document_keys,
        clockOffset: connection.clockOffset(),
        linkedAt: connection.serverNow(),
      }
    },
  }
}
