/** One client of a server that may be gone at any moment: it asks again until it is answered, and writes down what it saw. */
import { NetworkFailed, RequestRefused } from '@countersign/device'
import type { Attempt, Ending } from './history.ts'
import { ServerGone } from './killable-server.ts'
import type { Stage } from './stage.ts'

/** The clients were told to come to an end. */
class Over extends Error {}

/** How one attempt ended: by an answer, or by none. */
export type Heard<Value> = { readonly value: Value } | { readonly refused: string } | 'nothing'

/** Whether this is a connection that broke, as `fetch` and the phone say it, or a server about to go. */
function isSilence(error: unknown): boolean {
  if (error instanceof TypeError) return error.message === 'fetch failed' || error.message === 'terminated'
  if (error instanceof RequestRefused) return error.code === 'unavailable'
  return error instanceof NetworkFailed || error instanceof ServerGone
}

async function listen<Value>(work: () => Promise<Value>): Promise<Heard<Value>> {
  try {
    return { value: await work() }
  } catch (error) {
    if (isSilence(error)) return 'nothing'
    // A fault of the server is no answer that a crash explains.
    if (error instanceof RequestRefused && error.code !== 'internal') return { refused: error.code }
    throw error
  }
}

const endingOf = (heard: Heard<unknown>): Ending =>
  heard === 'nothing' ? 'unknown' : 'value' in heard ? 'ok' : 'refused'

/** One client, under its name in the history. */
export class Client {
  readonly stage: Stage
  readonly name: string
  constructor(stage: Stage, name: string) {
    this.stage = stage
    this.name = name
  }

  /** Does something until it is answered. What is attempted is written down each time. */
  async until<Value>(attempt: Attempt | null, work: () => Promise<Value>): Promise<Exclude<Heard<Value>, 'nothing'>> {
    for (;;) {
      await this.untilOver(this.stage.server.up())
      const heard = await listen(work)
      if (attempt !== null) {
        const code = typeof heard === 'object' && 'refused' in heard ? { code: heard.refused } : {}
        this.stage.history.add({ ...attempt, client: this.name, ending: endingOf(heard), ...code })
      }
      if (heard !== 'nothing') return heard
    }
  }

  /** The same for what is not to be refused. */
  async must<Value>(work: () => Promise<Value>): Promise<Value> {
    const heard = await this.until(null, work)
    if ('value' in heard) return heard.value
    throw new Error(`${this.name} was refused: ${heard.refused}.`)
  }

  /** Waits for something, but not beyond the end. */
  async untilOver<Value>(wanted: Promise<Value>): Promise<Value> {
    const { signal } = this.stage.ending
    if (signal.aborted) throw new Over()
    const over = Promise.withResolvers<never>()
    const end = () => over.reject(new Over())
    signal.addEventListener('abort', end, { once: true })
    try {
      return await Promise.race([wanted, over.promise])
    } finally {
      signal.removeEventListener('abort', end)
    }
  }

  /** Does something over and over until the clients come to an end. */
  async keepOn(work: () => Promise<unknown>): Promise<void> {
    try {
      for (;;) await work()
    } catch (error) {
      if (!(error instanceof Over)) throw error
    }
  }
}
