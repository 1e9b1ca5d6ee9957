/** 46elks (https://46elks.com/docs/send-sms). */
import * as z from 'zod/mini'
import { type Accepted, basicAuthorization, deliveryOf, postToGateway } from './gateway-request.ts'
import type { SmsChannel } from './sms.ts'

export interface ElksGateway {
  /** Of its API. */
  readonly origin: string
  readonly username: string
  readonly password: string
  /** A number in E.164, or a name of 3 to 11 letters and digits. */
  readonly from: string
}

const SentSms = z.object({ id: z.string(), status: z.string() })

function acceptedIn(said: unknown): Accepted {
  const sent = SentSms.safeParse(said)
  if (!sent.success) return 'strange'
  return sent.data.status === 'failed' ? 'failed' : 'accepted'
}

/** A channel over 46elks, which is asked not to keep the text. */
export const elksGateway = ({ origin, username, password, from }: ElksGateway, timeout?: number): SmsChannel => ({
  async send({ to, text }) {
    const answer = await postToGateway(
      {
        url: `${origin}/a1/sms`,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          authorization: basicAuthorization(username, password),
        },
        body: new URLSearchParams({ from, to, message: text, dontlog: 'message' }).toString(),
        listens: true,
      },
      timeout,
    )
    return deliveryOf('46elks', answer, acceptedIn(answer.said))
  },
})
