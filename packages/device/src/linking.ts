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
  type KeyPair,
  LinkingCodeAnswer,
  type LinkingId,
  LinkingKeysAnswer,
  LinkTranscript,
  type Locale,
  linkType,
  type Platform,
  type PublicJwk,
  publicJwkOf,
  ScannedLinkingAnswer,
  type ServerAnswer,
  StartLinkingAnswer,
  sha256,
  signJws,
  thumbprintOf,
  verifyJws,
} from '@countersign/protocol'
import {
  type Activation,
  agreedSecret,
  importDocumentKeys,
  lockCopies,
  type Signer,
  signWithProof,
} from './agreement.ts'
import { type Biometrics, enrolCredential, type OpenCredential } from './biometrics.ts'
import { type DeviceConnection, type Fetch, openConnection, readServer } from './connection.ts'
import { NetworkFailed, RequestRefused, ServerNotTrusted } from './failures.ts'
import type { PasscodeHash } from './passcode-lock.ts'
import { type Keep, keepSettled, type StoredDevice, settle } from './stored-device.ts'

interface LinkingOptions {
  /** The server's URL. */
  readonly apiUrl: string
  /** What the person calls this phone; 1 to 40 characters. */
  readonly deviceName: string
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

export interface StartLinkingOptions extends LinkingOptions {
  readonly email: string
  readonly password: string
}

export interface ScanLinkingOptions extends LinkingOptions {
  /** What the QR code on the page says: `CS3:` and what follows. */
  readonly code: string
}

export interface FinishLinking {
  /** Six digits for which `passcodeFault` finds nothing. */
  readonly passcode: string
  readonly passcodeHash: PasscodeHash
  /** What `enrol` gave, or null where the passcode is the only way. */
  readonly credential: OpenCredential | null
  readonly keep: Keep
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
   * Agrees on the unlock secret with the server. Before `enrol`, so that nothing stands between the person's tap and
   * the authenticator; `finish` does it by itself. May be called again.
   *
   * @throws RequestRefused, NetworkFailed, ServerNotTrusted
   */
  agree(): Promise<void>
  /** Makes a credential of the phone's authenticator for this linking. Called from a tap. @throws BiometricsFailed */
  enrol(biometrics: Biometrics): Promise<OpenCredential>
  /**
   * Locks the unlock secret, keeps the device marked as unfinished, and activates it by a proof made from what was read
   * back; so a phone that the server has always has its keys. After `NetworkFailed` it may be called again and goes on
   * where the answer was lost, with the passcode given then and the same credential. Who cannot, settles at the next start.
   *
   * @throws RequestRefused, NetworkFailed, ServerNotTrusted; whatever `keep` throws, with nothing activated
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

interface LinkedSigner extends Signer {
  readonly publicJwk: PublicJwk
}

async function createSigner(extractable: boolean): Promise<LinkedSigner> {
  const keyPair = await generateSigningKey({ extractable })
  const publicJwk = await publicJwkOf(keyPair.publicKey)
  return { keyPair, publicJwk, thumbprint: thumbprintOf(publicJwk) }
}

async function createOffer(
  joined: Joined,
  signer: LinkedSigner,
  issuer: string,
  { platform, appVersion, deviceName }: LinkingOptions,
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
  const keys = await importDocumentKeys(documentKeys)
  const verified = await verifyJws(answer.transcript, { type: linkType, keys })
  if (verified === null || !equalBytes(verified.payload, payload)) {
    throw new ServerNotTrusted('The server did not sign what this phone and it agreed on.')
  }
}

/** Body of `POST /v1/linkings/{linking}/activate`: the first right proof, made from the copy as it will be read ever after. */
async function activationOf(
  transcript: LinkTranscript,
  kept: StoredDevice,
  { passcode, passcodeHash, credential }: FinishLinking,
): Promise<Activation> {
  const activation: ActivationPayload = {
    v: 1,
    aud: transcript.iss,
    link: transcript.link,
    device: transcript.device,
    credential: credential?.credential ?? null,
  }
  const { jws, proof } = await signWithProof(
    canonicalBytes(activation),
    { type: activationType, purpose: 'activate', signer: kept },
    { lock: kept.lock, passcode, passcodeHash },
  )
  const registration = credential?.registration ?? null
  return { activation: jws, proof, ...(registration === null ? {} : { registration }) }
}

/** A linking that the server has begun. */
interface Begun {
  readonly options: LinkingOptions
  readonly server: ServerAnswer
  readonly signer: LinkedSigner
  readonly connection: DeviceConnection
  readonly linking: LinkingId
  /** Empty where no SMS was sent. */
  readonly phoneNumber: string
  readonly expires: number
  /** What is known of the account's address before the linking is done. */
  readonly email: string
}

/** A key of its own, and a connection that signs with it. */
async function prepare(options: LinkingOptions) {
  const server = await readServer(options)
  const signer = await createSigner(options.extractable ?? false)
  const { keyPair, thumbprint } = signer
  return { server, signer, connection: openConnection({ ...options, apiUrl: server.issuer, keyPair, thumbprint }) }
}

function proceed(begun: Begun): Linking {
  const { options, server, signer, connection, email } = begun
  const { extractable = false } = options
  const path = `/v1/linkings/${begun.linking}`
  let expires = begun.expires
  let joined: Joined | null = null
  let offer: Offer | null = null
  let agreed: { readonly transcript: LinkTranscript; readonly secret: Uint8Array<ArrayBuffer> } | null = null

  async function agree() {
    if (agreed !== null) return agreed
    if (joined === null) throw new TypeError('The code must be submitted before linking can be finished.')
    offer ??= await createOffer(joined, signer, server.issuer, options)
    const { transcript, privateKey } = offer
    await agreeOnTranscript(connection, signer, transcript, server.document_keys)
    agreed = { transcript, secret: await agreedSecret(privateKey, transcript) }
    offer = null
    return agreed
  }

  return {
    phoneNumber: begun.phoneNumber,
    server,
    expires: () => expires,
    serverNow: connection.serverNow,
    async resend() {
      expires = (await connection.post(`${path}/resend`, {}, StartLinkingAnswer)).expires
    },
    async submitCode(code) {
      const { device, account, server_ecdh_jwk } = await connection.post(`${path}/code`, { code }, LinkingCodeAnswer)
      joined = { linking: begun.linking, device, account, serverEcdhJwk: server_ecdh_jwk }
    },
    async agree() {
      await agree()
    },
    async enrol(biometrics) {
      if (agreed === null) throw new TypeError('A credential is made for what was agreed on.')
      return enrolCredential(biometrics, sha256(canonicalBytes(agreed.transcript)), email)
    },
    async finish(choices) {
      const { transcript, secret } = await agree()
      const copies = await lockCopies(secret, choices.passcode, { ...choices, extractable })
      const kept = await choices.keep({
        issuer: server.issuer,
        device: transcript.device,
        account: { id: transcript.account, email, name: '' },
        name: transcript.device_name,
        ...signer,
        ...copies,
        documentKeys: server.document_keys,
        clockOffset: connection.clockOffset(),
        linkedAt: connection.serverNow(),
        unfinished: true,
        renewal: null,
        pending: null,
      })
      const body = await activationOf(transcript, kept, choices)
      const answer = await connection.post(`${path}/activate`, body, DeviceAnswer)
      secret.fill(0)
      agreed = null
      joined = null
      return keepSettled(choices.keep, settle(kept, answer, connection.serverNow()))
    },
  }
}

/**
 * Starts linking: makes this phone's signing key, shows e-mail and password, and has a code sent by SMS.
 *
 * @throws RequestRefused `link_failed` (e-mail, password or account, one answer for all), `already_linked`,
 * `rate_limited`, `app_outdated`; NetworkFailed; ServerNotTrusted
 * @example
 * const linking = await startLinking({ apiUrl, email, password, deviceName, locale: 'sv', platform: 'web', appVersion })
 * await linking.submitCode('123456')
 * const stored = await linking.finish({ passcode, passcodeHash, credential: null, keep })
 */
export async function startLinking(options: StartLinkingOptions): Promise<Linking> {
  const { server, signer, connection } = await prepare(options)
  const { email, password, locale } = options
  const started = await connection.post(
    '/v1/linkings',
    { sign_jwk: signer.publicJwk, email, password, locale },
    StartLinkingAnswer,
  )
  const { linking, phone_number: phoneNumber, expires } = started
  return proceed({ options, server, signer, connection, linking, phoneNumber, expires, email })
}

/** A linking that began with a code on a page. */
export interface ScannedLinking extends Linking {
  /** Six digits for the person to type on that page. */
  readonly digits: string
  /**
   * Resolves once they were typed; then `finish` goes on. Asks the server every second.
   *
   * @throws RequestRefused `link_expired` when others were typed, or it took too long; the signal's reason
   */
  confirmed(signal?: AbortSignal): Promise<void>
}

const askAgainAfter = 1_000

const pause = (signal: AbortSignal | undefined) =>
  new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, askAgainAfter)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
  })

const isEarly = (error: unknown) =>
  error instanceof NetworkFailed || (error instanceof RequestRefused && error.code === 'wrong_step')

/**
 * Starts linking by a code on a page on which the person is logged in (protocol section 4, last paragraph). Whoever has
 * only seen the code cannot go on: the digits that this phone shows have to be typed on that page.
 *
 * @throws RequestRefused `link_expired` for a code that is over or was used, `already_linked`; NetworkFailed; ServerNotTrusted
 * @example
 * const linking = await scanLinking({ apiUrl, code: 'CS3:…', deviceName, locale: 'sv', platform: 'web', appVersion })
 * show(linking.digits)
 * await linking.confirmed()
 * const stored = await linking.finish({ passcode, passcodeHash, credential: null, keep })
 */
export async function scanLinking(options: ScanLinkingOptions): Promise<ScannedLinking> {
  const { server, signer, connection } = await prepare(options)
  const { code, locale } = options
  const scanned = await connection.post(
    '/v1/linkings/scanned',
    { sign_jwk: signer.publicJwk, code, locale },
    ScannedLinkingAnswer,
  )
  const { linking: id, digits, expires } = scanned
  const linking = proceed({ options, server, signer, connection, linking: id, phoneNumber: '', expires, email: '' })
  return {
    ...linking,
    digits,
    async confirmed(signal) {
      for (;;) {
        signal?.throwIfAborted()
        try {
          return await linking.submitCode(digits)
        } catch (error) {
          if (!isEarly(error)) throw error
        }
        await pause(signal)
      }
    },
  }
}
