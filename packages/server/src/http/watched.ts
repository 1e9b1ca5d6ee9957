/**
 * A value that somebody watches over HTTP: an event stream, with a long poll below it.
 *
 * A wake-up says only "look again"; what is sent is always read from the store. A slow poll covers wake-ups that
 * never came.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../context.ts'
import { Refusal } from './refusal.ts'

/** What is watched. */
export interface Watched<Value extends { readonly version: string }> {
  /** Name of the events. */
  readonly event: string
  /** The topics whose wake-ups may mean a change, given the value last read; null before the first time. */
  topics(value: Value | null): readonly string[]
  /** Reads the value as it is now; null when there is nothing to watch any more. */
  read(): Promise<Value | null>
  /** When the value will change by time alone (milliseconds since the epoch), or null. `read` is called again then. */
  changesAt?(value: Value): number | null
  /** What of the value is sent; all of it where this is left out. */
  show?(value: Value): unknown
}

const slowPoll = 1_000
const heartbeat = 15_000
const longestStream = 600_000
const longestWait = 25

/** Remembers wake-ups from the moment a topic is watched, so that none is lost while the value is being read. */
function createWaker(context: Context, signal: AbortSignal) {
  const subscriptions = new Map<string, () => void>()
  let woken = false
  let resume = () => {}
  const wake = () => {
    woken = true
    resume()
  }
  signal.addEventListener('abort', wake, { once: true })
  return {
    /** Watches exactly these topics; true when one of them is new, so that what was read before may be old. */
    watch(topics: readonly string[]): boolean {
      for (const [topic, end] of subscriptions) {
        if (topics.includes(topic)) continue
        end()
        subscriptions.delete(topic)
      }
      const fresh = topics.filter((topic) => !subscriptions.has(topic))
      for (const topic of fresh) subscriptions.set(topic, context.wakeups.subscribe(topic, wake))
      return fresh.length > 0
    },
    /** Resolves at once when woken since the last call, else at the next wake-up or at the given time. */
    async next(at: number): Promise<void> {
      if (!woken) {
        const { promise, resolve } = Promise.withResolvers<void>()
        resume = resolve
        const cancel = context.clock.at(at, resolve)
        await promise
        cancel()
      }
      woken = false
    },
    end(): void {
      for (const end of subscriptions.values()) end()
      signal.removeEventListener('abort', wake)
    },
  }
}

/** Every new version of the value until `until`, the end of the value, or the signal; `null` in between for heartbeats. */
async function* versions<Value extends { readonly version: string }>(
  context: Context,
  watched: Watched<Value>,
  after: string | null,
  until: number,
  signal: AbortSignal,
): AsyncGenerator<Value | null> {
  let seen = after
  let told = context.clock.now()
  const waker = createWaker(context, signal)
  if (context.clock.now() < until) waker.watch(watched.topics(null))
  try {
    while (!signal.aborted) {
      const value = await watched.read()
      if (value === null) return
      if (context.clock.now() < until && waker.watch(watched.topics(value))) continue
      const now = context.clock.now()
      if (value.version !== seen) {
        seen = value.version
        told = now
        yield value
      } else if (now - told >= heartbeat) {
        told = now
        yield null
      }
      if (context.clock.now() >= until) return
      const changes = watched.changesAt?.(value) ?? Number.POSITIVE_INFINITY
      await waker.next(Math.min(now + slowPoll, changes, until))
    }
  } finally {
    waker.end()
  }
}

const shown = <Value extends { readonly version: string }>(watched: Watched<Value>, value: Value): unknown =>
  watched.show === undefined ? value : watched.show(value)

function abortOnClose(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  // A reason of our own: making one up, with its stack, costs more than telling it.
  reply.raw.once('close', () => controller.abort('closed'))
  return controller.signal
}

async function sendStream<Value extends { readonly version: string }>(
  context: Context,
  reply: FastifyReply,
  watched: Watched<Value>,
): Promise<void> {
  const signal = abortOnClose(reply)
  reply.hijack()
  const raw = reply.raw
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value)
  raw.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' })
  raw.write('retry: 1000\n\n')
  try {
    for await (const value of versions(context, watched, null, context.clock.now() + longestStream, signal)) {
      raw.write(
        value === null
          ? ':\n\n'
          : `event: ${watched.event}\nid: ${value.version}\ndata: ${JSON.stringify(shown(watched, value))}\n\n`,
      )
    }
  } catch (error) {
    context.log.error({ err: error }, 'a stream ended by a fault')
  } finally {
    raw.end()
  }
}

const waitOf = (query: unknown): { wait: number; after: string | null } => {
  const given = typeof query === 'object' && query !== null ? query : {}
  const wait = 'wait' in given ? Number(given.wait) : 0
  const after = 'after' in given && typeof given.after === 'string' ? given.after : null
  if (!Number.isFinite(wait) || wait < 0) throw new Refusal('invalid_request', { detail: 'Not as it should be: wait.' })
  return { wait: Math.min(wait, longestWait), after }
}

/**
 * Answers a request with the watched value: as an event stream, or at once, or (with `?wait=seconds&after=version`)
 * as soon as its version is another one, at the latest after that time.
 *
 * @throws Refusal `not_found` when there is nothing to watch
 */
export async function sendWatched<Value extends { readonly version: string }>(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  watched: Watched<Value>,
  form: 'stream' | 'value',
): Promise<FastifyReply> {
  if (form === 'stream') {
    await sendStream(context, reply, watched)
    return reply
  }
  const { wait, after } = waitOf(request.query)
  const until = context.clock.now() + wait * 1000
  let latest: Value | null = null
  for await (const value of versions(context, watched, after, until, abortOnClose(reply))) {
    latest = value
    if (value !== null) break
  }
  latest ??= await watched.read()
  if (latest === null) throw new Refusal('not_found')
  return reply.send(shown(watched, latest))
}
