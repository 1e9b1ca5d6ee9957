/** A payment over the application API, as back end, page and phone do it together. */
import { type TemplateDefinition, toBase64url, utf8 } from '@countersign/protocol'
import { type Answer, ask, openEvents } from '../measure/http-client.ts'
import type { PreparedPhone } from '../measure/prepare-phones.ts'
import { SigningPhone } from '../measure/signing-phone.ts'
import type { Place } from './messages.ts'

const action = 'transfer.create'

const template: TemplateDefinition = {
  binding: 'plain',
  fields: { amount: { type: 'money', maximum: { SEK: '100000.00' } }, payee: { type: 'text', maximum_length: 60 } },
  headline: { sv: 'Betala {amount} till {payee}', en: 'Pay {amount} to {payee}' },
  lines: [
    { label: { sv: 'Belopp', en: 'Amount' }, field: 'amount' },
    { label: { sv: 'Mottagare', en: 'Payee' }, field: 'payee' },
  ],
}

/** A request with the API key of the application, or with the token of a page. */
const asking = ({ issuer, port, apiKey }: Place, method: string, path: string, body?: object, token = apiKey) => ({
  port,
  method,
  path,
  headers: {
    host: new URL(issuer).host,
    authorization: `Bearer ${token}`,
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  },
  ...(body === undefined ? {} : { body: utf8(JSON.stringify(body)) }),
})

/** Defines the action. As often as one likes: the same definition stays the one in force. */
export const defineAction = (place: Place): Promise<Answer> =>
  ask(asking(place, 'PUT', `/v1/templates/${action}`, template))

/** Milliseconds that the two took. */
export interface Paid {
  /** From sending the phone's signed answer to the page's event. */
  readonly told: number
  /** `GET /v1/server`: an answer that is made of nothing but memory. */
  readonly empty: number
}

/** Back end, page and phone of one person. */
export class Payer {
  readonly #place: Place
  readonly #account: string
  readonly #phone: SigningPhone

  private constructor(place: Place, account: string, phone: SigningPhone) {
    this.#place = place
    this.#account = account
    this.#phone = phone
  }

  /** @returns somebody whose phone has its first nonce already */
  static async meet(place: Place, prepared: PreparedPhone): Promise<Payer> {
    const phone = await SigningPhone.open(place, prepared)
    await phone.greet()
    return new Payer(place, prepared.account, phone)
  }

  /** One payment, started, seen, approved, told and redeemed. */
  async pay(): Promise<Paid> {
    const started = JSON.parse((await ask(asking(this.#place, 'POST', '/v1/approvals', this.#question()))).body)
    const approval: string = started.approval.id
    const path = `/v1/approvals/${approval}`
    const page = openEvents(asking(this.#place, 'GET', `${path}/events`, undefined, started.page_token))
    const listed = await this.#phone.list()
    const events = await page
    const { number }: { number: string | null } = JSON.parse(await events.next())
    const empty = await this.#emptyRoundTrip()
    const told = await this.#untilTold(events, (sending) =>
      this.#phone.approve(approval, { listed: listed.body, number }, sending),
    )
    events.close()
    await ask(asking(this.#place, 'POST', `${path}/redeem`, { redemption_id: `paid-${approval}` }))
    return { told, empty }
  }

  async #untilTold(events: Awaited<ReturnType<typeof openEvents>>, approve: (sending: () => void) => Promise<Answer>) {
    let sent = Number.NaN
    const decided = approve(() => {
      sent = performance.now()
    })
    // Until it is answered, the page is told also how it stands with waking the phone.
    for (;;) {
      const { state }: { state: string } = JSON.parse(await events.next())
      const at = performance.now()
      if (state === 'pending') continue
      if (state !== 'approved') throw new Error(`The page was told that it is ${state}.`)
      await decided
      return at - sent
    }
  }

  async #emptyRoundTrip(): Promise<number> {
    const { issuer, port } = this.#place
    const began = performance.now()
    await ask({ port, method: 'GET', path: '/v1/server', headers: { host: new URL(issuer).host } })
    return performance.now() - began
  }

  #question(): object {
    return {
      account: { id: this.#account },
      action,
      data: { amount: '1250.00 SEK', payee: 'Skogens El AB' },
      context: { place: null, browser: 'Firefox, Linux' },
      session: toBase64url(crypto.getRandomValues(new Uint8Array(16))),
    }
  }
}
