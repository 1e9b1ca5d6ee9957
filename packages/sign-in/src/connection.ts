/**
 * Keeps the page told of where its sign-in is: an event stream, and a long poll where streams do not get through.
 *
 * Promises that a broken line is taken up again for as long as the page is open, that nothing is asked in a tight
 * loop, and that the end of the sign-in is told once. Never holds what a person typed.
 */
import type { SignInState } from '@countersign/protocol'
import type { Answer, Poll, Refused, StreamListener } from './api.ts'

/** What is told to the page. */
export type ConnectionNews =
  | { readonly kind: 'state'; readonly state: SignInState }
  | { readonly kind: 'reached'; readonly reached: boolean }
  | { readonly kind: 'ended' }

/** What the connection works with; a test puts its own in. */
export interface Wires {
  openStream(listener: StreamListener): () => void
  readState(poll: Poll | null, signal: AbortSignal): Promise<Answer<SignInState>>
  /** Resolves after that many milliseconds, or as soon as the signal is aborted. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>
  /** Calls when the line may have died in silence (the computer slept, the network changed); gives the way to stop. */
  onDoubt(listener: () => void): () => void
}

/** After so many breaks the stream is given up for the long poll, which any proxy lets through. */
const breaksBeforePolling = 3
const pollSeconds = 25
const pauses = [500, 1_000, 2_000, 4_000] as const
const longestPause = 5_000

/** Milliseconds before the next try, after so many failures in a row. */
export const pauseAfter = (failures: number): number => pauses[failures - 1] ?? longestPause

/** Refusals after which this sign-in has nothing more to say to this browser. */
export const endsSignIn = (refused: Refused): boolean =>
  refused.code === 'sign_in_expired' || refused.code === 'not_found'

type StreamEnd = 'broken' | 'doubted' | 'aborted'

function listen(wires: Wires, onState: (state: SignInState) => void, signal: AbortSignal): Promise<StreamEnd> {
  const { promise, resolve } = Promise.withResolvers<StreamEnd>()
  const close = wires.openStream({ onState, onBreak: () => resolve('broken') })
  const forget = wires.onDoubt(() => resolve('doubted'))
  const abort = () => resolve('aborted')
  signal.addEventListener('abort', abort)
  return promise.finally(() => {
    close()
    forget()
    signal.removeEventListener('abort', abort)
  })
}

/** Follows the sign-in until the signal is aborted or the sign-in has ended. */
export async function follow(wires: Wires, tell: (news: ConnectionNews) => void, signal: AbortSignal): Promise<void> {
  let seen: string | null = null
  let breaks = 0
  let failures = 0
  const onState = (state: SignInState) => {
    if (signal.aborted) return
    seen = state.version
    failures = 0
    tell({ kind: 'reached', reached: true })
    tell({ kind: 'state', state })
  }
  while (!signal.aborted) {
    if (failures === 0 && breaks < breaksBeforePolling) {
      if ((await listen(wires, onState, signal)) === 'broken') breaks += 1
      if (signal.aborted) return
    }
    const before: string | null = seen
    const polling = breaks >= breaksBeforePolling && failures === 0
    const poll = polling && before !== null ? { after: before, seconds: pollSeconds } : null
    const answer = await wires.readState(poll, signal)
    if (signal.aborted) return
    if (answer.outcome === 'done') {
      onState(answer.value)
      // A server that answers a long poll at once, with nothing new, must not be asked in a tight loop.
      if (polling && seen === before) await wires.pause(pauseAfter(1), signal)
      continue
    }
    if (answer.outcome === 'refused' && endsSignIn(answer)) return tell({ kind: 'ended' })
    failures += 1
    tell({ kind: 'reached', reached: false })
    const wanted = answer.outcome === 'refused' && answer.retryAfter !== null ? answer.retryAfter * 1000 : 0
    await wires.pause(Math.max(wanted, pauseAfter(failures)), signal)
  }
}

/** Asks until there is an answer that settles it; null when the signal was aborted first. */
export async function askUntilAnswered<Value>(
  question: () => Promise<Answer<Value>>,
  isTemporary: (refused: Refused) => boolean,
  wires: Pick<Wires, 'pause'>,
  tell: (news: ConnectionNews) => void,
  signal: AbortSignal,
): Promise<Extract<Answer<Value>, { outcome: 'done' }> | Refused | null> {
  for (let failures = 1; !signal.aborted; failures += 1) {
    const answer = await question()
    if (signal.aborted) return null
    if (answer.outcome !== 'unreachable' && !(answer.outcome === 'refused' && isTemporary(answer))) {
      tell({ kind: 'reached', reached: true })
      return answer
    }
    tell({ kind: 'reached', reached: false })
    const wanted = answer.outcome === 'refused' && answer.retryAfter !== null ? answer.retryAfter * 1000 : 0
    await wires.pause(Math.max(wanted, pauseAfter(failures)), signal)
  }
  return null
}
