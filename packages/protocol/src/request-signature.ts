/** Requests of the phone, signed (RFC 9421; protocol section 5 says which part of it). */
import { concatBytes, utf8 } from './bytes.ts'
import { sha256 } from './hashes.ts'

const components = '("@method" "@target-uri" "content-digest" "countersign-client")'
const ecdsa = { name: 'ECDSA', hash: 'SHA-256' }

const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))
const digestHeader = (body: Uint8Array): string => `sha-256=:${toBase64(sha256(body))}:`

const parametersOf = (keyId: string, nonce: string): string =>
  `${components};keyid="${keyId}";nonce="${nonce}";alg="ecdsa-p256-sha256";tag="countersign-device-v1"`

const clientHeader = (client: RequestClient): string => `app=${client.app}, protocol=${client.protocol}`

/** The app that makes the request, and the protocol it speaks. */
export interface RequestClient {
  /** `major.minor.patch` */
  readonly app: string
  readonly protocol: number
}

interface Signed {
  readonly method: string
  readonly targetUri: string
  readonly contentDigest: string
  readonly client: string
  readonly parameters: string
}

/** RFC 9421 section 2.5 */
const signatureBase = ({ method, targetUri, contentDigest, client, parameters }: Signed): Uint8Array =>
  utf8(
    [
      `"@method": ${method}`,
      `"@target-uri": ${targetUri}`,
      `"content-digest": ${contentDigest}`,
      `"countersign-client": ${client}`,
      `"@signature-params": ${parameters}`,
    ].join('\n'),
  )

export interface SignRequest {
  readonly method: string
  readonly targetUri: string
  readonly body: Uint8Array
  readonly client: RequestClient
  readonly keyId: string
  readonly nonce: string
  readonly key: CryptoKey
}

/** The headers that sign a request. The digest is that of the empty body where there is none. */
export async function signRequest(request: SignRequest) {
  const contentDigest = digestHeader(request.body)
  const client = clientHeader(request.client)
  const parameters = parametersOf(request.keyId, request.nonce)
  const { method, targetUri } = request
  const base = signatureBase({ method, targetUri, contentDigest, client, parameters })
  const signature = new Uint8Array(await crypto.subtle.sign(ecdsa, request.key, concatBytes(base) as Uint8Array<ArrayBuffer>))
  return {
    'content-digest': contentDigest,
    'countersign-client': client,
    'signature-input': `sig=${parameters}`,
    signature: `sig=:${toBase64(signature)}:`,
  } as const
}

export interface RequestSignature {
  /** RFC 7638 thumbprint. */
  readonly keyId: string
  readonly nonce: string
  readonly client: RequestClient
  readonly contentDigest: string
  readonly signature: Uint8Array
}

const inputPattern =
  /^sig=\("@method" "@target-uri" "content-digest" "countersign-client"\);keyid="([A-Za-z0-9_-]{43})";nonce="([A-Za-z0-9_-]{1,100})";alg="ecdsa-p256-sha256";tag="countersign-device-v1"$/
const signaturePattern = /^sig=:([A-Za-z0-9+/]{86}==):$/
const digestPattern = /^sha-256=:[A-Za-z0-9+/]{43}=:$/
const clientPattern = /^app=(\d{1,4}\.\d{1,4}\.\d{1,4}), protocol=(\d{1,4})$/

/** The signature in the headers (names in lower case), or null unless it is exactly of our form. */
export function parseRequestSignature(headers: Readonly<Record<string, string | undefined>>): RequestSignature | null {
  const input = inputPattern.exec(headers['signature-input'] ?? '')
  const signature = signaturePattern.exec(headers.signature ?? '')?.[1]
  const client = clientPattern.exec(headers['countersign-client'] ?? '')
  const contentDigest = headers['content-digest'] ?? ''
  const [keyId, nonce] = [input?.[1], input?.[2]]
  const [app, protocol] = [client?.[1], client?.[2]]
  if (!keyId || !nonce || !app || !protocol || !signature || !digestPattern.test(contentDigest)) return null
  return {
    keyId,
    nonce,
    client: { app, protocol: Number(protocol) },
    contentDigest,
    signature: Uint8Array.from(atob(signature), (letter) => letter.charCodeAt(0)),
  }
}

/** Whether the signature is right for this request, body included. */
export async function verifyRequestSignature(
  parsed: RequestSignature,
  request: { readonly method: string; readonly targetUri: string; readonly body: Uint8Array; readonly key: CryptoKey },
): Promise<boolean> {
  if (parsed.contentDigest !== digestHeader(request.body)) return false
  const base = signatureBase({
    method: request.method,
    targetUri: request.targetUri,
    contentDigest: parsed.contentDigest,
    client: clientHeader(parsed.client),
    parameters: parametersOf(parsed.keyId, parsed.nonce),
  })
  return crypto.subtle.verify(ecdsa, request.key, parsed.signature as Uint8Array<ArrayBuffer>, base as Uint8Array<ArrayBuffer>)
}
