/** A server for tests: checks signatures for real, answers as it is told. */
import {
  AccountId,
  ApplicationId,
  type ApprovalDocument,
  ApprovalId,
  canonicalBytes,
  DeviceId,
  documentType,
  type ErrorCode,
  errorStatus,
  formatTimestamp,
  generateSigningKey,
  headerNames,
  importVerifyKey,
  type KeyPair,
  type PublicJwk,
  parseRequestSignature,
  publicJwkOf,
  signJws,
  thumbprintOf,
  toBase64url,
  verifyRequestSignature,
} from '@countersign/protocol'
import type { Fetch } from './connection.ts'
import { lockSecret, type PasscodeHash } from './passcode-lock.ts'
import type { Keep, StoredDevice } from './stored-device.ts'

export const issuer = 'https://countersign.example'
/** 2026-01-01T00:00:00Z */
export const serverStart = 1_767_225_600_000
export const passcode = '482913'
export const unlockSecret = Uint8Array.from({ length: 32 }, (_, index) => 255 - index)

/** As good as Argon2id where its strength is not the subject. */
export const cheapHash: PasscodeHash = async (text, salt) => {
  const bytes = Uint8Array.of(...new TextEncoder().encode(text), ...salt)
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
}

export interface ReceivedRequest {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly body: unknown
  readonly nonce: string
  /** Whether it was signed as protocol section 5 says. */
  readonly signed: boolean
  readonly signal: AbortSignal | undefined
}

export const json = (value: unknown, status = 200): Response =>
  new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } })

export const problem = (code: ErrorCode, extra: object = {}): Response =>
  json(
    { type: `urn:countersign:error:${code}`, title: code, status: errorStatus[code], code, ...extra },
    errorStatus[code],
  )

const bytesOf = (body: unknown): Uint8Array<ArrayBuffer> =>
  body instanceof Uint8Array ? Uint8Array.from(body) : new Uint8Array()

/**
 * A fetch that reaches a server which answers by `answer`, but for signed requests without a nonce, which it refuses by
 * itself. Every answer carries a fresh nonce and the time.
 */
export function createServer(options: {
  readonly answer: (request: ReceivedRequest) => Response | Promise<Response>
  /** Of the key that a request with this body must be signed with. */
  readonly publicJwk: (body: unknown) => PublicJwk
  readonly time?: () => number
}): { readonly fetch: Fetch; readonly received: ReceivedRequest[] } {
  const received: ReceivedRequest[] = []
  let nonces = 0

  async function isSigned(url: string, init: RequestInit, headers: Headers, jwk: PublicJwk): Promise<boolean> {
    const parsed = parseRequestSignature(Object.fromEntries(headers))
    if (parsed === null || parsed.keyId !== thumbprintOf(jwk)) return false
    const key = await importVerifyKey(jwk)
    return verifyRequestSignature(parsed, {
      method: init.method ?? 'GET',
      targetUri: url,
      body: bytesOf(init.body),
      key,
    })
  }

  const fetch: Fetch = async (url, init) => {
    const headers = new Headers(init.headers)
    const bytes = bytesOf(init.body)
    const body: unknown = bytes.length === 0 ? null : JSON.parse(new TextDecoder().decode(bytes))
    const request = {
      method: init.method ?? 'GET',
      path: url.slice(issuer.length),
      body,
      nonce: /;nonce="([^"]*)"/.exec(headers.get('signature-input') ?? '')?.[1] ?? '',
      signed: headers.has('signature') && (await isSigned(url, init, headers, options.publicJwk(body))),
      signal: init.signal ?? undefined,
    }
    received.push(request)
    const wantsNonce = headers.has('signature') && request.nonce === ''
    const response = wantsNonce ? problem('nonce_required') : await options.answer(request)
    response.headers.set(headerNames.nonce, `nonce-${++nonces}`)
    response.headers.set(headerNames.time, String(options.time?.() ?? serverStart))
    return response
  }
  return { fetch, received }
}

/** A phone's storage: gives back copies of what it was given, as a disk does. */
export function createStorage(): { readonly keep: Keep; readonly kept: StoredDevice[] } {
  const kept: StoredDevice[] = []
  return {
    kept,
    keep: async (stored) => {
      kept.push(structuredClone(stored))
      return structuredClone(stored)
    },
  }
}

const accountId = AccountId.parse(`acc_${'a'.repeat(22)}`)
const deviceId = DeviceId.parse(`dev_${'d'.repeat(22)}`)
export const approvalId = ApprovalId.parse(`apr_${'p'.repeat(22)}`)

/** A linked phone, and the server's key that signs its documents. */
export async function createStoredDevice(): Promise<{
  readonly stored: StoredDevice
  readonly documentKey: KeyPair
}> {
  const keyPair = await generateSigningKey({ extractable: false })
  const documentKey = await generateSigningKey({ extractable: false })
  const publicJwk = await publicJwkOf(keyPair.publicKey)
  const stored: StoredDevice = {
    issuer,
    device: deviceId,
    account: { id: accountId, email: 'anna@strand.example', name: 'Anna Lind' },
    name: 'Annas telefon',
    keyPair,
    publicJwk,
    thumbprint: thumbprintOf(publicJwk),
    lock: await lockSecret(unlockSecret, passcode, { passcodeHash: cheapHash, extractable: false }),
    documentKeys: [await publicJwkOf(documentKey.publicKey)],
    biometricLock: null,
    clockOffset: 0,
    linkedAt: serverStart,
    unfinished: false,
    renewal: null,
    pending: null,
  }
  return { stored, documentKey }
}

/** The document of a login for the device above, with changes. */
export const documentWith = (changes: Partial<ApprovalDocument> = {}): ApprovalDocument => ({
  v: 1,
  approval: approvalId,
  round: 1,
  audience: issuer,
  account: accountId,
  device: deviceId,
  application: { id: ApplicationId.parse('strand'), name: 'Strand' },
  action: 'login',
  template: 1,
  locale: 'sv',
  headline: 'Logga in på Strand?',
  lines: [{ label: 'Webbläsare', value: 'Firefox' }],
  data: {},
  context: { place: null, browser: 'Firefox' },
  binding: 'plain',
  nonce: toBase64url(new Uint8Array(32)),
  issued: formatTimestamp(serverStart),
  expires: formatTimestamp(serverStart + 90_000),
  ...changes,
})

/** Signs a document, or any other object in its place, as the server does. */
export async function signedBy(documentKey: KeyPair, document: object, type = documentType): Promise<string> {
  const keyId = thumbprintOf(await publicJwkOf(documentKey.publicKey))
  return signJws({ type, keyId, payload: canonicalBytes(document), key: documentKey.privateKey })
}
