/** The app: shows what its state says, from what was found when it was opened. */
import { useCallback, useEffect, useReducer, useState } from 'preact/hooks'
import { isIdle, stateAfter, stepApp } from './app-state.ts'
import { useUpdateWhenIdle } from './app-update.ts'
import type { ServerFacts } from './kept-values.ts'
import { lazyScreen } from './lazy-screen.tsx'
import { LinkedApp } from './linked-app.tsx'
import { type Opened, openPhone } from './opening.ts'
import { ServerContext } from './parts/support.tsx'
import { StorageFailedScreen } from './screens/storage-failed.tsx'
import { WelcomeScreen } from './screens/welcome.tsx'
import { refreshServerFacts } from './server-facts.ts'
import { askToKeepStorage, readServerFacts } from './storage.ts'

const LinkingScreens = lazyScreen(async () => (await import('./linking/linking-screens.tsx')).LinkingScreens)

/** What is kept of the server at once, and what it says now as soon as it can be reached. */
function useServerFacts(issuer: string | null, known: boolean): ServerFacts | null {
  const [facts, setFacts] = useState<ServerFacts | null>(null)
  useEffect(() => {
    if (!known) return
    let heard = false
    void readServerFacts().then((kept) => {
      if (!heard && kept !== null) setFacts(kept)
    })
    const refresh = () =>
      void refreshServerFacts(issuer).then(
        (fresh) => {
          heard = true
          setFacts(fresh)
        },
        () => undefined,
      )
    refresh()
    window.addEventListener('online', refresh)
    return () => window.removeEventListener('online', refresh)
  }, [issuer, known])
  return facts
}

/** @param opened what was found before anything is on the screen */
export function App({ opened }: { opened: Opened }) {
  const [state, dispatch] = useReducer(stepApp, opened, stateAfter)
  const issuer = state.at === 'linked' ? state.linked.device.stored.issuer : null
  const server = useServerFacts(issuer, state.at !== 'starting')

  useEffect(() => {
    if (state.at !== 'starting') return
    void openPhone().then((again) => dispatch({ type: 'opened-app', opened: again }))
  }, [state.at])

  useUpdateWhenIdle(isIdle(state))

  // Browsers refuse to a tab what they grant to an installed app, so that one asks again.
  const linked = state.at === 'linked'
  useEffect(() => {
    if (linked && matchMedia('(display-mode: standalone)').matches) void askToKeepStorage()
  }, [linked])

  useEffect(() => {
    if (server !== null) document.title = server.name
  }, [server])

  const link = useCallback(() => dispatch({ type: 'link-chosen' }), [])
  const startAgain = useCallback(() => dispatch({ type: 'start-again' }), [])
  return <ServerContext.Provider value={server}>{screen()}</ServerContext.Provider>

  function screen() {
    switch (state.at) {
      case 'starting':
        return null
      case 'storage-failed':
        return <StorageFailedScreen onRetry={startAgain} />
      case 'not-linked':
        return <WelcomeScreen why={state.why} onLink={link} />
      case 'linking':
        return (
          <LinkingScreens
            onLeave={startAgain}
            onStorageFailed={() => dispatch({ type: 'storage-failed' })}
            onLinked={startAgain}
          />
        )
      case 'linked':
        return (
          <LinkedApp
            state={state.linked}
            dispatch={dispatch}
            onLink={link}
            onGone={(why) => dispatch({ type: 'not-linked', why })}
          />
        )
    }
  }
}
