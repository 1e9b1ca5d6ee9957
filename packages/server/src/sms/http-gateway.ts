/** A gateway that takes SMS as JSON over HTTP. */
import type { Delivery } from '../jobs/index.ts'
import type { SmsChannel } from './sms.ts'

export interface HttpGateway {
  readonly url: string
  /** The `Authorization` header, whole. */
  readonly authorization: string
}

const timeout = 10_000

// Where trying again may help: the gateway is busy, slow or broken.
const isPassing = (status: number): boolean => status === 408 || status === 425 || status === 429 || status >= 500

/**
 * A channel that posts `{"to", "text"}` and takes any 2xx for success. Follows no redirect, reads nothing of the answer,
 * waits 10 seconds.
 */
export function httpGateway({ url, authorization }: HttpGateway): SmsChannel {
  return {
    async send({ to, text }): Promise<Delivery> {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify({ to, text }),
        redirect: 'manual',
        signal: AbortSignal.timeout(timeout),
      })
      // Whatever it says, of whatever size, is not ours to read.
      await answer.body?.cancel()
      if (answer.ok) return { kind: 'delivered' }
      if (isPassing(answer.status)) throw new Error(`The SMS gateway answered ${answer.status}.`)
      return { kind: 'undeliverable', why: `the SMS gateway answered ${answer.status}` }
    },
  }
}
