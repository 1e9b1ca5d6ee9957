/** One cycle, from the application's request to the redemption, as back end, page and phone do it together. */
import { toBase64url, utf8 } from '@countersign/protocol'
import { type Answer, ask, openEvents } from '../measure/http-client.ts'
import type { PreparedPhone } from '../measure/prepare-phones.ts'
import { SigningPhone } from '../measure/signing-phone.ts'
import type { Looked, Place } from './messages.ts'

const json = { 'content-type': 'application/json' }

/** Back end, page and phone of one person. */
export class Person {
  readonly #place: Place
  readonly #prepared: PreparedPhone
  readonly #phone: SigningPhone

  private constructor(place: Place, prepared: PreparedPhone, phone: SigningPhone) {
    this.#place = place
    this.#prepared = prepared
    this.#phone = phone
  }

  static async meet(place: Place, prepared: PreparedPhone): Promise<Person> {
    return new Person(place, prepared, await SigningPhone.open(place, prepared))
  }

  /** Gets the phone its first nonce, as every phone does once. */
  greet(): Promise<void> {
    return this.#phone.greet()
  }

  /** One approval of a login, begun, seen, approved, told and redeemed. */
  async cycle(): Promise<Looked> {
    const names = { requester: toBase64url(random(16)), redemption: toBase64url(random(16)) }
    const started = await this.#post('/approvals', this.#question(names.requester))
    const approval: string = JSON.parse(started.body).approval
    const page = openEvents({
      port: this.#place.applicationPort,
      method: 'GET',
      path: `/approvals/${approval}/events`,
      headers: {},
    })
    const listed = await this.#phone.list()
    const events = await page
    const waiting = await events.next()
    const { nonce } = this.#phone
    const number: string = JSON.parse(waiting).number
    const decided = await this.#phone.approve(approval, { listed: listed.body, number })
    const told = await events.next()
    events.close()
    if (JSON.parse(told).state !== 'approved') throw new Error(`The page was told: ${told}`)
    const redeemed = await this.#post(`/approvals/${approval}/redemption`, { redemption_id: names.redemption })
    const { account, device, thumbprint } = this.#prepared
    return {
      names: { ...names, account, device, thumbprint, approval, nonce },
      answers: {
        started: started.body,
        waiting,
        listed: listed.body,
        decided: decided.body,
        told,
        redeemed: redeemed.body,
      },
    }
  }

  #question(requester: string): object {
    const { account, device } = this.#prepared
    return { account, device, locale: 'sv', context: { place: null, browser: 'Firefox, Linux' }, requester }
  }

  #post(path: string, body: object): Promise<Answer> {
    const { applicationPort: port } = this.#place
    return ask({ port, method: 'POST', path, headers: json, body: utf8(JSON.stringify(body)) })
  }
}

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))
