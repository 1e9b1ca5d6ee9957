/** A linked phone that is a program: signed requests, and decisions with their proofs. */
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
import { type Answer, type Asking, ask, askAnything } from './http-client.ts'
import type { PreparedPhone } from './prepare-phones.ts'

const client = { app: '0.1.0', protocol: 1 } as const
const noBody = new Uint8Array()

/** Where phones find the server: under this name, at this port. */
export interface PhonePlace {
  readonly issuer: string
  readonly port: number
}

export class SigningPhone {
  readonly #place: PhonePlace
  readonly #phone: PreparedPhone
  readonly #key: CryptoKey
  /** The server's, for the next request. */
  nonce = ''

  private constructor(place: PhonePlace, phone: PreparedPhone, key: CryptoKey) {
    this.#place = place
    this.#phone = phone
    this.#key = key
  }

  static async open(place: PhonePlace, phone: PreparedPhone): Promise<SigningPhone> {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
    return new SigningPhone(
      place,
      phone,
      await crypto.subtle.importKey('jwk', phone.privateJwk, algorithm, false, ['sign']),
    )
  }

  /** Gets its first nonce, as every phone does once. */
  async greet(): Promise<void> {
    await this.#send(askAnything, await this.#sign('GET', '/v1/device/approvals', noBody))
  }

  /** What waits for it, as it is told. */
  async list(): Promise<Answer> {
    return this.#send(ask, await this.#sign('GET', '/v1/device/approvals', noBody))
  }

  /**
   * Approves what the list names, with the number of the page where it is asked for. Everything is signed before
   * `sending` is called.
   */
  async approve(
    approval: string,
    { listed, number }: { readonly listed: string; readonly number: string | null },
    sending: () => void = () => {},
  ): Promise<Answer> {
    const document = documentIn(listed, approval)
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
      binding_value: binding === 'number' ? number : null,
    })
    const decision = await signJws({ type: decisionType, keyId: this.#phone.thumbprint, payload, key: this.#key })
    const proof = toBase64url(proofOf(this.#phone.proofKey, 'decision', payload))
    const body = utf8(JSON.stringify({ decision, proof }))
    const signed = await this.#sign('POST', `/v1/device/approvals/${approval}/decision`, body)
    sending()
    return this.#send(ask, signed)
  }

  async #sign(method: string, path: string, body: Uint8Array): Promise<Asking> {
    const { issuer, port } = this.#place
    const signature = await signRequest({
      method,
      targetUri: issuer + path,
      body,
      client,
      keyId: this.#phone.thumbprint,
      nonce: this.nonce,
      key: this.#key,
    })
    const hasBody = body.length > 0
    const headers = {
      ...signature,
      host: new URL(issuer).host,
      ...(hasBody ? { 'content-type': 'application/json' } : {}),
    }
    return { port, method, path, headers, ...(hasBody ? { body } : {}) }
  }

  async #send(how: typeof ask, asking: Asking): Promise<Answer> {
    const answer = await how(asking)
    const fresh = answer.headers['countersign-nonce']
    if (typeof fresh === 'string') this.nonce = fresh
    return answer
  }
}

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
