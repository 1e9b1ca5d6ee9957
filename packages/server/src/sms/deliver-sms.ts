/** What the outbox does with an SMS. */
import type { OutboxHandlers } from '../jobs/index.ts'
import { Sms, type SmsChannel, smsKind } from './sms.ts'

/** The handler of queued SMS, for `startJobs`. */
export const smsHandlers = (channel: SmsChannel): OutboxHandlers => ({
  [smsKind]: async (payload) => channel.send(Sms.parse(payload)),
})
