/** A linked phone: which screen its state is. */
import type { ApprovalId } from '@countersign/protocol'
import { useEffect } from 'preact/hooks'
import { useWords } from './language.tsx'
import { backOf, type LinkedEvent, type LinkedState } from './linked-state.ts'
import { Spoken } from './parts/spoken.tsx'
import { Working } from './parts/working.tsx'
import type { Decision, OpenRequest, RequestEvent } from './request-state.ts'
import { DeclineReasonScreen } from './screens/decline-reason.tsx'
import { HomeScreen } from './screens/home.tsx'
import { NumberScreen } from './screens/number.tsx'
import { OfflineScreens } from './screens/offline.tsx'
import { PasscodeScreen } from './screens/passcode.tsx'
import { RequestScreen } from './screens/request.tsx'
import { Countdown } from './screens/request-countdown.tsx'
import { Recap } from './screens/request-recap.tsx'
import { ResultScreen } from './screens/result.tsx'
import { SettingsScreen } from './screens/settings.tsx'
import { StoppedScreen } from './screens/stopped.tsx'
import { UnsentScreen } from './screens/unsent.tsx'
import { UpdateNotice } from './screens/update-notice.tsx'
import { sendDecision } from './send-decision.ts'
import { useBack } from './use-back.ts'
import { useServerWatch } from './use-server-watch.ts'

interface LinkedAppProps {
  readonly state: LinkedState
  readonly dispatch: (event: LinkedEvent) => void
  readonly onLink: () => void
  readonly onLoggedOut: () => void
}

type RequestProps = Pick<LinkedAppProps, 'state' | 'dispatch'> & { readonly request: OpenRequest }

/** What is said about the passcode's tries; null when there is nothing to say. */
function useTriesLine(refusals: number, triesLeft: number | null): string | null {
  const { passcode: words } = useWords()
  if (triesLeft === 1) return refusals > 0 ? words.wrongLast : words.last
  return refusals > 0 && triesLeft !== null ? words.wrong(triesLeft) : null
}

function RequestScreens({ state, dispatch, request }: RequestProps) {
  const words = useWords()
  const { shown, step } = request
  const { approval } = shown
  const { device } = state
  const tell = (event: RequestEvent) => dispatch({ type: 'request', approval, event })
  const send = (decision: Decision) => void sendDecision(device, shown, decision, dispatch)
  const leave = () => dispatch({ type: 'shown', view: 'home' })
  const onEnd = () => dispatch({ type: 'ran-out', approval })
  const others = state.approvals?.filter((waiting) => waiting.approval !== approval).length ?? 0
  const countdown = <Countdown shown={shown} serverNow={device.serverNow} onEnd={onEnd} />
  const triesLine = useTriesLine(step.step === 'passcode' ? step.refusals : 0, state.triesLeft)

  switch (step.step) {
    case 'asking':
      return (
        <RequestScreen
          key={`${approval} ${shown.document.nonce}`}
          shown={shown}
          changed={step.changed}
          others={others}
          serverNow={device.serverNow}
          onEnd={onEnd}
          onLeave={leave}
          onApprove={() => tell({ type: 'approve-chosen' })}
          onDecline={() => tell({ type: 'decline-chosen' })}
        />
      )
    case 'number':
      return (
        <NumberScreen
          shown={shown}
          end={countdown}
          onBack={() => tell({ type: 'back' })}
          onPicked={(number) => tell({ type: 'number-picked', number })}
          onNone={() => tell({ type: 'decline-chosen' })}
        />
      )
    case 'passcode':
      return (
        <PasscodeScreen
          key={step.refusals}
          title={words.passcode.approve}
          action={words.request.approve}
          wrong={triesLine}
          end={countdown}
          about={<Recap shown={shown} />}
          onBack={() => tell({ type: 'back' })}
          onEntered={(passcode) => send({ decision: 'approve', number: step.number, passcode })}
        />
      )
    case 'reason':
      return (
        <DeclineReasonScreen
          shown={shown}
          end={countdown}
          onBack={() => tell({ type: 'back' })}
          onChosen={(reason) => send({ decision: 'decline', reason })}
        />
      )
    case 'sending':
      return <Working title={words.sending[step.decision.decision]}>{words.sending.hint}</Working>
    case 'unsent':
      return (
        <UnsentScreen
          shown={shown}
          decision={step.decision}
          why={step.why}
          onRetry={() => send(step.decision)}
          onLeave={leave}
        />
      )
    case 'result':
      return <ResultScreen shown={shown} result={step.result} others={others} onDone={leave} />
  }
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

function LinkedScreen({ state, dispatch, onLink, onLoggedOut }: LinkedAppProps) {
  const { device, standing, view } = state
  const show = (next: 'home' | 'offline' | 'settings') => () => dispatch({ type: 'shown', view: next })

  if (view.view === 'settings')
    return <SettingsScreen device={device} onBack={show('home')} onLoggedOut={onLoggedOut} />
  if (standing !== 'good') {
    const check = () => dispatch({ type: 'check-again' })
    return <StoppedScreen device={device} why={standing} onCheck={check} onLink={onLink} onMore={show('settings')} />
  }
  switch (view.view) {
    case 'request':
      return <RequestScreens state={state} dispatch={dispatch} request={view} />
    case 'offline':
      return <OfflineScreens device={device} onLeave={show('home')} />
    case 'home':
      return (
        <HomeScreen
          network={state.network}
          approvals={state.approvals}
          refusedSome={state.refusedSome}
          serverNow={device.serverNow}
          update={<UpdateNotice />}
          onOpen={(approval: ApprovalId) => dispatch({ type: 'opened', approval })}
          onEnd={(approval: ApprovalId) => dispatch({ type: 'ran-out', approval })}
          onAuthenticate={show('offline')}
          onMore={show('settings')}
        />
      )
  }
}

export function LinkedApp(props: LinkedAppProps) {
  const { state, dispatch } = props
  const { view } = state
  const words = useWords().request
  useServerWatch(state.device, state.checks, dispatch)
  useLeaveOldResult(state, dispatch)
  const back = backOf(state)
  useBack(view.view === 'request' ? view.step.step : view.view, back === null ? null : () => dispatch(back))
  const asked = view.view === 'request' && view.step.step === 'asking' ? view.shown.document : null
  return (
    <>
      {/* A request takes no focus, so it is said. */}
      <Spoken live="assertive">{asked === null ? '' : words.announce(asked.application.name, asked.headline)}</Spoken>
      <LinkedScreen {...props} />
    </>
  )
}
