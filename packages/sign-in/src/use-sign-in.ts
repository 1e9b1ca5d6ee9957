/** The page's state in React: what is loaded, followed, sent, and where the browser goes at the end. */
import type { Locale, SignInState } from '@countersign/protocol'
import { type Dispatch, useEffect, useReducer } from 'react'
import type { Answer, Refused, SignInApi } from './api.ts'
import { askUntilAnswered, type ConnectionNews, follow, type Wires } from './connection.ts'
import { type Command, finishesItself, firstPage, isFollowed, type News, nextPage, type Page } from './page.ts'

/** What a person can do; each is ignored while another is under way. */
export interface Commands {
  sendPassword(email: string, password: string, locale: Locale): void
  sendCode(code: string): void
  resendCode(): void
  /** Sends the same request to the phone once more. */
  wake(): void
  goOffline(): void
  sendResponse(response: string): void
  /** Asks the phone once more. */
  restart(): void
  /** Back to e-mail and password, after an answer that ended the approval. */
  beginAgain(): void
  /** Goes on to the application, where nothing more is asked. */
  finish(): void
  cancel(): void
}

/** Faults of the server's that pass; while collecting an approved sign-in there is nothing better than asking again. */
const isTemporary = (refused: Refused): boolean =>
  refused.code === 'rate_limited' || refused.code === 'unavailable' || refused.code === 'internal'

const now = () => performance.now()

const tellTo = (dispatch: Dispatch<News>) => (news: ConnectionNews) => dispatch({ ...news, at: now() })

function useFirstState(api: SignInApi, wires: Wires, dispatch: Dispatch<News>): void {
  useEffect(() => {
    const controller = new AbortController()
    const tell = tellTo(dispatch)
    const load = async () => {
      const question = () => api.readState(null, controller.signal)
      const answer = await askUntilAnswered(question, isTemporary, wires, tell, controller.signal)
      if (answer?.outcome === 'done') tell({ kind: 'state', state: answer.value })
      else if (answer !== null) tell({ kind: 'ended' })
    }
    void load()
    return () => controller.abort()
  }, [api, wires, dispatch])
}

function useFollowing(following: boolean, wires: Wires, dispatch: Dispatch<News>): void {
  useEffect(() => {
    if (!following) return
    const controller = new AbortController()
    void follow(wires, tellTo(dispatch), controller.signal)
    return () => controller.abort()
  }, [following, wires, dispatch])
}

// Refused for good: where the sign-in went instead is shown, with the reason.
async function sendBack(
  refused: Refused,
  api: SignInApi,
  dispatch: Dispatch<News>,
  signal: AbortSignal,
): Promise<void> {
  const current = await api.readState(null, signal)
  if (current.outcome !== 'done' || current.value.step === 'approved') return dispatch({ kind: 'ended', at: now() })
  dispatch({ kind: 'state', state: current.value, at: now() })
  dispatch({ kind: 'answered', answer: refused, at: now() })
}

function useFinish(wanted: boolean, api: SignInApi, wires: Wires, dispatch: Dispatch<News>): void {
  useEffect(() => {
    if (!wanted) return
    const controller = new AbortController()
    const finish = async () => {
      const answer = await askUntilAnswered(api.finish, isTemporary, wires, tellTo(dispatch), controller.signal)
      if (answer?.outcome === 'done') {
        dispatch({ kind: 'leaving', at: now() })
        location.replace(answer.value)
      } else if (answer !== null) await sendBack(answer, api, dispatch, controller.signal)
    }
    void finish()
    return () => controller.abort()
  }, [wanted, api, wires, dispatch])
}

// In place of this page: the way back from the application leads to where the person was before, and not to a sign-in
// that is over.
function leaveFor(answer: Answer<URL>, dispatch: Dispatch<News>): void {
  if (answer.outcome !== 'done') dispatch({ kind: 'answered', answer, at: now() })
  else {
    dispatch({ kind: 'leaving', at: now() })
    location.replace(answer.value)
  }
}

function commandsOf(api: SignInApi, busy: boolean, dispatch: Dispatch<News>): Commands {
  const send = async <Value>(
    command: Command,
    request: () => Promise<Answer<Value>>,
    settle: (answer: Answer<Value>) => void,
  ) => {
    if (busy) return
    dispatch({ kind: 'sent', command, at: now() })
    const answer = await request()
    // What was refused may have moved the sign-in elsewhere; the reason is shown where it is now.
    if (answer.outcome === 'refused') {
      const current = await api.readState(null, new AbortController().signal)
      if (current.outcome === 'done') dispatch({ kind: 'state', state: current.value, at: now() })
    }
    settle(answer)
  }
  const show = (answer: Answer<SignInState>) => dispatch({ kind: 'answered', answer, at: now() })
  return {
    sendPassword: (email, password, locale) => {
      void send('password', () => api.sendPassword(email, password, locale), show)
    },
    sendCode: (code) => {
      void send('code', () => api.sendCode(code), show)
    },
    resendCode: () => {
      void send('resend', api.resendCode, show)
    },
    wake: () => {
      void send('wake', api.wake, show)
    },
    goOffline: () => {
      void send('offline', api.goOffline, show)
    },
    sendResponse: (response) => {
      void send('response', () => api.sendResponse(response), show)
    },
    restart: () => {
      void send('restart', api.restart, show)
    },
    beginAgain: () => dispatch({ kind: 'again', at: now() }),
    finish: () => {
      void send('finish', api.finish, (answer) => leaveFor(answer, dispatch))
    },
    cancel: () => {
      void send('cancel', api.cancel, (answer) => leaveFor(answer, dispatch))
    },
  }
}

/** The page as it is now, and what can be done. */
export function useSignIn(api: SignInApi, wires: Wires): { page: Page; commands: Commands } {
  const [page, dispatch] = useReducer(nextPage, firstPage)
  useFirstState(api, wires, dispatch)
  useFollowing(isFollowed(page), wires, dispatch)
  useFinish(finishesItself(page), api, wires, dispatch)
  return { page, commands: commandsOf(api, page.busy !== null || page.leaving, dispatch) }
}
