/**
 * Budgets: how often something may be tried in a stretch of time.
 *
 * Owns `limits`. Promises that parallel tries never get more than the maximum, on any number of processes. A key must
 * never hold what a person typed; callers hash it.
 */
export type { Limit, Spent } from './limit.ts'
export { refund, spend, sweepLimits } from './limit-store.ts'
