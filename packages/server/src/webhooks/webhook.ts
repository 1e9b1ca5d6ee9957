/** PURE: when a webhook is tried again, and what an answer means. */

const second = 1_000
const minute = 60 * second
const hour = 60 * minute

/** Pauses between attempts, as Standard Webhooks suggests them. Together they are a little less than three days. */
const pauses = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  20 * hour,
] as const

/** Milliseconds for which a message is tried. */
export const triedFor = 72 * hour

/** Milliseconds for which a message is kept. */
export const keptFor = 30 * 24 * hour

/** Milliseconds for which the secret before the newest one signs along. */
export const overlap = 24 * hour

/** What an application may have. */
export const maximumWebhooks = 10

/**
 * Milliseconds until the next attempt, or null where there is none.
 *
 * @param attempts how many failed
 * @param chance 0 to 1: the pause is up to a fifth shorter, so that not everybody comes back in the same moment
 * @param asked what the receiver asks for, milliseconds, or null; heard where it is longer
 * @param left milliseconds until it is given up
 */
export function pauseAfter(
  attempts: number,
  { chance, asked, left }: { readonly chance: number; readonly asked: number | null; readonly left: number },
): number | null {
  const usual = pauses[attempts - 1]
  if (usual === undefined) return null
  const pause = Math.max(Math.round(usual * (1 - 0.2 * chance)), Math.min(asked ?? 0, 24 * hour))
  return pause > left ? null : pause
}

export type AttemptOutcome = 'delivered' | 'gone' | 'failed'

/** What an answer means; null: there was none. 410 is a receiver that wants nothing more (Standard Webhooks). */
export function outcomeOf(status: number | null): AttemptOutcome {
  if (status === 410) return 'gone'
  return status !== null && status >= 200 && status < 300 ? 'delivered' : 'failed'
}
