/** Waking a phone that is not looking (protocol section 5). Shapes. */
import * as z from 'zod/mini'
import { ApprovalId, Base64url } from './values.ts'

/** How a message reached a phone. */
export const Transport = z.enum(['web-push', 'stream'])
export type Transport = z.infer<typeof Transport>

/** How it stands with waking the phone for one approval. */
export const DeliveryState = z.enum([
  /** The device has no way to be pushed to. */
  'none',
  /** Under way: no push service has taken it yet. */
  'sending',
  /** A push service has taken it. */
  'sent',
  /** The phone said that a push reached it. */
  'received',
  /** The phone said that its open app has the request: no push was needed. */
  'in-app',
  /** The device cannot be pushed to any more, or the push service refuses. */
  'failed',
  /** Nobody answered several before it: no push goes out. The request waits in the app. */
  'withheld',
])
export type DeliveryState = z.infer<typeof DeliveryState>

/** An uncompressed P-256 point in base64url: a browser's push key, or the server's for push services (RFC 8292). */
export const PushKey = Base64url.check(z.length(87))

/** `GET /v1/device/push`, signed. */
export const PushAnswer = z.object({
  /** The server's key, which a subscription is made for (`applicationServerKey`). Another one than before: subscribe anew. */
  vapid_key: PushKey,
  /** Whether the server has a subscription of this device, for that key. */
  subscribed: z.boolean(),
})
export type PushAnswer = z.infer<typeof PushAnswer>

/** `PUT /v1/device/push`: a subscription (W3C Push API section 8), in place of whatever was there. Answer: `PushAnswer`. */
export const PushSubscriptionBody = z.strictObject({
  endpoint: z.url().check(z.maxLength(2_048)),
  p256dh: PushKey,
  auth: Base64url.check(z.length(22)),
  vapid_key: PushKey,
})
export type PushSubscriptionBody = z.infer<typeof PushSubscriptionBody>

/** `DELETE /v1/device/push` answers 204: this device is not pushed to any more. */

/**
 * What is in a push: neutral words, an opaque id, a nonce for the confirmation. The form is that of Declarative Web Push
 * (W3C Push API section 3.3), which shows it also where the worker fails; every worker reads the same.
 */
export const PushMessage = z.object({
  web_push: z.literal(8030),
  notification: z.object({
    title: z.string(),
    body: z.string(),
    lang: z.string(),
    /** One notification for one approval, however often it is sent. */
    tag: z.string(),
    navigate: z.url(),
    data: z.object({ approval: ApprovalId, nonce: z.string() }),
  }),
})
export type PushMessage = z.infer<typeof PushMessage>

/** `POST /v1/device/approvals/{approval}/received`: the phone confirms that it was reached. Answers 204; the first one counts. */
export const ReceivedBody = z.strictObject({ transport: Transport })
