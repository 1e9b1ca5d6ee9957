/** A browser that is a program: it subscribes, receives, and decrypts, as the Push API's standards say. */
import { createDecipheriv, createECDH, type ECDH, hkdfSync, randomBytes, randomUUID } from 'node:crypto'
import { Log } from './log.ts'
import type { Mailboxes, Message } from './mailboxes.ts'

export interface ReceivedPush {
  readonly text: string
  readonly topic: string | null
}

/** A subscription, with what its browser keeps to itself. */
export interface PushSubscriber {
  readonly endpoint: string
  /** Public key, base64url. */
  readonly p256dh: string
  /** Authentication secret, base64url. */
  readonly auth: string
  /** What arrived and could be decrypted. What could not is acknowledged with code 101. */
  readonly received: Log<ReceivedPush>
  /** Loses its connection: what is sent from now on waits at the push service. */
  disconnect(): void
  /** Comes back, and receives what waited. */
  connect(): void
  /** Ends the subscription, as the browser's owner may. */
  unsubscribe(): void
}

/** What a browser keeps to itself. */
export interface BrowserKeys {
  readonly ecdh: ECDH
  readonly auth: Uint8Array
}

const ascii = (text: string): Buffer => Buffer.from(text, 'latin1')

const derive = (secret: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, salt, info, length))

/** RFC 8291 section 3.4, for a body that the push service took. @throws where it is for somebody else */
export function decryptPush(body: Uint8Array, { ecdh, auth }: BrowserKeys): string {
  const [salt, sender, sealed] = [body.subarray(0, 16), body.subarray(21, 86), body.subarray(86)]
  const info = Buffer.concat([ascii('WebPush: info\0'), ecdh.getPublicKey(), sender])
  const secret = derive(ecdh.computeSecret(sender), auth, info, 32)
  const contentKey = derive(secret, salt, ascii('Content-Encoding: aes128gcm\0'), 16)
  const nonce = derive(secret, salt, ascii('Content-Encoding: nonce\0'), 12)
  const decipher = createDecipheriv('aes-128-gcm', contentKey, nonce)
  decipher.setAuthTag(sealed.subarray(-16))
  const record = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
  const end = record.findLastIndex((byte) => byte !== 0)
  if (record[end] !== 2) throw new Error('The record is not the last one.')
  return record.subarray(0, end).toString()
}

/** Subscribes a new browser, which is connected from the start. `vapidKey` is base64url. */
export function openSubscriber(
  mailboxes: Mailboxes,
  endpointOf: (token: string) => string,
  vapidKey: string,
): PushSubscriber {
  const ecdh = createECDH('prime256v1')
  const keys = { ecdh, auth: randomBytes(16) }
  const p256dh = ecdh.generateKeys('base64url')
  const received = new Log<ReceivedPush>()
  const browser = mailboxes.browser(null)
  const channel = randomUUID()
  const { token } = mailboxes.subscribe(browser, channel, vapidKey)

  const reach = ({ body, topic, version }: Message) => {
    try {
      received.add({ text: decryptPush(body, keys), topic })
      mailboxes.acknowledge(browser, version, 100)
    } catch {
      mailboxes.acknowledge(browser, version, 101)
    }
  }
  browser.reach = reach
  return {
    endpoint: endpointOf(token),
    p256dh,
    auth: keys.auth.toString('base64url'),
    received,
    disconnect() {
      browser.reach = null
    },
    connect() {
      browser.reach = reach
      mailboxes.deliverTo(browser)
    },
    unsubscribe: () => mailboxes.unsubscribe(browser, channel),
  }
}
