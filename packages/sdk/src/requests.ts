/** One request and its answer: the API key, the time that it may take, what is tried again, and what went wrong. */
import { Problem } from '@countersign/protocol'
import { CountersignError } from './countersign-error.ts'
import { delayAfter, isPassing } from './retry.ts'
import type { System } from './system.ts'

/** What every call takes besides. */
export interface CallOptions {
  /** Ends the call with the code `aborted`. What was done is not known then. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds for each try, instead of those of the client. */
  readonly timeout?: number | undefined
}

/** What calls that create something take besides. */
export interface CreateOptions extends CallOptions {
  /**
   * A name for this call, of up to 200 visible characters. Repeated within 24 hours, also by another process, the call
   * gets the same answer and nothing is created twice. Each call has one of its own where it is left out.
   */
  readonly idempotencyKey?: string | undefined
}

/** Reads an answer: a schema of the protocol. */
export interface Reader<Answer> {
  safeParse(value: unknown): { success: true; data: Answer } | { success: false }
}

export interface Call<Answer> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  readonly answer: Reader<Answer>
  /** Whether doing it twice is as doing it once. */
  readonly repeatable: boolean
  readonly idempotencyKey?: string
  /** Milliseconds for which the server may hold back its answer. */
  readonly held?: number
  /** Anybody may ask: the API key stays here. */
  readonly open?: boolean
}

export type Send = <Answer>(call: Call<Answer>, options: CallOptions | undefined) => Promise<Answer>

export interface Connection {
  /** The server's origin. */
  readonly server: string
  readonly apiKey: string
  readonly fetch: typeof fetch
  readonly timeout: number
  readonly retries: number
  readonly system: System
}

/** Waits longer than this are for the caller to make. Seconds. */
const longestWait = 30

/** No content, for what answers 204. */
export const nothing: Reader<undefined> = {
  safeParse: (value) => (value === undefined ? { success: true, data: undefined } : { success: false }),
}

/** A path of the API, its parts encoded. */
export const pathOf = (...parts: readonly string[]): string =>
  `/v1/${parts
    .map((part) => {
      // Browsers and servers take these for steps in a path, also when encoded.
      if (part === '' || part === '.' || part === '..') throw new TypeError(`${JSON.stringify(part)} is no id.`)
      return encodeURIComponent(part)
    })
    .join('/')}`

/** What follows a path: `?`, and what is known of it. */
export function queryOf(wanted: object): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(wanted)) if (value !== undefined) query.set(name, String(value))
  return query.size === 0 ? '' : `?${query}`
}

function jsonOf(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return null
  }
}

/** Seconds of a `Retry-After` (RFC 9110 section 10.2.3), where it says seconds. */
function retryAfterOf(headers: Headers): number | undefined {
  const seconds = headers.get('retry-after')
  return seconds !== null && /^\d{1,9}$/.test(seconds) ? Number(seconds) : undefined
}

function refusalOf(title: string, response: Response, value: unknown): CountersignError {
  const { success, data: problem } = Problem.safeParse(value)
  const { status } = response
  const retryAfter = retryAfterOf(response.headers)
  if (!success) {
    const message = `${title}: the answer is none of a Countersign server (status ${status}).`
    return new CountersignError('unexpected_answer', message, { status, retryAfter })
  }
  const { code, detail, tries_left: triesLeft, request: requestId } = problem
  return new CountersignError(code, `${title}: ${detail ?? problem.title} (${code})`, {
    status,
    retryAfter: problem.retry_after ?? retryAfter,
    triesLeft,
    requestId,
  })
}

/** Sends requests to a server. */
export function requestsTo({ server, apiKey, fetch, timeout, retries, system }: Connection): Send {
  async function exchange(
    { method, path, body, idempotencyKey, held = 0, open = false }: Call<unknown>,
    options: CallOptions | undefined,
  ): Promise<{ readonly response: Response; readonly text: string }> {
    const late = AbortSignal.timeout((options?.timeout ?? timeout) + held)
    const signal = options?.signal === undefined ? late : AbortSignal.any([late, options.signal])
    const headers = {
      accept: 'application/json',
      ...(open ? {} : { authorization: `Bearer ${apiKey}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    }
    const content = body === undefined ? {} : { body: JSON.stringify(body) }
    try {
      // Nothing is followed: the key is for this server alone.
      const response = await fetch(`${server}${path}`, { method, headers, ...content, signal, redirect: 'manual' })
      return { response, text: await response.text() }
    } catch (cause) {
      const { signal: given } = options ?? {}
      if (given?.aborted) throw new CountersignError('aborted', 'The call was aborted.', { cause: given.reason })
      if (late.aborted) throw new CountersignError('timeout', `${method} ${path}: no answer in time.`, { cause })
      throw new CountersignError('network', `${method} ${path}: ${server} could not be reached.`, { cause })
    }
  }

  async function tryOnce<Answer>(call: Call<Answer>, options: CallOptions | undefined): Promise<Answer> {
    const { response, text } = await exchange(call, options)
    const title = `${call.method} ${call.path}`
    const value = jsonOf(text)
    if (!response.ok) throw refusalOf(title, response, value)
    const read = call.answer.safeParse(value)
    if (read.success) return read.data
    throw new CountersignError('unexpected_answer', `${title}: the answer is not what the protocol says.`, {
      status: response.status,
    })
  }

  return async function send(call, options) {
    for (let failures = 1; ; failures++) {
      try {
        return await tryOnce(call, options)
      } catch (error) {
        const again = call.repeatable && failures <= retries && isPassing(error)
        if (!again || (error.retryAfter ?? 0) > longestWait) throw error
        await system.wait(delayAfter(error, failures, system.random()), options?.signal)
      }
    }
  }
}
