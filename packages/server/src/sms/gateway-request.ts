/** One request to an SMS gateway, and what its answer means for the SMS. */
import { fromUtf8 } from '@countersign/protocol'
import type { Delivery } from '../jobs/index.ts'

/** Milliseconds that a gateway has for its whole answer. Shorter than the lease of an outbox row. */
const gatewayTimeout = 10_000

/** A bound on what is read of an answer: what a gateway says in earnest has some hundred bytes. */
const longestAnswer = 16_384

export interface GatewayRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Whether the words of the answer are waited for. */
  readonly listens: boolean
}

export interface GatewayAnswer {
  readonly status: number
  /** Milliseconds that the gateway asks us to wait; null where it does not say. */
  readonly retryAfter: number | null
  /** What it says, where that is JSON of a reasonable length, else null. It may hold number and text: never to be logged. */
  readonly said: unknown
}

async function readBounded(body: ReadableStream<Uint8Array> | null): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = []
  let length = 0
  // Leaving the loop cancels what is still to come.
  for await (const chunk of body ?? []) {
    length += chunk.length
    if (length > longestAnswer) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function parseJson(bytes: Uint8Array | null): unknown {
  if (bytes === null) return null
  try {
    return JSON.parse(fromUtf8(bytes))
  } catch {
    return null
  }
}

/** `Retry-After` in seconds (RFC 9110 section 10.2.3). The form with a date is not used by gateways. */
function retryAfterOf(header: string | null): number | null {
  return header !== null && /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : null
}

/**
 * Posts to a gateway. Follows no redirect, since the request carries a secret and a code.
 *
 * @throws the error of `fetch` when no whole answer came in time
 */
export async function postToGateway(request: GatewayRequest, timeout = gatewayTimeout): Promise<GatewayAnswer> {
  const answer = await fetch(request.url, {
    method: 'POST',
    headers: request.headers,
    body: request.body,
    redirect: 'manual',
    signal: AbortSignal.timeout(timeout),
  })
  const said = request.listens ? parseJson(await readBounded(answer.body)) : await answer.body?.cancel()
  return {
    status: answer.status,
    retryAfter: retryAfterOf(answer.headers.get('retry-after')),
    said: said ?? null,
  }
}

/** `Authorization` of RFC 7617. */
export const basicAuthorization = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

/** What an answer with a status of success says. `strange`: not what this gateway says, so who answered is not known. */
export type Accepted = 'accepted' | 'failed' | 'strange'

// Where trying again may help: the gateway is busy, slow or broken. A 4xx besides is about this request or this
// account: the same request would get the same answer, and a wrong password tried again and again locks accounts.
const isPassing = (status: number): boolean => status === 408 || status === 425 || status === 429 || status >= 500

/**
 * What becomes of the SMS. Decided by the status alone where it is none of success: the gateways ask not to build on their
 * error codes. What nobody that we know has accepted is sent again, be it twice.
 *
 * @param detail is logged with a failure: nothing that the answer says in words
 */
export function deliveryOf(
  gateway: string,
  { status, retryAfter }: GatewayAnswer,
  accepted: Accepted,
  detail = '',
): Delivery {
  const why = `${gateway} answered ${status}${detail}`
  if (status >= 200 && status < 300) {
    if (accepted === 'accepted') return { kind: 'delivered' }
    if (accepted === 'failed') return { kind: 'undeliverable', why: `${why} and does not send it` }
    return { kind: 'later', why: `${why} with something else than its own answer`, pause: null }
  }
  return isPassing(status) ? { kind: 'later', why, pause: retryAfter } : { kind: 'undeliverable', why }
}
