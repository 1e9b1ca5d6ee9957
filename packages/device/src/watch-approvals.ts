/**
 * Watching the requests that wait: an event stream while it works, a long poll where it does not (protocol section 5).
 *
 * A broken connection is ordinary here. What the caller is told is always the whole list.
 */
import { PendingApprovals } from '@countersign/protocol'
import { type ApprovalsNews, type ApprovalsReader, approvalsPath, checkApprovals } from './approvals.ts'
import { createEventCutter } from './event-stream.ts'
import { NetworkFailed, RequestRefused } from './failures.ts'

export type Wait = (milliseconds: number, signal: AbortSignal) => Promise<void>

export interface WatchOptions {
  readonly signal: AbortSignal
  readonly wait?: Wait
}

/** The first list comes at once; a proxy that holds streams back would keep a person waiting for ever. */
const firstListWithin = 5_000
/** Heartbeats come every 15 seconds: a stream without one for so long is dead, also where nothing says so. */
const silenceUpTo = 40_000
const pollSeconds = 25
const pollTimeout = 40_000
const longestPause = 30_000
const pauseAfterEnd = 1_000

const waitByTimer: Wait = (milliseconds, signal) =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    signal.addEventListener('abort', end, { once: true })
  })

function parseList(data: string): PendingApprovals {
  try {
    return PendingApprovals.parse(JSON.parse(data))
  } catch (cause) {
    throw new NetworkFailed('The event stream holds something that is not of this protocol.', { cause })
  }
}

/** Rejects when nothing came in time, or the watch was ended; the timer ends with the race. */
async function within<Value>(
  work: Promise<Value>,
  milliseconds: number,
  options: Required<WatchOptions>,
): Promise<Value> {
  const race = new AbortController()
  const late = options.wait(milliseconds, AbortSignal.any([race.signal, options.signal])).then(() => {
    throw new NetworkFailed('The event stream went silent.')
  })
  late.catch(() => {})
  work.catch(() => {})
  try {
    return await Promise.race([work, late])
  } finally {
    race.abort()
  }
}

/** The lists of one stream, until it ends. @throws NetworkFailed, RequestRefused */
async function* streamLists(
  reader: ApprovalsReader,
  options: Required<WatchOptions>,
): AsyncGenerator<PendingApprovals> {
  const controller = new AbortController()
  const both = AbortSignal.any([options.signal, controller.signal])
  try {
    const response = await within(reader.connection.open('/v1/device/events', both), firstListWithin, options)
    const pieces = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    if (pieces === undefined) throw new NetworkFailed('The event stream has no body.')
    const cut = createEventCutter()
    let patience = firstListWithin
    for (;;) {
      const { done, value } = await within(pieces.read(), patience, options)
      if (done) return
      for (const event of cut(value)) {
        if (event?.event !== 'approvals') continue
        yield parseList(event.data)
        patience = silenceUpTo
      }
    }
  } catch (error) {
    if (error instanceof NetworkFailed || error instanceof RequestRefused) throw error
    throw new NetworkFailed('The event stream broke off.', { cause: error })
  } finally {
    controller.abort()
  }
}

const isPassing = ({ code }: RequestRefused) =>
  code === 'rate_limited' || code === 'unavailable' || code === 'internal' || code.startsWith('nonce_')

/** A refusal that will not pass by waiting is thrown; everything else is a reason to try again. */
function passingFailure(error: unknown): NetworkFailed | RequestRefused {
  if (error instanceof NetworkFailed) return error
  if (error instanceof RequestRefused && isPassing(error)) return error
  throw error
}

const pauseAfter = (failures: number, reason: NetworkFailed | RequestRefused) => {
  const asked = reason instanceof RequestRefused ? (reason.retryAfter ?? 0) * 1000 : 0
  return Math.max(asked, Math.min(longestPause, 500 * 2 ** Math.min(failures, 10)))
}

async function* pollLists(reader: ApprovalsReader, signal: AbortSignal): AsyncGenerator<PendingApprovals> {
  let seen: string | null = null
  for (;;) {
    const query: string = seen === null ? '' : `?wait=${pollSeconds}&after=${encodeURIComponent(seen)}`
    const pending = await reader.connection.get(approvalsPath + query, PendingApprovals, {
      signal,
      timeout: pollTimeout,
    })
    if (pending.version !== seen) yield pending
    seen = pending.version
  }
}

/**
 * Every list of waiting requests until the signal is aborted.
 *
 * @throws RequestRefused when the server will not have this device
 */
export async function* watchApprovals(
  reader: ApprovalsReader,
  options: WatchOptions,
): AsyncGenerator<ApprovalsNews, void> {
  const { signal, wait = waitByTimer } = options
  let streaming = true
  let failures = 0
  while (!signal.aborted) {
    let listed = false
    try {
      for await (const pending of streaming ? streamLists(reader, { signal, wait }) : pollLists(reader, signal)) {
        listed = true
        failures = 0
        yield { kind: 'approvals', ...(await checkApprovals(reader, pending)) }
      }
      if (!listed) throw new NetworkFailed('The event stream ended before it began.')
      // Streams are ended every ten minutes; a pause keeps a server that ends them at once from being run over.
      await wait(pauseAfterEnd, signal)
    } catch (error) {
      if (signal.aborted) return
      const reason = passingFailure(error)
      // What gave nothing at all may be what the network between does not let through: the other way is tried next.
      if (!listed) streaming = !streaming
      failures += 1
      yield { kind: 'disconnected', reason }
      await wait(pauseAfter(failures, reason), signal)
    }
  }
}
