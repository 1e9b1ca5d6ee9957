/** PURE: what a budget is and how its refusal is told. */

/** At most `maximum` in a window that begins with the first one. */
export interface Limit {
  readonly maximum: number
  readonly windowMs: number
}

export type Spent =
  | { readonly ok: true }
  /** `retryAfter` in seconds. */
  | { readonly ok: false; readonly retryAfter: number }

/** Whole seconds until a window ends, one at least: a caller told 0 would come back at once. */
export const secondsUntil = (windowEndsAt: number, now: number): number =>
  Math.max(1, Math.ceil((windowEndsAt - now) / 1000))
