/** Twilio (https://www.twilio.com/docs/messaging/api/message-resource). */
import * as z from 'zod/mini'
import { type Accepted, basicAuthorization, deliveryOf, postToGateway } from './gateway-request.ts'
import type { SmsChannel } from './sms.ts'

export interface TwilioGateway {
  /** Of its API: https://api.twilio.com, or that of a region. */
  readonly origin: string
  readonly accountSid: string
  readonly authToken: string
  /** A number in E.164, a name, or the SID of a messaging service. */
  readonly from: string
}

const Message = z.object({ sid: z.string().check(z.regex(/^[SM]M[0-9a-f]{32}$/)), status: z.string() })
const Failure = z.object({ code: z.int() })

const failed = ['failed', 'undelivered', 'canceled']

function acceptedIn(said: unknown): Accepted {
  const message = Message.safeParse(said)
  if (!message.success) return 'strange'
  return failed.includes(message.data.status) ? 'failed' : 'accepted'
}

/** The number of the error, which the operator can look up. The words beside it name the recipient. */
function errorIn(said: unknown): string {
  const failure = Failure.safeParse(said)
  return failure.success ? ` (error ${failure.data.code})` : ''
}

const senderOf = (from: string): Record<string, string> =>
  /^MG[0-9a-f]{32}$/.test(from) ? { MessagingServiceSid: from } : { From: from }

/** A channel over Twilio. */
export const twilioGateway = (
  { origin, accountSid, authToken, from }: TwilioGateway,
  timeout?: number,
): SmsChannel => ({
  async send({ to, text }) {
    const answer = await postToGateway(
      {
        url: `${origin}/2010-04-01/Accounts/${accountSid}/Messages.json`,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          authorization: basicAuthorization(accountSid, authToken),
        },
        body: new URLSearchParams({ To: to, Body: text, ...senderOf(from) }).toString(),
        listens: true,
      },
      timeout,
    )
    return deliveryOf('Twilio', answer, acceptedIn(answer.said), errorIn(answer.said))
  },
})
