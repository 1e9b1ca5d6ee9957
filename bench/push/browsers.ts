/** The push service, and the browsers that it has, in a process of their own. */
import { type PushService, type PushSubscriber, startPushService } from '@countersign/testkit'
import { answerQuestions } from '../measure/process.ts'
import type { FromService, ToService } from './messages.ts'

/** Finer than the system's clock, and the same in all processes. */
const now = () => performance.timeOrigin + performance.now()

let service: PushService | null = null
let subscribers: readonly PushSubscriber[] = []

function running(): PushService {
  if (service === null) throw new Error('The push service was not started.')
  return service
}

/** Pushes that the last question knew of already. */
let told = 0

async function received(count: number): Promise<FromService> {
  const { requests, acknowledgements } = running()
  await acknowledgements.nth(told + count)
  const entries = requests.all.slice(told)
  const refused = entries.find(({ status }) => status !== 201)
  if (refused !== undefined) throw new Error(`The push service refused: ${refused.complaint}.`)
  if (acknowledgements.all.some(({ code }) => code !== 100)) throw new Error('A push could not be decrypted.')
  told += count
  const accepted = new Map(entries.map(({ at, options }) => [options?.topic ?? '', at]))
  return { kind: 'received', accepted, bytes: entries[0]?.size ?? 0 }
}

answerQuestions<ToService, FromService>(
  async (question) => {
    switch (question.kind) {
      case 'start':
        service = await startPushService({ clock: { now } })
        return { kind: 'started', host: service.host }
      case 'subscribe':
        subscribers = Array.from({ length: question.count }, () => running().subscribe(question.vapidKey))
        return {
          kind: 'subscribed',
          recipients: subscribers.map(({ endpoint, p256dh, auth }) => ({ endpoint, p256dh, auth })),
        }
      case 'received':
        return received(question.count)
    }
  },
  async () => {
    await service?.[Symbol.asyncDispose]()
  },
)
