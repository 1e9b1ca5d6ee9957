/** The one error class of refusals: an expected "no" with a stable code. Everything else that is thrown is a bug. */
import { type ErrorCode, errorStatus } from '@countersign/protocol'

/** What a refusal may tell beside its code. */
export interface RefusalExtra {
  /** One English sentence for developers. Never a secret, never what a stranger could learn from. */
  readonly detail?: string
  readonly tries_left?: number
  /** Seconds. */
  readonly retry_after?: number
}

/** Thrown by use cases and routes; `problem.ts` makes the answer of it (RFC 9457). */
export class Refusal extends Error {
  readonly code: ErrorCode
  readonly status: number
  readonly extra: RefusalExtra

  constructor(code: ErrorCode, extra: RefusalExtra = {}) {
    super(extra.detail ?? code)
    this.name = 'Refusal'
    this.code = code
    this.status = errorStatus[code]
    this.extra = extra
  }
}
