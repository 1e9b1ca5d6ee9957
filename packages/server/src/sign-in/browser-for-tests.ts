/** A browser and the application's back end, as far as signing in needs them, over real HTTP. */
import { createHash, randomBytes } from 'node:crypto'
import { FinishAnswer, Problem, SignInState } from '@countersign/protocol'
import type { World, WorldAccount } from '@countersign/testkit'
import * as z from 'zod/mini'
import { SignInId } from './sign-in.ts'

interface Cookie {
  readonly value: string
  readonly path: string
  readonly attributes: string
}

const parseCookie = (header: string): [string, Cookie] => {
  const [pair = '', ...attributes] = header.split('; ')
  const path = attributes.find((attribute) => attribute.startsWith('path='))?.slice(5) ?? '/'
  const [name = '', value = ''] = pair.split(/=(.*)/s)
  return [`${name} ${path}`, { value, path, attributes: attributes.join('; ') }]
}

const covers = (cookiePath: string, path: string): boolean =>
  cookiePath === '/' || path === cookiePath || path.startsWith(`${cookiePath}/`)

/** What came back: its status, where it points to, and what it says. */
export interface Answer {
  readonly status: number
  readonly location: string | null
  readonly text: string
  readonly headers: Headers
}

/** What is known of the server and of the application that sends people to it. */
export type Site = Pick<World, 'config'> & { readonly application: Omit<World['application'], 'apiKey'> }

export const redirectUri = 'http://localhost:4999/callback'

/** A request of the application, and what it keeps to redeem the code. */
export interface AuthorizationRequest {
  readonly url: string
  readonly verifier: string
  readonly state: string
}

export function authorizationRequest(world: Site, more: Record<string, string> = {}): AuthorizationRequest {
  const verifier = randomBytes(32).toString('base64url')
  const state = randomBytes(8).toString('hex')
  const params = new URLSearchParams({
    client_id: world.application.id,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid profile email',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    state,
    ...more,
  })
  return { url: `/oidc/authorize?${params}`, verifier, state }
}

/** What is sent, beside the cookies. */
interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | URLSearchParams
  readonly signal?: AbortSignal
}

/** A browser with its cookies. Redirects are not followed by themselves. */
export class Browser {
  readonly cookies = new Map<string, Cookie>()
  readonly #world: Site
  readonly #headers: Readonly<Record<string, string>>

  constructor(world: Site, headers: Readonly<Record<string, string>> = {}) {
    this.#world = world
    this.#headers = { 'accept-language': 'en', accept: 'text/html', ...headers }
  }

  get issuer(): string {
    return this.#world.config.issuer
  }

  cookieHeader(path: string): string {
    return [...this.cookies]
      .filter(([, cookie]) => covers(cookie.path, path))
      .map(([key, cookie]) => `${key.split(' ')[0]}=${cookie.value}`)
      .join('; ')
  }

  async fetch(url: string, sent: Sent = {}): Promise<Response> {
    const target = new URL(url, this.issuer)
    const response = await fetch(target, {
      redirect: 'manual',
      ...sent,
      headers: { ...this.#headers, cookie: this.cookieHeader(target.pathname), ...sent.headers },
    })
    for (const header of response.headers.getSetCookie()) {
      const [key, cookie] = parseCookie(header)
      if (cookie.attributes.includes('expires=Thu, 01 Jan 1970')) this.cookies.delete(key)
      else this.cookies.set(key, cookie)
    }
    return response
  }

  async go(url: string, sent: Sent = {}): Promise<Answer> {
    const response = await this.fetch(url, sent)
    const { status, headers } = response
    return { status, headers, location: headers.get('location'), text: await response.text() }
  }

  /** Begins a sign-in from the application. */
  async begin(request = authorizationRequest(this.#world)): Promise<{ id: SignInId; request: AuthorizationRequest }> {
    const { location } = await this.go(request.url)
    const id = SignInId.parse(/^\/sign-in\/([^/]+)$/.exec(location ?? '')?.[1])
    return { id, request }
  }

  post(id: string, name: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.go(`/sign-in/${id}/${name}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', origin: this.issuer, ...headers },
    })
  }

  async command(id: string, name: string, body: unknown = {}): Promise<SignInState> {
    return stateIn(await this.post(id, name, body))
  }

  password(id: string, account: Pick<WorldAccount, 'email' | 'password'>): Promise<SignInState> {
    const { email, password } = account
    return this.command(id, 'password', { email, password, locale: 'sv' })
  }

  async state(id: string, query = ''): Promise<SignInState> {
    return stateIn(await this.go(`/sign-in/${id}/state${query}`))
  }

  /** The states that the event stream tells, from now on until the signal is aborted. */
  async *events(id: string, signal: AbortSignal): AsyncGenerator<SignInState, void> {
    const response = await this.fetch(`/sign-in/${id}/events`, { signal })
    if (response.body === null) throw new Error('The stream has no body.')
    let rest = ''
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const events = (rest + chunk).split('\n\n')
      rest = events.pop() ?? ''
      for (const event of events) {
        const data = /^event: state\n(?:.*\n)*data: (.*)$/m.exec(event)?.[1]
        if (data !== undefined) yield SignInState.parse(JSON.parse(data))
      }
    }
  }

  /** Collects the sign-in. @returns where the browser goes */
  async finish(id: string): Promise<string> {
    const answer = await this.post(id, 'finish')
    if (answer.status !== 200) throw new Error(`Not finished: ${answer.text}`)
    return FinishAnswer.parse(JSON.parse(answer.text)).location
  }
}

function stateIn(answer: Answer): SignInState {
  if (answer.status !== 200) throw new Error(`Not a state: ${answer.status} ${answer.text}`)
  return SignInState.parse(JSON.parse(answer.text))
}

/** The code of a refusal. */
export const refusalIn = (answer: Answer): string => Problem.parse(JSON.parse(answer.text)).code

/** The authorization code in the address of the application. */
export function codeIn(location: string | null): string | null {
  return location === null || !location.startsWith(redirectUri) ? null : new URL(location).searchParams.get('code')
}

const JsonObject = z.record(z.string(), z.unknown())

const basic = (id: string, secret: string): string => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`

/** The application's back end redeems a code. */
export async function redeemCode(
  world: Site,
  code: string,
  verifier: string,
  secret = world.application.secret,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${world.config.issuer}/oidc/token`, {
    method: 'POST',
    headers: { authorization: basic(world.application.id, secret) },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      redirect_uri: redirectUri,
    }),
  })
  return { status: response.status, body: JsonObject.parse(await response.json()) }
}
