/** The side of a push service that servers see (RFC 8030 section 5), and how it fails. */
import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { judgePush, longestBody, type PushOptions, type PushRefused, rememberTokens } from './judge-push.ts'
import { Log } from './log.ts'
import type { KeptPush, Mailboxes, Subscription } from './mailboxes.ts'

/**
 * What becomes of the next message. These are for messages that are in order:
 *
 * - `drop`: answered with 201, and never delivered
 * - `delay`: answered with 201, and delivered when it is released
 * - `repeat`: answered with 201, and delivered twice
 * - `restart`: kept, and instead of an answer the service restarts
 *
 * The others are for whatever comes, and keep nothing: no answer, one that is no HTTP, one without end, or a status.
 */
export type PushFault = KeepingFault | FailingFault

type KeepingFault = 'drop' | 'delay' | 'repeat' | 'restart'
type FailingFault =
  | 'hang'
  | 'garbage'
  | 'endless'
  /** `retryAfter` is in seconds. */
  | { readonly status: number; readonly retryAfter?: number }

/** A request to send a message, as it came and as it was answered. */
export interface PushRequest {
  /** Milliseconds since the epoch, by the clock of the service. */
  readonly at: number
  /** The path of the endpoint. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** TTL, topic and urgency; null where the request was refused, or not looked at. */
  readonly options: PushOptions | null
  /** Bytes of the body. */
  readonly size: number
  /** The status of the answer, null where there was none. */
  readonly status: number | null
  /** What is wrong with the request, null where it is in order or was not looked at. */
  readonly complaint: string | null
}

/** The token in the path of an endpoint, or null where it is none. */
export const tokenIn = (path: string): string | null => /^\/push\/([\w-]{1,64})$/.exec(path)?.[1] ?? null

/** The body, or as much of it as shows that it is too long. */
async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    if (length <= longestBody) chunks.push(chunk)
    length += chunk.length
  }
  return Buffer.concat(chunks)
}

/** Begins an answer and goes on until nobody reads it any more. */
function answerWithoutEnd(response: ServerResponse): void {
  response.writeHead(201, { 'content-type': 'text/plain' })
  const more = () => {
    while (!response.destroyed && response.write(' '.repeat(16_384)));
  }
  response.on('drain', more)
  more()
}

const isFailing = (fault: PushFault | undefined): fault is FailingFault =>
  typeof fault === 'object' || fault === 'hang' || fault === 'garbage' || fault === 'endless'

/** The status that a fault is answered with; null where it is no answer. */
const statusOf = (fault: FailingFault): number | null =>
  typeof fault === 'object' ? fault.status : fault === 'endless' ? 201 : null

function fail(response: ServerResponse, fault: FailingFault): void {
  if (fault === 'hang') return
  if (fault === 'garbage') response.socket?.end('Once upon a time there was a push service.\r\n\r\n')
  else if (fault === 'endless') answerWithoutEnd(response)
  else {
    const { status, retryAfter } = fault
    response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }).end()
  }
}

export interface PushTaking {
  readonly mailboxes: Mailboxes
  readonly now: () => number
  /** Its origin: whom tokens must be meant for. */
  readonly audience: string
  readonly restart: () => void
}

export interface TakenPushes {
  readonly onRequest: RequestListener
  readonly requests: Log<PushRequest>
  order(...faults: PushFault[]): void
  release(): void
}

type Verdict =
  | { readonly kind: 'accepted'; readonly subscription: Subscription; readonly options: PushOptions }
  | PushRefused

/** Takes messages from servers. */
export function takePushes({ mailboxes, now, audience, restart }: PushTaking): TakenPushes {
  const requests = new Log<PushRequest>()
  const faults: PushFault[] = []
  const readToken = rememberTokens()
  let held: (() => unknown)[] = []

  const judge = ({ method, url = '', headers }: IncomingMessage, body: Buffer): Verdict => {
    const token = tokenIn(url)
    const found = token === null ? 'unknown' : mailboxes.find(token)
    if (found === 'unknown') return { kind: 'refused', status: 404, complaint: 'there is no such subscription' }
    if (found === 'gone') return { kind: 'refused', status: 410, complaint: 'the subscription has ended' }
    if (method !== 'POST') return { kind: 'refused', status: 405, complaint: 'messages are sent with POST' }
    const verdict = judgePush(headers, body, { key: found.key, audience, now: now(), readToken })
    return verdict.kind === 'refused' ? verdict : { ...verdict, subscription: found }
  }

  /** Keeps a message, as far as the fault lets it. */
  const keep = (subscription: Subscription, message: KeptPush, fault: KeepingFault | undefined) => {
    const put = () => mailboxes.put(subscription, message, fault === 'repeat' ? 2 : 1)
    if (fault === 'delay') held.push(() => message.expires > now() && put())
    else if (fault !== 'drop') put()
  }

  const answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => {
    const note = (rest: Pick<PushRequest, 'options' | 'status' | 'complaint'>) =>
      requests.add({ at: now(), path: request.url ?? '', headers: request.headers, size: body.length, ...rest })
    const fault = faults.shift()
    if (isFailing(fault)) {
      note({ options: null, status: statusOf(fault), complaint: null })
      return fail(response, fault)
    }
    const verdict = judge(request, body)
    if (verdict.kind === 'refused') {
      const { status, complaint } = verdict
      note({ options: null, status, complaint })
      response.writeHead(status, { 'content-type': 'text/plain' }).end(complaint)
      return
    }
    const { subscription, options } = verdict
    note({ options, status: fault === 'restart' ? null : 201, complaint: null })
    keep(subscription, { ...options, body, expires: now() + options.ttl * 1_000 }, fault)
    if (fault === 'restart') return restart()
    response.writeHead(201, { location: `${audience}/message/${randomUUID()}`, ttl: String(options.ttl) }).end()
  }

  return {
    requests,
    order: (...ordered) => void faults.push(...ordered),
    release() {
      const released = held
      held = []
      for (const put of released) put()
    },
    onRequest(request, response) {
      bodyOf(request).then(
        (body) => answer(request, response, body),
        // Whoever goes away before the end has sent nothing.
        () => response.destroy(),
      )
    },
  }
}
