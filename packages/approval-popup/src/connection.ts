/**
 * Keeps the popup told of its approval: an event stream, and a long poll where streams do not get through.
 *
 * Promises that a broken line is taken up again for as long as the popup is open, and that nothing is asked in a tight loop.
 */
import type { Approval, Refusal } from './answer.ts'

export type Answer =
  | { readonly outcome: 'done'; readonly approval: Approval }
  | { readonly outcome: 'refused'; readonly refusal: Refusal }
  | { readonly outcome: 'unreachable' }

/** What the connection works with; a test puts its own in. */
export interface Wires {
  /** Resolves when the stream has ended, however it did. */
  listen(onApproval: (approval: Approval) => void, signal: AbortSignal): Promise<void>
  read(poll: { readonly after: string; readonly seconds: number } | null, signal: AbortSignal): Promise<Answer>
  /** Resolves after that many milliseconds, or as soon as the signal is aborted. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>
}

export type News =
  | { readonly kind: 'approval'; readonly approval: Approval }
  | { readonly kind: 'reached'; readonly reached: boolean }
  /** The server knows this approval or this page no more. */
  | { readonly kind: 'lost' }

/** After so many streams in a row that brought nothing, the long poll takes over, which any proxy lets through. */
const silentStreams = 2
const pollSeconds = 25
const pauses = [500, 1_000, 2_000, 4_000] as const
const longestPause = 5_000

/** Milliseconds before the next try, after so many failures in a row. */
export const pauseAfter = (failures: number): number => pauses[failures - 1] ?? longestPause

const isFinal = ({ code }: Refusal): boolean =>
  code === 'not_found' || code === 'key_refused' || code === 'origin_refused'

/** Follows the approval until it is over, lost, or the signal is aborted. */
export async function follow(wires: Wires, tell: (news: News) => void, signal: AbortSignal): Promise<void> {
  let seen: Approval | null = null
  let silent = 0
  let failures = 0
  const take = (approval: Approval) => {
    if (signal.aborted) return
    seen = approval
    failures = 0
    tell({ kind: 'reached', reached: true })
    tell({ kind: 'approval', approval })
  }
  const isOver = () => seen !== null && seen.state !== 'pending'
  while (!signal.aborted && !isOver()) {
    if (failures === 0 && silent < silentStreams) {
      let brought = false
      await wires.listen((approval) => {
        brought = true
        take(approval)
      }, signal)
      silent = brought ? 0 : silent + 1
      if (signal.aborted || isOver()) return
    }
    const before: Approval | null = seen
    const polls = silent >= silentStreams && failures === 0 && before !== null
    const answer = await wires.read(polls ? { after: versionOf(before), seconds: pollSeconds } : null, signal)
    if (signal.aborted) return
    if (answer.outcome === 'done') {
      const isNew = before === null || answer.approval.version !== versionOf(before)
      take(answer.approval)
      if (!isNew) await wires.pause(pauseAfter(1), signal)
      continue
    }
    if (answer.outcome === 'refused' && isFinal(answer.refusal)) return tell({ kind: 'lost' })
    failures += 1
    tell({ kind: 'reached', reached: false })
    const wanted = answer.outcome === 'refused' ? (answer.refusal.retryAfter ?? 0) * 1000 : 0
    await wires.pause(Math.max(wanted, pauseAfter(failures)), signal)
  }
}

const versionOf = (approval: Approval | null): string => approval?.version ?? ''
