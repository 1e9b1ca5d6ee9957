/** The sign-in's own API over HTTP. Everything that comes in is parsed here; nothing throws. */
import { type ErrorCode, FinishAnswer, type Locale, Problem, SignInState } from '@countersign/protocol'

/** What came of a request. `unreachable` also stands for answers that are not this server's, as from a proxy. */
export type Answer<Value> =
  | { readonly outcome: 'done'; readonly value: Value }
  | Refused
  | { readonly outcome: 'unreachable' }

export interface Refused {
  readonly outcome: 'refused'
  readonly code: ErrorCode
  readonly triesLeft: number | null
  /** Seconds. */
  readonly retryAfter: number | null
  /** The id to give to support, where the fault is the server's. */
  readonly request: string | null
}

/** Waits on the server's side until the version is another one, `seconds` at most. */
export interface Poll {
  readonly after: string
  readonly seconds: number
}

export interface StreamListener {
  onState(state: SignInState): void
  /** The stream is closed when this is called, and is not opened again by itself. */
  onBreak(): void
}

export interface SignInApi {
  readState(poll: Poll | null, signal: AbortSignal): Promise<Answer<SignInState>>
  /** Opens the event stream; the function closes it. */
  openStream(listener: StreamListener): () => void
  sendPassword(email: string, password: string, locale: Locale): Promise<Answer<SignInState>>
  /** The code from the SMS. */
  sendCode(code: string): Promise<Answer<SignInState>>
  /** Asks for another SMS. */
  resendCode(): Promise<Answer<SignInState>>
  /** Sends the same request to the phone once more. */
  wake(): Promise<Answer<SignInState>>
  goOffline(): Promise<Answer<SignInState>>
  sendResponse(response: string): Promise<Answer<SignInState>>
  restart(): Promise<Answer<SignInState>>
  /** Ends the sign-in; the value is where the browser goes. */
  cancel(): Promise<Answer<URL>>
  /** Finishes a sign-in that was approved, or whose SMS code was right; the value is where the browser goes. Asking again gives the same. */
  finish(): Promise<Answer<URL>>
}

interface Schema<Value> {
  safeParse(value: unknown): { success: true; data: Value } | { success: false }
}

const unreachable = { outcome: 'unreachable' } as const

/** Milliseconds that an answer may take, beyond what a long poll waits. */
const patience = 20_000

async function answerOf<Value>(response: Response, schema: Schema<Value>): Promise<Answer<Value>> {
  const body: unknown = await response.json()
  if (response.ok) {
    const parsed = schema.safeParse(body)
    return parsed.success ? { outcome: 'done', value: parsed.data } : unreachable
  }
  const problem = Problem.safeParse(body)
  if (!problem.success) return unreachable
  const { code, tries_left: triesLeft, retry_after: retryAfter, request } = problem.data
  return {
    outcome: 'refused',
    code,
    triesLeft: triesLeft ?? null,
    retryAfter: retryAfter ?? null,
    request: request ?? null,
  }
}

async function ask<Value>(url: string, init: RequestInit, schema: Schema<Value>): Promise<Answer<Value>> {
  try {
    return await answerOf(await fetch(url, { ...init, credentials: 'same-origin', redirect: 'error' }), schema)
  } catch {
    return unreachable
  }
}

function parseEvent(data: unknown): SignInState | null {
  if (typeof data !== 'string') return null
  try {
    const parsed = SignInState.safeParse(JSON.parse(data))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

// A browser runs `javascript:` addresses; only what a browser can visit is gone to.
function destination(answer: Answer<{ location: string }>): Answer<URL> {
  if (answer.outcome !== 'done') return answer
  const url = new URL(answer.value.location)
  return url.protocol === 'https:' || url.protocol === 'http:' ? { outcome: 'done', value: url } : unreachable
}

/** @param path the path of the page, `/sign-in/{sign-in}`; everything lies under it */
export function signInApi(path: string): SignInApi {
  const base = path.replace(/\/+$/, '')
  const post = <Value>(name: string, body: object, schema: Schema<Value>) =>
    ask(
      `${base}/${name}`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(patience),
      },
      schema,
    )
  return {
    readState: (poll, signal) => {
      const query = poll === null ? '' : `?${new URLSearchParams({ wait: `${poll.seconds}`, after: poll.after })}`
      const limit = AbortSignal.timeout(patience + (poll === null ? 0 : poll.seconds * 1000))
      return ask(`${base}/state${query}`, { cache: 'no-store', signal: AbortSignal.any([signal, limit]) }, SignInState)
    },
    openStream: ({ onState, onBreak }) => {
      const source = new EventSource(`${base}/events`)
      source.addEventListener('state', (event) => {
        const state = parseEvent(event.data)
        if (state !== null) onState(state)
      })
      source.addEventListener('error', () => {
        source.close()
        onBreak()
      })
      return () => source.close()
    },
    sendPassword: (email, password, locale) => post('password', { email, password, locale }, SignInState),
    sendCode: (code) => post('code', { code }, SignInState),
    resendCode: () => post('resend', {}, SignInState),
    wake: () => post('wake', {}, SignInState),
    goOffline: () => post('offline', {}, SignInState),
    sendResponse: (response) => post('response', { response }, SignInState),
    restart: () => post('restart', {}, SignInState),
    cancel: async () => destination(await post('cancel', {}, FinishAnswer)),
    finish: async () => destination(await post('finish', {}, FinishAnswer)),
  }
}
