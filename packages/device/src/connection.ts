/** Requests of a phone, signed by its key (RFC 9421, protocol section 5). */
import { headerNames, type KeyPair, Problem, ServerAnswer, signRequest, utf8 } from '@countersign/protocol'
import { NetworkFailed, RequestRefused, ServerNotTrusted } from './failures.ts'

export type Fetch = (input: string, init: RequestInit) => Promise<Response>

export interface ConnectionOptions {
  /** The server's URL; a slash at its end is taken away. */
  readonly apiUrl: string
  readonly keyPair: KeyPair
  /** RFC 7638 thumbprint of the public key. */
  readonly thumbprint: string
  /** `major.minor.patch` */
  readonly appVersion: string
  readonly fetch?: Fetch
  /** This phone's clock, in milliseconds since the epoch, uncorrected. */
  readonly now?: () => number
  /** What was learned before, in milliseconds. */
  readonly clockOffset?: number
  /** Told whenever an answer shows that the clock's offset is another one. */
  readonly onClockOffset?: (offset: number) => void
  /** A nonce that came another way (in a push), for the first write. */
  readonly nonce?: string
}

/** Anything that parses what came in; the schemas of the protocol do. */
export interface Schema<Value> {
  safeParse(value: unknown): { readonly success: true; readonly data: Value } | { readonly success: false }
}

interface RequestExtra {
  readonly signal?: AbortSignal
  /** Milliseconds until the request is given up; 20 000 unless told. */
  readonly timeout?: number
}

/** Errors of every method: `RequestRefused`, `NetworkFailed`; an aborted signal throws its own reason. */
export interface DeviceConnection {
  readonly apiUrl: string
  /** The server's time in milliseconds, as far as this phone knows. */
  serverNow(): number
  clockOffset(): number
  get<Value>(path: string, schema: Schema<Value>, extra?: RequestExtra): Promise<Value>
  /**
   * Makes a write once. When it fails with `NetworkFailed`, whether it was done is not known; repeating it is the
   * caller's to decide.
   */
  post<Value>(path: string, body: object, schema: Schema<Value>, extra?: RequestExtra): Promise<Value>
  /** Makes a write that is the same once or twice. */
  put<Value>(path: string, body: object, schema: Schema<Value>, extra?: RequestExtra): Promise<Value>
  /** Makes a write once, where nothing is answered. */
  tell(path: string, body: object, extra?: RequestExtra): Promise<void>
  delete(path: string): Promise<void>
  /** Opens an event stream. No timeout but the signal's. */
  open(path: string, signal: AbortSignal): Promise<Response>
}

interface Sending {
  readonly method: string
  readonly path: string
  readonly body: Uint8Array<ArrayBuffer>
  readonly signal: AbortSignal
}

const noBody = new Uint8Array()
const protocolVersion = 1
const usualTimeout = 20_000

const originOf = (apiUrl: string) => apiUrl.replace(/\/+$/, '')

async function fetchAnswer(fetch: Fetch, url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { cache: 'no-store', credentials: 'omit', redirect: 'error', ...init })
  } catch (cause) {
    if (init.signal?.aborted === true && !isTimeout(init.signal.reason)) throw init.signal.reason
    throw new NetworkFailed('The server could not be reached.', { cause })
  }
}

const isTimeout = (reason: unknown) => reason instanceof Error && reason.name === 'TimeoutError'

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch (cause) {
    throw new NetworkFailed('The answer of the server broke off or is not JSON.', { cause })
  }
}

async function parseAnswer<Value>(response: Response, schema: Schema<Value>): Promise<Value> {
  const parsed = schema.safeParse(await jsonOf(response))
  if (!parsed.success) throw new NetworkFailed('The answer of the server is not one of this protocol.')
  return parsed.data
}

async function refusalOf(response: Response): Promise<RequestRefused> {
  const problem = Problem.safeParse(await jsonOf(response))
  if (!problem.success) throw new NetworkFailed(`The server answered ${response.status}, without a reason.`)
  return new RequestRefused(problem.data)
}

/**
 * What a server says about itself, unsigned: `GET /v1/server`.
 *
 * @throws NetworkFailed, RequestRefused
 * @throws ServerNotTrusted when its configured URL is not the one that was asked
 */
export async function readServer(options: { readonly apiUrl: string; readonly fetch?: Fetch }): Promise<ServerAnswer> {
  const apiUrl = originOf(options.apiUrl)
  const response = await fetchAnswer(options.fetch ?? globalThis.fetch, `${apiUrl}/v1/server`, {
    signal: AbortSignal.timeout(usualTimeout),
  })
  if (!response.ok) throw await refusalOf(response)
  const server = await parseAnswer(response, ServerAnswer)
  if (server.issuer !== apiUrl) throw new ServerNotTrusted(`The server at ${apiUrl} calls itself ${server.issuer}.`)
  return server
}

const signalOf = ({ signal, timeout = usualTimeout }: RequestExtra) =>
  AbortSignal.any([AbortSignal.timeout(timeout), ...(signal === undefined ? [] : [signal])])

/** The server's time when it answered, in milliseconds; null where it did not say. */
function timeIn(response: Response): number | null {
  const time = response.headers.get(headerNames.time)
  return time === null || !/^\d{1,15}$/.test(time) ? null : Number(time)
}

/**
 * Makes a connection; nothing is sent yet.
 *
 * @example
 * const connection = openConnection({ apiUrl: stored.issuer, ...stored, appVersion: '1.0.0' })
 * const device = await connection.get('/v1/device', DeviceAnswer)
 */
export function openConnection(options: ConnectionOptions): DeviceConnection {
  const apiUrl = originOf(options.apiUrl)
  const fetch = options.fetch ?? globalThis.fetch
  const now = options.now ?? Date.now
  let clockOffset = options.clockOffset ?? 0
  let nonce = options.nonce ?? ''

  // A write's nonce is good once; a read leaves no trace, so that the next request may use the same.
  function take(taken: string, method: string): string {
    if (method !== 'GET' && taken === nonce) nonce = ''
    return taken
  }

  // The server's clock was read between `sent` and `received`: an offset that fits in between is not contradicted, and
  // stays. So an answer that was long under way (a long poll) takes nothing from what a quick one has taught.
  function learn(response: Response, sent: number): void {
    const received = now()
    nonce = freshNonce(response)
    const server = timeIn(response)
    if (server === null) return
    if (server - received <= clockOffset && clockOffset <= server - sent) return
    clockOffset = Math.round(server - (sent + received) / 2)
    options.onClockOffset?.(clockOffset)
  }

  const freshNonce = (response: Response) => response.headers.get(headerNames.nonce) ?? nonce

  async function attempt(given: string, { method, path, body, signal }: Sending): Promise<Response> {
    const signature = await signRequest({
      method,
      targetUri: apiUrl + path,
      body,
      client: { app: options.appVersion, protocol: protocolVersion },
      keyId: options.thumbprint,
      nonce: take(given, method),
      key: options.keyPair.privateKey,
    })
    const sent = now()
    const response = await fetchAnswer(fetch, apiUrl + path, {
      method,
      headers: { ...signature, ...(body.length === 0 ? {} : { 'content-type': 'application/json' }) },
      ...(body.length === 0 ? {} : { body }),
      signal,
    })
    learn(response, sent)
    return response
  }

  // Both refusals mean that nothing was done, so that a write may be sent again; whatever else fails is the caller's.
  // It is sent with the nonce that came with the refusal: another request may take the newest one meanwhile.
  async function send(sending: Sending): Promise<Response> {
    const first = await attempt(nonce, sending)
    if (first.ok) return first
    const refusal = await refusalOf(first)
    if (refusal.code !== 'nonce_required' && refusal.code !== 'nonce_used') throw refusal
    const second = await attempt(freshNonce(first), sending)
    if (!second.ok) throw await refusalOf(second)
    return second
  }

  const write = (method: string, path: string, body: object, extra: RequestExtra) =>
    send({ method, path, body: utf8(JSON.stringify(body)), signal: signalOf(extra) })

  return {
    apiUrl,
    serverNow: () => now() + clockOffset,
    clockOffset: () => clockOffset,
    get: async (path, schema, extra = {}) =>
      parseAnswer(await send({ method: 'GET', path, body: noBody, signal: signalOf(extra) }), schema),
    post: async (path, body, schema, extra = {}) => parseAnswer(await write('POST', path, body, extra), schema),
    put: async (path, body, schema, extra = {}) => parseAnswer(await write('PUT', path, body, extra), schema),
    tell: async (path, body, extra = {}) => {
      await write('POST', path, body, extra)
    },
    delete: async (path) => {
      await send({ method: 'DELETE', path, body: noBody, signal: signalOf({}) })
    },
    open: (path, signal) => send({ method: 'GET', path, body: noBody, signal }),
  }
}
