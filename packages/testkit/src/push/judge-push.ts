/** What a push service wants of those who send (RFC 8030, 8188 and 8292). Pure: headers and body in, a verdict out. */
import { createPublicKey, verify } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** The longest body, in bytes, that a push service must take (RFC 8030 section 7.2); this one takes no more. */
export const longestBody = 4_096

const urgencies = ['very-low', 'low', 'normal', 'high'] as const
export type Urgency = (typeof urgencies)[number]

/** What is asked for in the headers. */
export interface PushOptions {
  /** Seconds for which the message is kept. */
  readonly ttl: number
  readonly topic: string | null
  readonly urgency: Urgency
}

export interface PushRefused {
  readonly kind: 'refused'
  readonly status: number
  readonly complaint: string
}

export type PushVerdict = { readonly kind: 'accepted'; readonly options: PushOptions } | PushRefused

const refused = (status: number, complaint: string): PushRefused => ({ kind: 'refused', status, complaint })

const isUrgency = (text: string): text is Urgency => urgencies.some((one) => one === text)

function readOptions({ ttl, topic, urgency = 'normal' }: IncomingHttpHeaders): PushOptions | PushRefused {
  if (ttl === undefined) return refused(400, 'TTL is missing')
  if (typeof ttl !== 'string' || !/^\d{1,9}$/.test(ttl)) return refused(400, 'TTL is no number of seconds')
  if (topic !== undefined && (typeof topic !== 'string' || !/^[\w-]{1,32}$/.test(topic)))
    return refused(400, 'Topic is not 1 to 32 characters of base64url')
  if (typeof urgency !== 'string' || !isUrgency(urgency)) return refused(400, 'Urgency is none of the four')
  return { ttl: Number(ttl), topic: topic ?? null, urgency }
}

/** One record with the sender's key in its header: RFC 8188 section 2.1, RFC 8291 section 4. */
function contentFault(body: Uint8Array, encoding: string | undefined): PushRefused | null {
  if (encoding !== 'aes128gcm') return refused(415, 'Content-Encoding is not aes128gcm')
  if (body.length > longestBody) return refused(413, 'the body is longer than 4096 bytes')
  const recordSize = body.length < 21 ? 0 : Buffer.from(body).readUInt32BE(16)
  if (body.length < 103 || body[20] !== 65 || body[21] !== 4) return refused(400, 'the body has no header of aes128gcm')
  return body.length - 86 > recordSize ? refused(400, 'the body is more than one record') : null
}

interface Token {
  readonly algorithm: unknown
  readonly audience: unknown
  readonly subject: unknown
  readonly expires: unknown
  readonly key: string
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function parsePart(part: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

/** The uncompressed point of `k` as a key, or null where it is none. */
function keyOf(k: string) {
  const point = Buffer.from(k, 'base64url')
  if (point.length !== 65 || point[0] !== 4) return null
  const [x, y] = [point.subarray(1, 33).toString('base64url'), point.subarray(33).toString('base64url')]
  try {
    return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' })
  } catch {
    return null
  }
}

/** What the token says, where its signature is by the key that comes along; null for everything else. */
function readToken(authorization: string): Token | null {
  const [, header = '', claims = '', signature = '', k = ''] =
    /^vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), ?k=([\w-]+)$/.exec(authorization) ?? []
  const [head, body, key] = [parsePart(header), parsePart(claims), keyOf(k)]
  if (head === null || body === null || key === null) return null
  const signed = Buffer.from(`${header}.${claims}`)
  const signatureBytes = Buffer.from(signature, 'base64url')
  if (!verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signatureBytes)) return null
  return { algorithm: head.alg, audience: body.aud, subject: body.sub, expires: body.exp, key: k }
}

/** Reads tokens; one that comes again is not verified again. */
export function rememberTokens(): (authorization: string) => Token | null {
  const known = new Map<string, Token | null>()
  return (authorization) => {
    const before = known.get(authorization)
    if (before !== undefined) return before
    const token = readToken(authorization)
    if (known.size >= 1_024) known.clear()
    known.set(authorization, token)
    return token
  }
}

/** What the verdict depends on besides the request. */
export interface PushRules {
  /** The VAPID key that the subscription was made with, base64url. */
  readonly key: string
  /** Origin of the push service. */
  readonly audience: string
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly readToken: (authorization: string) => Token | null
}

const longestToken = 86_400

/** RFC 8292 sections 2 and 4.2: 401 where nobody says who sends, 403 where it is somebody else. */
function senderFault(authorization: string | undefined, rules: PushRules): PushRefused | null {
  if (authorization === undefined) return refused(401, 'Authorization is missing')
  const token = rules.readToken(authorization)
  if (token === null) return refused(403, 'the token is none, or not signed by the key that came along')
  const seconds = rules.now / 1_000
  if (token.algorithm !== 'ES256') return refused(403, 'the token is not of ES256')
  if (token.key !== rules.key) return refused(403, 'the key is not the one of the subscription')
  if (token.audience !== rules.audience) return refused(403, 'the token is for another push service')
  if (typeof token.expires !== 'number' || token.expires <= seconds) return refused(403, 'the token has ended')
  if (token.expires > seconds + longestToken) return refused(403, 'the token is good for more than 24 hours')
  // Optional in the RFC, and demanded by Apple's push service.
  if (typeof token.subject !== 'string' || !/^(mailto:|https:)./.test(token.subject))
    return refused(403, 'the token names nobody to write to')
  return null
}

/** Judges a message to one subscription. */
export function judgePush(headers: IncomingHttpHeaders, body: Uint8Array, rules: PushRules): PushVerdict {
  const options = readOptions(headers)
  if ('kind' in options) return options
  const fault = contentFault(body, headers['content-encoding']) ?? senderFault(headers.authorization, rules)
  return fault ?? { kind: 'accepted', options }
}
