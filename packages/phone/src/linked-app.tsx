/** A linked phone: which screen its state is. */
import type { StoredDevice } from '@countersign/device'
import type { ApprovalId } from '@countersign/protocol'
import { useEffect, useState } from 'preact/hooks'
import type { NotLinked } from './app-state.ts'
import { useWords } from './language.tsx'
import { lazyScreen } from './lazy-screen.tsx'
import { backOf, type LinkedEvent, type LinkedState, waitingUnseen } from './linked-state.ts'
import { BesideContext } from './parts/page.tsx'
import { Spoken } from './parts/spoken.tsx'
import { Working } from './parts/working.tsx'
import { useConfirmInApp, usePushRepair, useTidyNotifications } from './push/use-push-kept.ts'
import { putToWork } from './put-to-work.ts'
import { HomeScreen } from './screens/home.tsx'
import { OfflineScreens } from './screens/offline.tsx'
import { RequestScreens } from './screens/request-screens.tsx'
import { SettingsScreen } from './screens/settings.tsx'
import { StoppedScreen } from './screens/stopped.tsx'
import { UpdateNotice } from './screens/update-notice.tsx'
import { Waiting } from './screens/waiting.tsx'
import { forgetDevice } from './storage.ts'
import { useBack } from './use-back.ts'
import { useServerWatch } from './use-server-watch.ts'

const RenewalScreens = lazyScreen(async () => (await import('./renewal/renewal-screens.tsx')).RenewalScreens)

const NotificationScreens = lazyScreen(
  async () => (await import('./push/notification-screens.tsx')).NotificationScreens,
)

interface LinkedAppProps {
  readonly state: LinkedState
  readonly dispatch: (event: LinkedEvent) => void
  readonly onLink: () => void
  readonly onGone: (why: NotLinked) => void
}

/** A result that was left on the screen is old news when the app is taken up again. */
function useLeaveOldResult({ view }: LinkedState, dispatch: LinkedAppProps['dispatch']): void {
  const isResult = view.view === 'request' && view.step.step === 'result'
  useEffect(() => {
    if (!isResult) return
    const leave = () => {
      if (document.visibilityState === 'hidden') dispatch({ type: 'shown', view: 'home' })
    }
    document.addEventListener('visibilitychange', leave)
    return () => document.removeEventListener('visibilitychange', leave)
  }, [isResult, dispatch])
}

/** A linking that was left before its end, and that the server has not taken: nothing of it is kept. */
function useForgetUnfinished({ state, onGone }: LinkedAppProps): boolean {
  const { device, standing } = state
  const unfinished = standing === 'removed' && device.stored.unfinished
  useEffect(() => {
    if (!unfinished) return
    // Where the storage fails, the next start comes here again.
    void forgetDevice(device.stored.device)
      .catch(() => undefined)
      .then(() => onGone('unfinished'))
  }, [unfinished])
  return unfinished
}

function LinkedScreen(props: LinkedAppProps) {
  const { state, dispatch, onLink, onGone } = props
  const { device, standing, view } = state
  const words = useWords()
  const forgetting = useForgetUnfinished(props)
  const show = (next: 'home' | 'offline' | 'settings' | 'notifications') => () =>
    dispatch({ type: 'shown', view: next })

  if (view.view === 'settings')
    return (
      <SettingsScreen
        device={device}
        onBack={show('home')}
        onLoggedOut={() => onGone('logged-out')}
        onChange={(change) => dispatch({ type: 'change-chosen', change })}
        onNotifications={show('notifications')}
      />
    )
  if (forgetting) return <Working title={words.home.checking} />
  if (standing !== 'good') {
    const check = () => dispatch({ type: 'check-again' })
    return (
      <StoppedScreen
        device={device}
        why={standing}
        onCheck={check}
        onLink={onLink}
        onLoggedOut={() => onGone('logged-out')}
        onMore={show('settings')}
      />
    )
  }
  switch (view.view) {
    case 'request':
      return <RequestScreens state={state} dispatch={dispatch} request={view} />
    case 'offline':
      return <OfflineScreens device={device} onLeave={show('home')} />
    case 'notifications':
      return <NotificationScreens device={device} onLeave={show('settings')} />
    case 'renewal':
      return (
        <RenewalScreens
          device={device}
          change={view.change}
          triesLeft={state.triesLeft}
          dispatch={dispatch}
          onKept={(stored: StoredDevice) => dispatch({ type: 'reopened', device: putToWork(stored) })}
          onLeave={show('settings')}
        />
      )
    case 'home':
      return (
        <HomeScreen
          network={state.network}
          approvals={state.approvals}
          refusedSome={state.refusedSome}
          serverNow={device.serverNow}
          update={<UpdateNotice />}
          biometrics={device.stored.biometricLock !== null}
          onOpen={(approval: ApprovalId) => dispatch({ type: 'opened', approval })}
          onEnd={(approval: ApprovalId) => dispatch({ type: 'ran-out', approval })}
          onAuthenticate={show('offline')}
          onMore={show('settings')}
        />
      )
  }
}

/** A request takes no focus, so it is said. A live place says only what it is given later. */
function Announcement({ text }: { text: string }) {
  const [said, say] = useState('')
  useEffect(() => say(text), [text])
  return <Spoken live="assertive">{said}</Spoken>
}

export function LinkedApp(props: LinkedAppProps) {
  const { state, dispatch } = props
  const { view } = state
  const words = useWords()
  useServerWatch(state.device, state.checks, dispatch)
  useLeaveOldResult(state, dispatch)
  usePushRepair(state.device, state.network === 'reached')
  useTidyNotifications(state.approvals)
  useConfirmInApp(state.device, state.approvals)
  const back = backOf(state)
  useBack(view.view === 'request' ? view.step.step : view.view, back === null ? null : () => dispatch(back))
  const asked = view.view === 'request' && view.step.step === 'asking' ? view.shown.document : null
  const unseen = waitingUnseen(state)
  const said = () => {
    if (asked !== null) return words.request.announce(asked.application.name, asked.headline)
    return unseen === 0 ? '' : words.home.waiting(unseen)
  }
  return (
    <>
      <Announcement text={said()} />
      <BesideContext.Provider
        value={unseen === 0 ? null : <Waiting count={unseen} onPress={() => dispatch({ type: 'waiting-chosen' })} />}
      >
        <LinkedScreen {...props} />
      </BesideContext.Provider>
    </>
  )
}
