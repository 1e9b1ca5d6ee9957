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
  /** The topics whose wake-ups may mean a change, given the value last read. */
  topics(value: Value): readonly string[]
  /** Reads the value as it is now; null when there is nothing to watch any more. */
  read(): Promise<Value | null>
  /** When the value will change by time alone (milliseconds since the epoch), or null. `read` is called again then. */
  changesAt?(value: Value): number | null
}

const slowPoll = 1_000
const heartbeat = 15_000
const longestStream = 600_000
const longestWait = 25

/** Resolves at the next wake-up, slow poll or change by time, or when the signal is aborted. */
function nextLook<Value extends { readonly version: string }>(
  context: Context,
  watched: Watched<Value>,
  value: Value,
  until: number,
  signal: AbortSignal,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const changes = watched.changesAt?.(value) ?? Number.POSITIVE_INFINITY
  const cancelTimer = context.clock.at(Math.min(context.clock.now() + slowPoll, changes, until), resolve)
  const unsubscribe = watched.topics(value).map((topic) => context.wakeups.subscribe(topic, resolve))
  signal.addEventListener('abort', () => resolve(), { once: true })
  return promise.finally(() => {
    cancelTimer()
    for (const end of unsubscribe) end()
  })
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
  while (!signal.aborted) {
    const value = await watched.read()
    if (value === null) return
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
    await nextLook(context, watched, value, until, signal)
  }
}

function abortOnClose(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => controller.abort())
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
      raw.write(value === null ? ':\n\n' : `event: ${watched.event}\nid: ${value.version}\ndata: ${JSON.stringify(value)}\n\n`)
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
  return reply.send(latest)
}
