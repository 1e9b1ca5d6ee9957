/**
 * SMS: words that leave to a phone number.
 *
 * Promises that every number has its budget, that nothing goes to countries that the operator did not allow, and that
 * an SMS leaves after the commit of what it speaks of. Must never log a number or a text.
 */

export { smsHandlers } from './deliver-sms.ts'
export { createDemoInbox, type DemoInbox, type DemoMessage } from './demo-inbox.ts'
export { registerDemoInbox } from './demo-inbox-routes.ts'
export { openGateway } from './open-gateway.ts'
export { type QueuedSms, queueSms } from './queue-sms.ts'
export { goesTo, type Sms, type SmsChannel } from './sms.ts'
