/** PURE: what is tried again, and when. */
import { CountersignError, type CountersignErrorCode } from './countersign-error.ts'

const passing: ReadonlySet<CountersignErrorCode> = new Set([
  'network',
  'timeout',
  'rate_limited',
  'internal',
  'unavailable',
  'idempotency_in_flight',
])

/** Whether the same request may get another answer later. */
export const isPassing = (error: unknown): error is CountersignError =>
  error instanceof CountersignError &&
  (passing.has(error.code) || (error.code === 'unexpected_answer' && (error.status ?? 0) >= 500))

const first = 250
const most = 5_000

/**
 * How long to wait before the next try: twice as long each time, in parts by chance, so that those who were cut off
 * together do not come back together; and never less than the server asks for.
 *
 * @param failures how many tries have failed, 1 or more
 * @param random from 0 to 1
 * @returns milliseconds
 */
export function delayAfter({ retryAfter }: CountersignError, failures: number, random: number): number {
  const step = Math.min(most, first * 2 ** (failures - 1))
  return Math.max((retryAfter ?? 0) * 1_000, step / 2 + (step / 2) * random)
}
