/**
 * PURE: what the page knows, and how news change it.
 *
 * The server alone says where the sign-in is. The page adds only what it is doing itself, what was refused last, and
 * whether the line holds.
 */
import type { SignInState } from '@countersign/protocol'
import type { Answer, Refused } from './api.ts'
import { type ConnectionNews, endsSignIn } from './connection.ts'

/** What a person can ask for. */
export type Command = 'password' | 'code' | 'resend' | 'wake' | 'offline' | 'response' | 'restart' | 'finish' | 'cancel'

/** Why the last command came to nothing. */
export type Trouble = Refused | { readonly outcome: 'unreachable' }

export interface Page {
  /** Null until the server has answered for the first time. */
  readonly state: SignInState | null
  /** The server's clock minus the page's monotonic clock, milliseconds. */
  readonly clockOffset: number
  /** The command that is under way. */
  readonly busy: Command | null
  readonly trouble: Trouble | null
  /** False while the server cannot be reached and is asked again and again. */
  readonly reached: boolean
  /** The person wants to begin again after an answer that ended the approval; the password is asked once more. */
  readonly again: boolean
  /** The sign-in has nothing more to say to this browser. */
  readonly ended: boolean
  /** The browser was told to go somewhere else. */
  readonly leaving: boolean
}

/** `at` is the page's monotonic clock, in milliseconds. */
export type News =
  | (ConnectionNews & { readonly at: number })
  | { readonly kind: 'sent'; readonly command: Command; readonly at: number }
  | { readonly kind: 'answered'; readonly answer: Answer<SignInState>; readonly at: number }
  | { readonly kind: 'again'; readonly at: number }
  | { readonly kind: 'leaving'; readonly at: number }

/** Which screen is shown. */
export type Screen = 'loading' | 'ended' | SignInState['step']

export const firstPage: Page = {
  state: null,
  clockOffset: 0,
  busy: null,
  trouble: null,
  reached: true,
  again: false,
  ended: false,
  leaving: false,
}

export function screenOf(page: Page): Screen {
  if (page.ended) return 'ended'
  return page.again ? 'password' : (page.state?.step ?? 'loading')
}

/** Whether the answer comes from the phone or the clock, so that the page must be told of it. */
export const isFollowed = (page: Page): boolean => {
  const screen = screenOf(page)
  return screen === 'waiting' || screen === 'offline' || screen === 'link-phone'
}

/** Whether the sign-in is finished without being asked for, unless the person just has. */
export const finishesItself = (page: Page): boolean =>
  screenOf(page) === 'approved' && page.busy !== 'finish' && !page.leaving

/** Refusals that only say that the page is behind; where the sign-in is now says the rest. */
const isBehind = (refused: Refused): boolean =>
  refused.code === 'wrong_step' || refused.code === 'approval_not_pending' || refused.code === 'approval_expired'

// A stream and an answer travel on two lines and may overtake each other. A clock that was set back by more than this
// is believed, or the page would stand still.
const overtaking = 10_000

const isOvertaken = (known: SignInState | null, incoming: SignInState): boolean =>
  known !== null && incoming.now < known.now && known.now - incoming.now < overtaking

function withState(page: Page, state: SignInState, at: number): Page {
  if (isOvertaken(page.state, state)) return page
  const { again, trouble } = page
  const sameStep = page.state?.step === state.step
  return {
    ...page,
    state,
    clockOffset: state.now - at,
    again: again && sameStep,
    trouble: sameStep ? trouble : null,
  }
}

function withAnswer(page: Page, answer: Answer<SignInState>, at: number): Page {
  const idle = { ...page, busy: null }
  if (answer.outcome === 'done') return withState({ ...idle, reached: true, trouble: null }, answer.value, at)
  if (answer.outcome === 'unreachable') return { ...idle, trouble: answer }
  if (endsSignIn(answer)) return { ...idle, ended: true }
  return { ...idle, reached: true, trouble: isBehind(answer) ? null : answer }
}

/** The page after the news. */
export function nextPage(page: Page, news: News): Page {
  switch (news.kind) {
    case 'state':
      return withState(page, news.state, news.at)
    case 'reached':
      return page.reached === news.reached ? page : { ...page, reached: news.reached }
    case 'ended':
      return { ...page, ended: true, busy: null, reached: true }
    case 'sent':
      return { ...page, busy: news.command, trouble: null }
    case 'answered':
      return withAnswer(page, news.answer, news.at)
    case 'again':
      return { ...page, again: true, trouble: null }
    case 'leaving':
      return { ...page, leaving: true }
  }
}
