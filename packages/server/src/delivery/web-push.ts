/** Web Push: RFC 8030, with the body of RFC 8291 and the sender of RFC 8292. */
import { createECDH } from 'node:crypto'
import { createNonce, utf8 } from '@countersign/protocol'
import type { Context } from '../context.ts'
import { AddressRefused, type Outbound, type OutboundAnswer, retryAfterOf } from '../outbound/index.ts'
import { outcomeOf } from './attempt.ts'
import { encryptPush } from './encrypt-push.ts'
import { isPushEndpoint } from './endpoint.ts'
import { pushMessageOf } from './push-message.ts'
import { openAddress, type PushAddress } from './subscriptions.ts'
import type { PushTransport, Sent, WakeUp } from './transport.ts'
import { rememberVapid } from './vapid.ts'

/** Milliseconds that a push service has to answer. */
const patience = 10_000

const notSent: Sent = { outcome: 'refused', status: null, pause: null }
const unanswered: Sent = { outcome: 'failed', status: null, pause: null }

function headersOf({ approval, expires, now }: WakeUp, authorization: string): Record<string, string> {
  return {
    authorization,
    'content-encoding': 'aes128gcm',
    'content-type': 'application/octet-stream',
    ttl: String(Math.max(0, Math.ceil((expires - now) / 1_000))),
    urgency: 'high',
    // At most 32 characters of base64url (RFC 8030 section 5.4): a later push about the same takes its place.
    topic: approval,
  }
}

function bodyOf(context: Context, { approval, locale, now, device }: WakeUp, address: PushAddress): Uint8Array {
  const { brand, phoneUrl } = context.config
  const nonce = createNonce(context.keys.nonceKey, device.thumbprint, Math.floor(now / 1_000), context.random.bytes(8))
  const message = pushMessageOf({ approval, locale, name: brand.name, phoneUrl, nonce })
  const ecdh = createECDH('prime256v1')
  const entropy = { ecdh, publicKey: ecdh.generateKeys(), salt: context.random.bytes(16) }
  return encryptPush(utf8(JSON.stringify(message)), address, entropy)
}

function sentBy(answer: OutboundAnswer, now: number): Sent {
  const outcome = outcomeOf(answer.status)
  return { outcome, status: answer.status, pause: outcome === 'failed' ? retryAfterOf(answer, now) : null }
}

/** Sends to the push services of browsers, and to nobody else. */
export function webPush(context: Context, outbound: Outbound): PushTransport {
  const authorizationOf = rememberVapid(`mailto:${context.config.brand.supportEmail}`)
  return {
    name: 'web-push',
    async send(wakeUp) {
      const { subscription, now } = wakeUp
      const address = openAddress(context, subscription)
      // The one that the subscription was made for: the push service takes no other.
      const key = await context.keys.vapidKey(subscription.vapidKey)
      if (key === null || !isPushEndpoint(address.endpoint, context.config)) return notSent
      const url = new URL(address.endpoint)
      const headers = headersOf(wakeUp, authorizationOf(key, url.origin, now))
      try {
        const body = bodyOf(context, wakeUp, address)
        return sentBy(await outbound.post({ url, headers, body, timeout: patience }), now)
      } catch (error) {
        return error instanceof AddressRefused ? notSent : unanswered
      }
    },
  }
}
