/** This browser's subscription to pushes (W3C Push API), for window and worker alike. */
import type { PushDevice } from '@countersign/device'
import { fromBase64url, toBase64url } from '@countersign/protocol'

/** Some browsers never answer where their push service cannot be reached. */
const patience = 15_000

/** There is no push here: the push service cannot be reached, or does not want this browser. */
export class PushUnavailable extends Error {
  override readonly name = 'PushUnavailable'
}

async function inTime<Value>(work: Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new PushUnavailable('The push service does not answer.')), patience)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

const isFor = (subscription: PushSubscription, vapidKey: string): boolean => {
  const key = subscription.options.applicationServerKey
  return key !== null && toBase64url(new Uint8Array(key)) === vapidKey
}

/** The subscription for this key: the one that is there, or a new one. One for another key is given up first. */
async function subscriptionFor(manager: PushManager, vapidKey: string): Promise<PushSubscription> {
  const found = await manager.getSubscription()
  if (found !== null && isFor(found, vapidKey)) return found
  await found?.unsubscribe()
  try {
    return await inTime(manager.subscribe({ userVisibleOnly: true, applicationServerKey: fromBase64url(vapidKey) }))
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotAllowedError') throw error
    throw new PushUnavailable('This browser could not subscribe.', { cause: error })
  }
}

function bodyOf(subscription: PushSubscription, vapidKey: string) {
  const [p256dh, auth] = [subscription.getKey('p256dh'), subscription.getKey('auth')]
  if (p256dh === null || auth === null) throw new PushUnavailable('The subscription has no keys.')
  return {
    endpoint: subscription.endpoint,
    p256dh: toBase64url(new Uint8Array(p256dh)),
    auth: toBase64url(new Uint8Array(auth)),
    vapid_key: vapidKey,
  }
}

async function subscribeAndTell(manager: PushManager, device: PushDevice, vapidKey: string): Promise<void> {
  const subscription = await subscriptionFor(manager, vapidKey)
  await device.subscribePush(bodyOf(subscription, vapidKey))
}

/**
 * Sees to it that this browser is subscribed for the server's key in use, and that the server knows where. Costs one
 * request where all is well.
 *
 * @throws PushUnavailable; DOMException `NotAllowedError` without permission; NetworkFailed, RequestRefused
 */
export async function ensureSubscribed(manager: PushManager, device: PushDevice): Promise<void> {
  const { vapid_key: vapidKey, subscribed } = await device.readPush()
  const found = await manager.getSubscription()
  if (subscribed && found !== null && isFor(found, vapidKey)) return
  await subscribeAndTell(manager, device, vapidKey)
}

/**
 * The same where the browser has changed the subscription by itself: the server is told also where it thinks that all is
 * well. @throws as `ensureSubscribed`
 */
export async function tellSubscription(manager: PushManager, device: PushDevice): Promise<void> {
  const { vapid_key: vapidKey } = await device.readPush()
  await subscribeAndTell(manager, device, vapidKey)
}

/** Ends the subscription, at the server first: what it does not know it does not send to. */
export async function endSubscription(manager: PushManager, device: PushDevice): Promise<void> {
  await device.endPush()
  await (await manager.getSubscription())?.unsubscribe()
}
