/** A server that sends pushes, as Countersign's does: encrypted and signed by the very same code. */
import { createECDH, generateKeyPairSync, randomBytes } from 'node:crypto'
import { encryptPush } from '../../packages/server/src/delivery/encrypt-push.ts'
import { signVapid } from '../../packages/server/src/delivery/vapid.ts'
import type { VapidKey } from '../../packages/server/src/platform/vapid-keys.ts'

/** Whom a push is for: what `PushSubscription.toJSON` gives, flat. All but the endpoint are base64url. */
export interface Recipient {
  readonly endpoint: string
  readonly p256dh: string
  readonly auth: string
}

export interface Sending {
  /** Over the headers that are sent otherwise; undefined leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly body?: Uint8Array
  /** What the token says otherwise. */
  readonly claims?: { readonly audience?: string; readonly contact?: string; readonly expires?: number }
  readonly signal?: AbortSignal
}

export interface Sender {
  /** base64url of the uncompressed point, as `applicationServerKey` takes it. */
  readonly publicKey: string
  send(recipient: Recipient, text: string, sending?: Sending): Promise<Response>
}

const bytes = (text: string) => Buffer.from(text, 'base64url')

function newKey(): VapidKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  return { privateKey, publicKey: Buffer.concat([Buffer.of(4), bytes(x), bytes(y)]).toString('base64url') }
}

/** The body of a push that only the recipient can read. */
export function encryptFor({ p256dh, auth }: Omit<Recipient, 'endpoint'>, text: string): Uint8Array {
  const ecdh = createECDH('prime256v1')
  const entropy = { ecdh, publicKey: ecdh.generateKeys(), salt: randomBytes(16) }
  return encryptPush(Buffer.from(text), { p256dh: bytes(p256dh), auth: bytes(auth) }, entropy)
}

/** A sender with a key of its own. `now` gives milliseconds since the epoch. */
export function createSender(now: () => number = Date.now): Sender {
  const key = newKey()
  return {
    publicKey: key.publicKey,
    send(recipient, text, { headers, body = encryptFor(recipient, text), claims, signal } = {}) {
      const authorization = signVapid(key, {
        audience: new URL(recipient.endpoint).origin,
        contact: 'mailto:support@strand.example',
        expires: Math.floor(now() / 1_000) + 3_600,
        ...claims,
      })
      const all = { authorization, ttl: '60', urgency: 'high', 'content-encoding': 'aes128gcm', ...headers }
      const given = Object.entries(all).filter((header): header is [string, string] => header[1] !== undefined)
      return fetch(recipient.endpoint, {
        method: 'POST',
        headers: given,
        body: Buffer.from(body),
        ...(signal === undefined ? {} : { signal }),
      })
    },
  }
}
