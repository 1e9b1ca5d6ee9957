/** What can go wrong between a phone and its server. */
import type { ErrorCode, Problem } from '@countersign/protocol'

/** The server said no (RFC 9457). What a person reads is made from `code`. */
export class RequestRefused extends Error {
  readonly code: ErrorCode
  /** Tries that remain, where tries are counted. */
  readonly triesLeft: number | null
  /** Seconds to wait, where waiting helps. */
  readonly retryAfter: number | null

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title)
    this.name = 'RequestRefused'
    this.code = problem.code
    this.triesLeft = problem.tries_left ?? null
    this.retryAfter = problem.retry_after ?? null
  }
}

/** No answer came, or not one of this protocol. Whether a write was done is not known. */
export class NetworkFailed extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'NetworkFailed'
  }
}

/** The server is not who it says, or did not sign what it must. Nothing was done, and trying again does not help. */
export class ServerNotTrusted extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ServerNotTrusted'
  }
}
