/** Browsers that sign in as far as the code on the page, over real HTTP. */
import { typedResponse } from '@countersign/protocol'
import { type Answer, askAnything } from '../measure/http-client.ts'
import { type PreparedPhone, password } from '../measure/prepare-phones.ts'
import type { Place } from './messages.ts'

/** A browser's requests to a server, with whatever cookies it was given. */
class Visitor {
  readonly #place: Place
  readonly #cookies = new Map<string, string>()

  constructor(place: Place) {
    this.#place = place
  }

  get cookies(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  async go(method: string, path: string, body?: object): Promise<Answer> {
    const { issuer, port } = this.#place
    const headers = {
      host: new URL(issuer).host,
      cookie: this.cookies,
      'accept-language': 'sv',
      ...(body === undefined ? {} : { 'content-type': 'application/json', origin: issuer }),
    }
    const sent = body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) }
    const answer = await askAnything({ port, method, path, headers, ...sent })
    if (answer.status >= 400) throw new Error(`${method} ${path} was answered with ${answer.status}: ${answer.body}`)
    for (const cookie of answer.headers['set-cookie'] ?? []) {
      const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split(/=(.*)/s)
      this.#cookies.set(name, value)
    }
    return answer
  }
}

// The application never redeems anything here: any challenge will do (RFC 7636).
const authorization = (application: string, redirectUri: string): string =>
  `/oidc/authorize?${new URLSearchParams({
    client_id: application,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid',
    code_challenge: 'A'.repeat(43),
    code_challenge_method: 'S256',
    state: 'a',
  })}`

export interface BegunSignIn {
  readonly id: string
  readonly cookies: string
  /** The right response to the code on its page. */
  readonly response: string
}

/** Signs in with the password and chooses the offline way. */
export async function beginOffline(
  place: Place,
  application: { readonly id: string; readonly redirectUri: string },
  { email, codeKey }: PreparedPhone,
): Promise<BegunSignIn> {
  const visitor = new Visitor(place)
  const { headers } = await visitor.go('GET', authorization(application.id, application.redirectUri))
  const id = /^\/sign-in\/([^/]+)$/.exec(headers.location ?? '')?.[1]
  if (id === undefined) throw new Error(`The sign-in did not begin: ${headers.location}`)
  await visitor.go('POST', `/sign-in/${id}/password`, { email, password, locale: 'sv' })
  const { body } = await visitor.go('POST', `/sign-in/${id}/offline`, {})
  const { challenge }: { challenge: string } = JSON.parse(body)
  return { id, cookies: visitor.cookies, response: typedResponse(codeKey, challenge, Date.now()) }
}
