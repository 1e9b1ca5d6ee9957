/**
 * The stable codes of every refusal, and the problem details (RFC 9457) that carry them.
 *
 * A code never changes its meaning. What a person reads is made from the code by whoever shows it, in the
 * person's language; `title` and `detail` of a problem are English and for developers.
 */
import * as z from 'zod/mini'

/** Every code with the HTTP status it travels under. */
export const errorStatus = {
  /** The body, a parameter or a header is not what the route takes. `detail` names the first fault. */
  invalid_request: 400,
  /** The body is larger than 32 kB. */
  too_large: 413,
  /** There is nothing here for this caller: an unknown route, or something that belongs to somebody else. */
  not_found: 404,
  /** The host in the request is not one that this server answers for. */
  misdirected: 421,
  /** The request comes from a page of another origin. */
  origin_refused: 403,
  /** The request is not signed as protocol section 5 says, or the signature does not verify. */
  signature_invalid: 401,
  /** The nonce is missing, old or not this server's. A fresh one is in the answer's `countersign-nonce`. */
  nonce_required: 401,
  /** A write with this nonce was already made. A fresh one is in the answer's `countersign-nonce`. */
  nonce_used: 401,
  /** No active device has the key that signed, or it was removed. */
  device_unknown: 401,
  /** The device has spent its tries at the passcode. */
  device_blocked: 403,
  /** The app is older than the server takes. */
  app_outdated: 426,
  /** The proof is wrong: the passcode was wrong. `tries_left` says how many remain. */
  unlock_failed: 403,
  /** The approval has already ended another way. */
  approval_not_pending: 409,
  /** The approval, or its round, is over. */
  approval_expired: 410,
  /** The decision is about another document or round than the current one. */
  digest_mismatch: 409,
  /** This device has already decided, differently. */
  decision_conflict: 409,
  /** The typed code (SMS code, offline response) is not accepted. `tries_left` says how many remain. */
  code_refused: 403,
  /** Offline codes are locked for this account for a while. Approving with network works as before. */
  offline_locked: 403,
  /** Another redemption has collected this approval. */
  already_redeemed: 409,
  /** The approval was not collected in time. */
  redeem_too_late: 410,
  /** E-mail or password are wrong, or the account cannot be used: one answer for all of them. */
  sign_in_failed: 401,
  /** Linking was refused: e-mail or password are wrong, or the account cannot be used. */
  link_failed: 401,
  /** The linking took too long, or its tries are spent. It must be started again. */
  link_expired: 410,
  /** The account already has a linked device. */
  already_linked: 409,
  /** The sign-in is over or unknown to this browser. It must be started again from the application. */
  sign_in_expired: 410,
  /** The step does not fit where the sign-in or linking is. Nothing was changed. */
  wrong_step: 409,
  /** The API key or page token is missing, unknown, expired or revoked. */
  key_refused: 401,
  /** The API key may not do this. */
  scope_missing: 403,
  /** This application has no such account. */
  account_unknown: 404,
  /** The account has no phone that could be asked: one is to be linked first. */
  no_device: 409,
  /** The application has no template for this action. */
  template_unknown: 404,
  /** The data is not what the action's template takes. `detail` names the field. Nobody was asked. */
  data_refused: 422,
  /** The first request with this idempotency key is not answered yet. */
  idempotency_in_flight: 409,
  /** This idempotency key was used with another request. */
  idempotency_mismatch: 422,
  /** Nothing is sent to this webhook any more: its receiver answered that it is gone. Another one is to be registered. */
  webhook_disabled: 409,
  /** Webhooks do not go to this address. `detail` says why. Nothing was registered. */
  webhook_refused: 422,
  /** Too many requests. `retry_after` says after how many seconds to try again. */
  rate_limited: 429,
  /** A fault of ours. `request` is the id to give to support. Nothing is known about what was done. */
  internal: 500,
  /** The server is starting, stopping, or its database does not answer. */
  unavailable: 503,
} as const

export type ErrorCode = keyof typeof errorStatus

export const errorCodes = Object.keys(errorStatus) as [ErrorCode, ...ErrorCode[]]

/** RFC 9457 section 3, with our members. Media type `application/problem+json`. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(errorCodes),
  detail: z.optional(z.string()),
  /** Tries that remain, where tries are counted. */
  tries_left: z.optional(z.int()),
  /** Seconds to wait, where waiting helps. */
  retry_after: z.optional(z.int()),
  /** The id of the request, in an `internal` problem. */
  request: z.optional(z.string()),
})
export type Problem = z.infer<typeof Problem>
