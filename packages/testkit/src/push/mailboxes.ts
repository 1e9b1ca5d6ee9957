/** What a push service keeps: who subscribed, and what waits for whom. No network in it. */
import { randomBytes, randomUUID } from 'node:crypto'
import type { PushOptions } from './judge-push.ts'
import { Log } from './log.ts'

/** A message that a server sent. */
export interface KeptPush extends PushOptions {
  readonly body: Uint8Array
  /** Milliseconds since the epoch. */
  readonly expires: number
}

/** One on its way to a browser. */
export interface Message extends KeptPush {
  /** Names this sending of it; what is repeated is sent under another. */
  readonly version: string
  readonly channel: string
}

/** How a browser is reached while it is there. */
export type Reach = (message: Message) => void

export interface Browser {
  /** `uaid` in Mozilla's protocol. */
  readonly id: string
  /** By channel. */
  readonly subscriptions: Map<string, Subscription>
  /** The subscriptions of what was sent and not acknowledged, by version. */
  readonly sent: Map<string, Subscription>
  reach: Reach | null
}

export interface Subscription {
  readonly browser: Browser
  /** `channelID` in Mozilla's protocol: the browser's own name for it. */
  readonly channel: string
  /** The VAPID key of those who may send, base64url. */
  readonly key: string
  /** The last part of its endpoint. */
  readonly token: string
}

/** A message was handed to a browser that was there. */
export interface Delivery {
  readonly at: number
  readonly token: string
  readonly version: string
  readonly topic: string | null
}

/** What a browser said about a message: 100 when its worker got it, 101 when it could not be decrypted. */
export interface Acknowledgement {
  readonly at: number
  readonly token: string
  readonly version: string
  readonly code: number
}

export class Mailboxes {
  readonly deliveries = new Log<Delivery>()
  readonly acknowledgements = new Log<Acknowledgement>()
  readonly #now: () => number
  readonly #browsers = new Map<string, Browser>()
  readonly #subscriptions = new Map<string, Subscription>()
  readonly #gone = new Set<string>()
  /** By the token of its subscription, in the order in which they came. */
  readonly #waiting = new Map<string, Message[]>()

  constructor(now: () => number) {
    this.#now = now
  }

  /** The browser of this id, or a new one where there is none (any more). */
  browser(id: string | null): Browser {
    const known = id === null ? undefined : this.#browsers.get(id)
    if (known !== undefined) return known
    const browser: Browser = {
      id: randomUUID().replaceAll('-', ''),
      subscriptions: new Map(),
      sent: new Map(),
      reach: null,
    }
    this.#browsers.set(browser.id, browser)
    return browser
  }

  subscribe(browser: Browser, channel: string, key: string): Subscription {
    this.unsubscribe(browser, channel)
    const subscription = { browser, channel, key, token: randomBytes(24).toString('base64url') }
    this.#subscriptions.set(subscription.token, subscription)
    browser.subscriptions.set(channel, subscription)
    return subscription
  }

  unsubscribe(browser: Browser, channel: string): void {
    const subscription = browser.subscriptions.get(channel)
    if (subscription !== undefined) this.#end(subscription)
  }

  /** The subscription that an endpoint stands for; `gone` where it was one. */
  find(token: string): Subscription | 'gone' | 'unknown' {
    return this.#subscriptions.get(token) ?? (this.#gone.has(token) ? 'gone' : 'unknown')
  }

  /** Forgets every browser and every subscription. A browser learns of it when it comes back. */
  forgetAll(): void {
    for (const subscription of this.#subscriptions.values()) this.#end(subscription)
    this.#browsers.clear()
  }

  /** Takes a message, in the place of one of the same topic (RFC 8030 section 5.4), and delivers it where it can. */
  put(subscription: Subscription, push: KeptPush, times: number): void {
    const { token, channel } = subscription
    // Whoever ended the subscription while a message was held back gets nothing any more.
    if (this.#subscriptions.get(token) !== subscription) return
    const others = this.#kept(token).filter(({ topic }) => topic === null || topic !== push.topic)
    const messages = Array.from({ length: times }, () => ({ ...push, channel, version: randomUUID() }))
    this.#waiting.set(token, [...others, ...messages])
    for (const message of messages) this.#deliver(subscription, message)
  }

  /** Delivers all that waits for a browser that has come. */
  deliverTo(browser: Browser): void {
    for (const subscription of browser.subscriptions.values()) {
      for (const message of this.#kept(subscription.token)) this.#deliver(subscription, message)
    }
  }

  /** Takes a browser's word about a message, which does not wait any longer then. */
  acknowledge(browser: Browser, version: string, code: number): void {
    const token = browser.sent.get(version)?.token
    if (token === undefined) return
    browser.sent.delete(version)
    const others = this.#kept(token).filter((message) => message.version !== version)
    this.#waiting.set(token, others)
    this.acknowledgements.add({ at: this.#now(), token, version, code })
  }

  /** How many messages wait for a subscription. */
  waitingFor(token: string): number {
    return this.#kept(token).length
  }

  #deliver(subscription: Subscription, message: Message): void {
    const { token, browser } = subscription
    if (browser.reach === null) return
    browser.sent.set(message.version, subscription)
    this.deliveries.add({ at: this.#now(), token, version: message.version, topic: message.topic })
    browser.reach(message)
  }

  #kept(token: string): readonly Message[] {
    return (this.#waiting.get(token) ?? []).filter(({ expires }) => expires > this.#now())
  }

  #end({ token, browser, channel }: Subscription): void {
    browser.subscriptions.delete(channel)
    this.#subscriptions.delete(token)
    this.#waiting.delete(token)
    this.#gone.add(token)
  }
}
