/** Requests of the phone, signed (RFC 9421 with RFC 9530, protocol section 5). One form, and no other is understood. */
import type { CryptoKey } from 'jose'
import { fromBase64, toBase64, utf8 } from './bytes.ts'
import { sha256 } from './hashes.ts'

/** What the app says about itself in `countersign-client`: its version, and that of the protocol. */
export interface RequestClient {
  /** `major.minor.patch` */
  readonly app: string
  readonly protocol: 1
}

export interface SignRequest {
  readonly method: string
  /** The whole URL, as it is asked for, with its query. */
  readonly targetUri: string
  /** Empty where there is none. */
  readonly body: Uint8Array
  readonly client: RequestClient
  /** Thumbprint of the key. */
  readonly keyId: string
  /** The server's last one, or empty where there is none yet: then the server answers with one. */
  readonly nonce: string
  /** The private key. */
  readonly key: CryptoKey
}

export interface RequestSignatureHeaders {
  readonly 'content-digest': string
  readonly 'countersign-client': string
  readonly 'signature-input': string
  readonly signature: string
}

/** A signature as it was found in the headers of a request. Nothing of it is verified yet. */
export interface ParsedRequestSignature {
  readonly keyId: string
  readonly nonce: string
  readonly client: RequestClient
  readonly contentDigest: string
  readonly signature: Uint8Array<ArrayBuffer>
}

const algorithm = { name: 'ECDSA', hash: 'SHA-256' } as const

// The last character of 32 bytes in base64url has two bits to spare, which are 0.
const inputForm =
  /^sig=\("@method" "@target-uri" "content-digest" "countersign-client"\);keyid="(?<keyId>[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])";nonce="(?<nonce>[A-Za-z0-9_-]{1,128})";alg="ecdsa-p256-sha256";tag="countersign-device-v1"$/
const signatureForm = /^sig=:(?<signature>[A-Za-z0-9+/]{86}==):$/
const contentDigestForm = /^sha-256=:[A-Za-z0-9+/]{43}=:$/
const clientForm = /^app=(?<app>\d{1,4}\.\d{1,4}\.\d{1,4}), protocol=1$/

const signatureParams = (keyId: string, nonce: string): string =>
  `("@method" "@target-uri" "content-digest" "countersign-client");keyid="${keyId}";nonce="${nonce}";alg="ecdsa-p256-sha256";tag="countersign-device-v1"`

const contentDigestOf = (body: Uint8Array): string => `sha-256=:${toBase64(sha256(body))}:`

const clientHeader = ({ app, protocol }: RequestClient): string => `app=${app}, protocol=${protocol}`

/**
 * The signature base (RFC 9421 section 2.5).
 *
 * @param components names and values, in the order of `params`
 * @throws TypeError for a value of several lines, which could pass for another component
 */
export function signatureBase(components: readonly (readonly [name: string, value: string])[], params: string): string {
  if (components.some(([, value]) => /[\r\n]/.test(value))) throw new TypeError('A component is one line.')
  return [...components, ['@signature-params', params]].map(([name, value]) => `"${name}": ${value}`).join('\n')
}

interface SignedParts {
  readonly method: string
  readonly targetUri: string
  readonly contentDigest: string
  readonly client: RequestClient
  readonly keyId: string
  readonly nonce: string
}

const signedBytes = ({ method, targetUri, contentDigest, client, keyId, nonce }: SignedParts) =>
  utf8(
    signatureBase(
      [
        ['@method', method],
        ['@target-uri', targetUri],
        ['content-digest', contentDigest],
        ['countersign-client', clientHeader(client)],
      ],
      signatureParams(keyId, nonce),
    ),
  )

/**
 * Signs a request; the headers go with it.
 *
 * @example
 * const headers = await signRequest({ method: 'GET', targetUri, body: new Uint8Array(), client, keyId, nonce, key })
 * await fetch(targetUri, { headers })
 */
export async function signRequest({ body, key, ...parts }: SignRequest): Promise<RequestSignatureHeaders> {
  const contentDigest = contentDigestOf(body)
  const signature = await crypto.subtle.sign(algorithm, key, signedBytes({ ...parts, contentDigest }))
  return {
    'content-digest': contentDigest,
    'countersign-client': clientHeader(parts.client),
    'signature-input': `sig=${signatureParams(parts.keyId, parts.nonce)}`,
    signature: `sig=:${toBase64(new Uint8Array(signature))}:`,
  }
}

/** Reads the signature of a request, or null when anything is missing, more, or otherwise than `signRequest` makes it. */
export function parseRequestSignature(
  /** By lower-case names; a header that came several times is joined by commas, and so refused. */
  headers: Readonly<Record<string, string | undefined>>,
): ParsedRequestSignature | null {
  const { keyId, nonce } = inputForm.exec(headers['signature-input'] ?? '')?.groups ?? {}
  const { signature } = signatureForm.exec(headers.signature ?? '')?.groups ?? {}
  const { app } = clientForm.exec(headers['countersign-client'] ?? '')?.groups ?? {}
  const contentDigest = contentDigestForm.exec(headers['content-digest'] ?? '')?.[0]
  if (keyId === undefined || nonce === undefined || signature === undefined) return null
  if (app === undefined || contentDigest === undefined) return null
  try {
    return { keyId, nonce, client: { app, protocol: 1 }, contentDigest, signature: fromBase64(signature) }
  } catch {
    return null
  }
}

/**
 * Whether the signature is of this request and by this key, and the body the one that was signed. Whether the key is the
 * one that `keyId` names, and the nonce good, is the caller's to check.
 *
 * @param request the URL as the server knows itself, never from `Host` or forwarding headers
 * @throws TypeError for a method or URL of several lines
 */
export async function verifyRequestSignature(
  parsed: ParsedRequestSignature,
  request: { readonly method: string; readonly targetUri: string; readonly body: Uint8Array; readonly key: CryptoKey },
): Promise<boolean> {
  if (contentDigestOf(request.body) !== parsed.contentDigest) return false
  const { method, targetUri, key } = request
  return crypto.subtle.verify(algorithm, key, parsed.signature, signedBytes({ ...parsed, method, targetUri }))
}
