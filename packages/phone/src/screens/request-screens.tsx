/** One request on the screen: which screen its step is, and what a press does. */
import { useWords } from '../language.tsx'
import type { LinkedEvent, LinkedState } from '../linked-state.ts'
import { Working } from '../parts/working.tsx'
import type { Decision, OpenRequest, RequestEvent, RequestStep } from '../request-state.ts'
import { sendDecision, unlockAndSend } from '../send-decision.ts'
import { useTriesLine } from '../use-tries-line.ts'
import { useUnlocking } from '../use-unlocking.ts'
import { DeclineReasonScreen } from './decline-reason.tsx'
import { NumberScreen } from './number.tsx'
import { PasscodeScreen } from './passcode.tsx'
import { RequestScreen } from './request.tsx'
import { Countdown } from './request-countdown.tsx'
import { Recap } from './request-recap.tsx'
import { ResultScreen } from './result.tsx'
import { UnlockingScreen } from './unlocking.tsx'
import { UnsentScreen } from './unsent.tsx'

interface RequestProps {
  readonly state: LinkedState
  readonly dispatch: (event: LinkedEvent) => void
  readonly request: OpenRequest
}

/** What the presses on a request do. */
function useRequestActions({ state, dispatch, request }: RequestProps) {
  const { shown, step } = request
  const { approval } = shown
  const { device } = state
  const begin = useUnlocking(step.step === 'unlocking')
  const tell = (event: RequestEvent) => dispatch({ type: 'request', approval, event })
  const hasBiometrics = device.stored.biometricLock !== null
  const unlock = (number: string | null) => void unlockAndSend(device, shown, number, begin(), dispatch)
  return {
    tell,
    hasBiometrics,
    unlock,
    send: (decision: Decision) => void sendDecision(device, shown, decision, dispatch),
    leave: () => dispatch({ type: 'shown', view: 'home' }),
    next: () => dispatch({ type: 'waiting-chosen' }),
    authenticate: () => dispatch({ type: 'shown', view: 'offline' }),
    back: () => tell({ type: 'back' }),
    end: () => dispatch({ type: 'ran-out', approval }),
    approve: () => (hasBiometrics && shown.numbers === null ? unlock(null) : tell({ type: 'approve-chosen' })),
    pick: (number: string) => (hasBiometrics ? unlock(number) : tell({ type: 'number-picked', number })),
  }
}
type RequestActions = ReturnType<typeof useRequestActions>

type PasscodeAt = Extract<RequestStep, { step: 'passcode' }>

function ApprovePasscode({ step, actions, ...props }: RequestProps & { step: PasscodeAt; actions: RequestActions }) {
  const { state, request } = props
  const words = useWords()
  const tries = useTriesLine(step.refusals, state.triesLeft)
  const instead = step.instead === null ? null : words.biometrics[step.instead]
  const canUnlock = actions.hasBiometrics && step.instead !== 'unavailable'
  return (
    <PasscodeScreen
      key={step.refusals}
      title={words.passcode.approve}
      action={words.request.approve}
      hint={instead ?? ''}
      wrong={tries}
      end={<Countdown shown={request.shown} serverNow={state.device.serverNow} onEnd={actions.end} />}
      about={<Recap shown={request.shown} />}
      onBack={actions.back}
      onEntered={(passcode) => actions.send({ decision: 'approve', number: step.number, passcode })}
      onUnlock={canUnlock ? () => actions.unlock(step.number) : null}
    />
  )
}

export function RequestScreens(props: RequestProps) {
  const { state, request } = props
  const words = useWords()
  const actions = useRequestActions(props)
  const { shown, step } = request
  const { serverNow } = state.device
  const others = state.approvals?.filter((waiting) => waiting.approval !== shown.approval).length ?? 0
  const countdown = <Countdown shown={shown} serverNow={serverNow} onEnd={actions.end} />

  switch (step.step) {
    case 'asking':
      return (
        <RequestScreen
          key={`${shown.approval} ${shown.document.nonce}`}
          shown={shown}
          changed={step.changed}
          others={others}
          unreached={state.network === 'unreached'}
          biometrics={actions.hasBiometrics}
          serverNow={serverNow}
          onEnd={actions.end}
          onLeave={actions.leave}
          onAuthenticate={actions.authenticate}
          onApprove={actions.approve}
          onDecline={() => actions.tell({ type: 'decline-chosen' })}
        />
      )
    case 'number':
      return (
        <NumberScreen
          shown={shown}
          end={countdown}
          onBack={actions.back}
          onPicked={actions.pick}
          onNone={() => actions.tell({ type: 'decline-chosen' })}
        />
      )
    case 'unlocking': {
      const onPasscode = () => actions.tell({ type: 'passcode-chosen' })
      const about = <Recap shown={shown} />
      return <UnlockingScreen end={countdown} about={about} onBack={actions.back} onPasscode={onPasscode} />
    }
    case 'passcode':
      return <ApprovePasscode {...props} step={step} actions={actions} />
    case 'reason':
      return (
        <DeclineReasonScreen
          shown={shown}
          end={countdown}
          onBack={actions.back}
          onChosen={(reason) => actions.send({ decision: 'decline', reason })}
        />
      )
    case 'sending':
      return <Working title={words.sending[step.decision.decision]}>{words.sending.hint}</Working>
    case 'unsent': {
      const retry = () => actions.send(step.decision)
      return (
        <UnsentScreen shown={shown} decision={step.decision} why={step.why} onRetry={retry} onLeave={actions.leave} />
      )
    }
    case 'result':
      return (
        <ResultScreen
          shown={shown}
          result={step.result}
          others={others}
          onDone={others === 0 ? actions.leave : actions.next}
        />
      )
  }
}
