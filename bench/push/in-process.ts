/** Pushes made on one thread, by us and by others. Nothing is sent. */
import { createECDH, createPrivateKey, randomBytes } from 'node:crypto'
import webPush from 'web-push'
import { encryptPush } from '../../packages/server/src/delivery/encrypt-push.ts'
import { rememberVapid } from '../../packages/server/src/delivery/vapid.ts'

const contact = 'mailto:support@strand.example'
const endpoint = 'https://push.example.net/push/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
/** Bytes of a message as the server sends it. */
const payloadLength = 330

/** One way to make a push, all of it. */
export type MakePush = () => unknown

export interface Ways {
  /** As the server does it: encrypted, with a token that is signed once for a push service. */
  readonly ours: MakePush
  readonly oursEncrypted: MakePush
  /** `web-push`, which signs a token for each. */
  readonly theirs: MakePush
  readonly theirsEncrypted: MakePush
  /** What no push can do without: a key pair of its own, and a shared secret. */
  readonly bare: MakePush
}

/** The ways to make a push for one browser by one server. */
export function waysToMakePushes(): Ways {
  const browser = createECDH('prime256v1')
  const [p256dh, auth] = [browser.generateKeys(), randomBytes(16)]
  const kept = { p256dh: p256dh.toString('base64url'), auth: auth.toString('base64url') }
  const payload = Buffer.alloc(payloadLength, 'a')
  const topic = 'A'.repeat(26)
  const vapid = webPush.generateVAPIDKeys()
  const point = Buffer.from(vapid.publicKey, 'base64url')
  const [x, y] = [point.subarray(1, 33).toString('base64url'), point.subarray(33).toString('base64url')]
  const jwk = { kty: 'EC', crv: 'P-256', x, y, d: vapid.privateKey }
  const key = { publicKey: vapid.publicKey, privateKey: createPrivateKey({ key: jwk, format: 'jwk' }) }
  const authorizationOf = rememberVapid(contact)
  const options = { TTL: 90, urgency: 'high', topic, vapidDetails: { subject: contact, ...vapid } }

  const oursEncrypted = () => {
    const keys = { p256dh: Buffer.from(kept.p256dh, 'base64url'), auth: Buffer.from(kept.auth, 'base64url') }
    const ecdh = createECDH('prime256v1')
    return encryptPush(payload, keys, { ecdh, publicKey: ecdh.generateKeys(), salt: randomBytes(16) })
  }
  return {
    ours: () => ({ body: oursEncrypted(), authorization: authorizationOf(key, new URL(endpoint).origin, Date.now()) }),
    oursEncrypted,
    theirs: () => webPush.generateRequestDetails({ endpoint, keys: kept }, payload, options),
    theirsEncrypted: () => webPush.encrypt(kept.p256dh, kept.auth, payload, 'aes128gcm'),
    bare: () => {
      const ecdh = createECDH('prime256v1')
      ecdh.generateKeys()
      return ecdh.computeSecret(p256dh)
    },
  }
}
