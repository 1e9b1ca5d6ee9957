/** What the bench uses of `web-push`, which brings no types. */
declare module 'web-push' {
  interface Subscription {
    readonly endpoint: string
    /** base64url. */
    readonly keys: { readonly p256dh: string; readonly auth: string }
  }
  interface Options {
    readonly TTL: number
    readonly urgency: string
    readonly topic: string
    readonly vapidDetails: { readonly subject: string; readonly publicKey: string; readonly privateKey: string }
  }
  interface WebPush {
    generateVAPIDKeys(): { readonly publicKey: string; readonly privateKey: string }
    /** The request that sends a push: encrypted and signed. */
    generateRequestDetails(subscription: Subscription, payload: Uint8Array, options: Options): unknown
    encrypt(p256dh: string, auth: string, payload: Uint8Array, encoding: 'aes128gcm'): unknown
  }
  const webPush: WebPush
  export = webPush
}
