/**
 * Webhooks: telling an application what happened, without being asked (protocol section 15).
 *
 * Owns `webhook_endpoints` and `webhook_messages`. Promises that what is told happened, that every webhook is told of it at
 * least once within three days, always under the same id, and that a receiver which is slow or gone holds up nobody else.
 * Must never show anybody what a receiver answered, nor connect to an address that is not the internet's.
 */
export { registerWebhook } from './change-webhooks.ts'
export { announceWebhooks, type News, queueWebhooks } from './queue-webhooks.ts'
export { webhookHandlers } from './send-webhook.ts'
export { sweepWebhooks } from './sweep-webhooks.ts'
export { registerWebhooks } from './webhook-routes.ts'
