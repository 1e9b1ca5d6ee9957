/** PURE: what an account's recent approvals say about the next one (protocol section 9). */
import type { Binding } from '@countersign/protocol'

/** How far back unanswered approvals count, in milliseconds. */
export const fatigueWindow = 600_000
/** Approvals in a row that nobody answers, after which no push goes out for more. */
const unansweredMaximum = 3

/** One of the recent approvals of an account. */
export interface RecentApproval {
  readonly liveKey: string | null
  /** Whether it still waits. */
  readonly waits: boolean
  /** Whether the person answered it, in whatever way. */
  readonly answered: boolean
}

export interface Risk {
  /** The least binding that the next one must have. */
  readonly binding: Binding
  /** Whether no push goes out for it. It waits in the app all the same. */
  readonly quiet: boolean
  /** How many before it nobody has answered. */
  readonly unanswered: number
}

/**
 * What is to be thought of an approval that is asked for now. An answer shows that the person is there and looks: only
 * what was asked since the last one counts.
 *
 * @param recent those of the account within `fatigueWindow`, the newest first
 * @param liveKey of the one that is asked for
 */
export function riskOf(recent: readonly RecentApproval[], liveKey: string): Risk {
  const lastAnswer = recent.findIndex(({ answered }) => answered)
  const unanswered = (lastAnswer === -1 ? recent : recent.slice(0, lastAnswer)).filter((one) => one.liveKey !== liveKey)
  const isContested = unanswered.some(({ waits }) => waits)
  const quiet = unanswered.length >= unansweredMaximum
  return { binding: isContested || quiet ? 'number' : 'plain', quiet, unanswered: unanswered.length }
}

const order: readonly Binding[] = ['plain', 'number', 'code', 'qr']

/** The strongest of some bindings: anything may raise what a template asks for, nothing lowers it (section 6). */
export const strongest = (...bindings: readonly Binding[]): Binding =>
  order[Math.max(...bindings.map((binding) => order.indexOf(binding)))] ?? 'qr'
