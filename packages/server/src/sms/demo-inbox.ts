/** Where SMS go in the demo: a list in memory, shown on a page. */
import type { Context } from '../context.ts'
import type { Sms, SmsChannel } from './sms.ts'

export interface DemoMessage extends Sms {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

export interface DemoInbox extends SmsChannel {
  /** Newest first. */
  messages(): readonly DemoMessage[]
  /** Another one whenever the list is another. */
  version(): string
}

export const demoInboxTopic = 'demo-inbox'

const kept = 50

export function createDemoInbox({ clock, random, wakeups }: Pick<Context, 'clock' | 'random' | 'wakeups'>): DemoInbox {
  let messages: readonly DemoMessage[] = []
  let received = 0
  return {
    messages: () => messages,
    version: () => String(received),
    async send(sms) {
      received += 1
      messages = [{ ...sms, id: random.id('sms'), at: clock.now() }, ...messages].slice(0, kept)
      wakeups.publish(demoInboxTopic)
      return { kind: 'delivered' }
    },
  }
}
