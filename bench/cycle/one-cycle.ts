/** One cycle, from the application's request to the redemption, as back end, page and phone do it together. */

import {
  canonicalBytes,
  decisionType,
  documentType,
  fromBase64url,
  proofOf,
  sha256,
  signJws,
  signRequest,
  toBase64url,
  utf8,
} from '@countersign/protocol'
import { type Answer, ask, askAnything, openEvents } from '../measure/http-client.ts'
import type { PreparedPhone } from '../measure/prepare-phones.ts'
import type { Looked, Place } from './messages.ts'

const client = { app: '0.1.0', protocol: 1 } as const
const json = { 'content-type': 'application/json' }
const noBody = new Uint8Array()

/** Back end, page and phone of one person. */
export class Person {
  readonly #place: Place
  readonly #phone: PreparedPhone
  readonly #key: CryptoKey
  #nonce = ''

  private constructor(place: Place, phone: PreparedPhone, key: CryptoKey) {
    this.#place = place
    this.#phone = phone
    this.#key = key
  }

  static async meet(place: Place, phone: PreparedPhone): Promise<Person> {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
    return new Person(place, phone, await crypto.subtle.importKey('jwk', phone.privateJwk, algorithm, false, ['sign']))
  }

  /** Gets the phone its first nonce, as every phone does once. */
  async greet(): Promise<void> {
    await this.#send(askAnything, 'GET', '/v1/device/approvals', noBody)
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
    const listed = await this.#signed('GET', '/v1/device/approvals', noBody)
    const events = await page
    const waiting = await events.next()
    const nonce = this.#nonce
    const number: string = JSON.parse(waiting).number
    const decided = await this.#decide(approval, documentIn(listed.body, approval), number)
    const told = await events.next()
    events.close()
    if (JSON.parse(told).state !== 'approved') throw new Error(`The page was told: ${told}`)
    const redeemed = await this.#post(`/approvals/${approval}/redemption`, { redemption_id: names.redemption })
    const { account, device, thumbprint } = this.#phone
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
    const { account, device } = this.#phone
    return { account, device, locale: 'sv', context: { place: null, browser: 'Firefox, Linux' }, requester }
  }

  #post(path: string, body: object): Promise<Answer> {
    const { applicationPort: port } = this.#place
    return ask({ port, method: 'POST', path, headers: json, body: utf8(JSON.stringify(body)) })
  }

  async #decide(approval: string, document: Uint8Array, number: string): Promise<Answer> {
    const { round, binding } = JSON.parse(new TextDecoder().decode(document))
    const payload = canonicalBytes({
      v: 1,
      aud: this.#place.issuer,
      approval,
      round,
      device: this.#phone.device,
      digest: toBase64url(sha256(document)),
      decision: 'approve',
      binding,
      binding_value: number,
    })
    const decision = await signJws({ type: decisionType, keyId: this.#phone.thumbprint, payload, key: this.#key })
    const proof = toBase64url(proofOf(this.#phone.proofKey, 'decision', payload))
    return this.#signed('POST', `/v1/device/approvals/${approval}/decision`, utf8(JSON.stringify({ decision, proof })))
  }

  #signed(method: string, path: string, body: Uint8Array): Promise<Answer> {
    return this.#send(ask, method, path, body)
  }

  async #send(how: typeof ask, method: string, path: string, body: Uint8Array): Promise<Answer> {
    const { issuer, port } = this.#place
    const signature = await signRequest({
      method,
      targetUri: issuer + path,
      body,
      client,
      keyId: this.#phone.thumbprint,
      nonce: this.#nonce,
      key: this.#key,
    })
    const headers = { ...signature, host: new URL(issuer).host, ...(body.length > 0 ? json : {}) }
    const answer = await how({ port, method, path, headers, ...(body.length > 0 ? { body } : {}) })
    const fresh = answer.headers['countersign-nonce']
    if (typeof fresh === 'string') this.#nonce = fresh
    return answer
  }
}

const random = (length: number) => crypto.getRandomValues(new Uint8Array(length))

/** The bytes of an approval's document in the list that a phone is given. */
function documentIn(listed: string, approval: string): Uint8Array {
  const { approvals }: { approvals: { approval: string; document: string }[] } = JSON.parse(listed)
  const found = approvals.find((one) => one.approval === approval)
  if (found === undefined) throw new Error('The phone was not given the approval.')
  const [header = '', payload = ''] = found.document.split('.')
  const { typ } = JSON.parse(new TextDecoder().decode(fromBase64url(header)))
  if (typ !== documentType) throw new Error('The phone was given something else.')
  return fromBase64url(payload)
}
