/** What the bench and its processes say to each other. */

/** A subscription, as a browser gives it away. All but the endpoint are base64url. */
export interface Recipient {
  readonly endpoint: string
  readonly p256dh: string
  readonly auth: string
}

export type ToService =
  | { readonly kind: 'start' }
  | { readonly kind: 'subscribe'; readonly vapidKey: string; readonly count: number }
  /** Waits until so many pushes have been decrypted by whom they were for, and forgets none of them. */
  | { readonly kind: 'received'; readonly count: number }

export type FromService =
  | { readonly kind: 'started'; readonly host: string }
  | { readonly kind: 'subscribed'; readonly recipients: readonly Recipient[] }
  /** When each was accepted, by topic: milliseconds since the epoch, with fractions. */
  | { readonly kind: 'received'; readonly accepted: ReadonlyMap<string, number>; readonly bytes: number }

export type ToServer =
  | { readonly kind: 'start'; readonly host: string; readonly databaseUrl: string }
  | { readonly kind: 'subscribe'; readonly recipients: readonly Recipient[] }
  /** Asks so many people: `atATime` of them at once, or one after another at so many a second. */
  | { readonly kind: 'ask'; readonly count: number; readonly pace: Pace }
  /** Sends as many finished bodies with the same client, without a database. */
  | { readonly kind: 'post'; readonly count: number; readonly pace: Pace }

export type Pace = { readonly atATime: number } | { readonly perSecond: number }

export type FromServer =
  | { readonly kind: 'started'; readonly vapidKey: string }
  | { readonly kind: 'subscribed' }
  /** When each was asked, by topic, and the milliseconds of CPU that were used. */
  | { readonly kind: 'sent'; readonly asked: ReadonlyMap<string, number>; readonly cpu: number }
