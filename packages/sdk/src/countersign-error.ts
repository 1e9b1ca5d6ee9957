/** What goes wrong, as one class with a stable code. */
import type { ErrorCode, ReceiptFault } from '@countersign/protocol'

/** Codes of this package; all others are the server's (protocol section 13). */
export type OwnErrorCode =
  /** The server did not answer in time. What was done is not known. */
  | 'timeout'
  /** The server could not be reached, or the connection was lost. What was done is not known. */
  | 'network'
  /** The `signal` was aborted. What was done is not known. */
  | 'aborted'
  /** The answer is none that a server of this version gives: a proxy in between, most often. */
  | 'unexpected_answer'
  /** A text that was to be a receipt is none; `fault` says why. Do nothing because of it. */
  | 'receipt_invalid'
  /** A webhook was not sent by this server, or was changed, or is too old. Answer it with 400. */
  | 'webhook_invalid'

export type CountersignErrorCode = ErrorCode | OwnErrorCode

export interface ErrorDetails {
  readonly status?: number | undefined
  readonly retryAfter?: number | undefined
  readonly triesLeft?: number | undefined
  readonly requestId?: string | undefined
  readonly fault?: ReceiptFault | undefined
  readonly cause?: unknown
}

/**
 * Everything that a call of this package fails with, but for mistakes in calling it (`TypeError`).
 *
 * @example
 * try {
 *   await countersign.approvals.start(order)
 * } catch (error) {
 *   if (error instanceof CountersignError && error.code === 'no_device') return askToLinkAPhone()
 *   throw error
 * }
 */
export class CountersignError extends Error {
  override readonly name = 'CountersignError'
  /** Stable; `message` is for developers and is not. */
  readonly code: CountersignErrorCode
  /** The HTTP status, or null where there was no answer. */
  readonly status: number | null
  /** Seconds after which trying again may help, where the server says so. */
  readonly retryAfter: number | null
  /** Tries that remain, where tries are counted. */
  readonly triesLeft: number | null
  /** The id to give to whoever runs the server, with `internal`. */
  readonly requestId: string | null
  /** With `receipt_invalid`. */
  readonly fault: ReceiptFault | null

  constructor(code: CountersignErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.status = details.status ?? null
    this.retryAfter = details.retryAfter ?? null
    this.triesLeft = details.triesLeft ?? null
    this.requestId = details.requestId ?? null
    this.fault = details.fault ?? null
  }
}
