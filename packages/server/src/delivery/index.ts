/**
 * Delivery: waking the phone that is asked.
 *
 * Owns `push_subscriptions`, `delivery_attempts` and `delivery_receipts`. Promises that a push carries nothing but
 * neutral words, an opaque id and a nonce, that it goes to push services alone, and that it is of no use for longer than
 * the round it is about. Must never decide anything: a push is a wake-up, and what is asked is read from the store.
 */

export { registerDelivery } from './delivery-routes.ts'
export { deleteSubscription, writeSubscription } from './delivery-store.ts'
export { type PushKeyRotated, rotatePushKey, sweepPushKeys } from './push-keys.ts'
export { confirmReceipt, readDeliveryState, sweepDeliveries } from './read-delivery.ts'
export { type PushSending, pushHandlers, queuePush } from './send-push.ts'
