/** A gateway that takes SMS as JSON over HTTP. */
import { deliveryOf, postToGateway } from './gateway-request.ts'
import type { SmsChannel } from './sms.ts'

export interface HttpGateway {
  readonly url: string
  /** The `Authorization` header, whole. */
  readonly authorization: string
}

/** A channel that posts `{"to", "text"}` and takes any 2xx for success, whatever it says. */
export const httpGateway = ({ url, authorization }: HttpGateway, timeout?: number): SmsChannel => ({
  async send({ to, text }) {
    const headers = { 'content-type': 'application/json', authorization }
    const body = JSON.stringify({ to, text })
    const answer = await postToGateway({ url, headers, body, listens: false }, timeout)
    return deliveryOf('the SMS gateway', answer, 'accepted')
  },
})
