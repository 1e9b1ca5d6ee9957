/** Changing the passcode, and adding or removing fingerprint or face (protocol section 4, renewal). */
import { BiometricsFailed, type LinkedDevice } from '@countersign/device'
import { useEffect, useReducer } from 'preact/hooks'
import { biometrics } from '../biometrics.ts'
import type { Change } from '../linked-state.ts'
import { Working } from '../parts/working.tsx'
import { BiometricsScreen } from '../screens/biometrics.tsx'
import { PasscodeScreen } from '../screens/passcode.tsx'
import { useBack } from '../use-back.ts'
import { useTriesLine } from '../use-tries-line.ts'
import { DoneStep, UnchangedStep, UnknownStep } from './end-steps.tsx'
import { type RenewalEvent, type RenewalState, type RenewalStep, renewalStart, stepRenewal } from './renewal-state.ts'
import { type RenewalListener, workOf } from './renewal-work.ts'
import { useRenewalWords } from './words.ts'

interface RenewalProps extends RenewalListener {
  readonly device: LinkedDevice
  readonly change: Change
  /** Tries at the passcode, or null while unknown. */
  readonly triesLeft: number | null
  readonly onLeave: () => void
}

interface StepProps<Name extends RenewalStep['step']> {
  readonly state: RenewalState
  readonly at: Extract<RenewalStep, { step: Name }>
  readonly dispatch: (event: RenewalEvent) => void
  readonly onLeave: () => void
}

/** A step's work is done once, when the step begins; what it finds when the person has left the step is dropped. */
function useStepWork({ at }: RenewalState, props: RenewalProps, dispatch: (event: RenewalEvent) => void): void {
  useEffect(() => {
    let left = false
    void workOf(at, props.device, props)?.then((event) => {
      if (!left) dispatch(event)
    })
    return () => {
      left = true
    }
  }, [at])
}

function ChooseStep({ at, dispatch, onLeave }: StepProps<'choose' | 'repeat'>) {
  const words = useRenewalWords().choose
  const onEntered = (passcode: string) => dispatch({ type: 'passcode-given', passcode })
  if (at.step === 'repeat') {
    return (
      <PasscodeScreen
        key="repeat"
        title={words.repeatTitle}
        hint={words.repeatHint}
        action={words.save}
        onBack={() => dispatch({ type: 'back' })}
        onEntered={onEntered}
      />
    )
  }
  return (
    <PasscodeScreen
      key={`choose ${at.tries}`}
      title={words.title}
      hint={words.hint}
      action={words.next}
      wrong={at.fault === null ? null : words[at.fault]}
      onBack={onLeave}
      onEntered={onEntered}
    />
  )
}

function BiometricsStep({ state, at, dispatch, onLeave }: StepProps<'biometrics'>) {
  const words = useRenewalWords()
  const adds = state.change === 'add-biometrics'
  const use = () => {
    const opening = adds ? at.renewal.enrol(biometrics) : at.renewal.reopen(biometrics)
    dispatch({ type: 'asking' })
    opening.then(
      (credential) => dispatch({ type: 'opened', credential }),
      (error: unknown) => {
        const reason = error instanceof BiometricsFailed ? error.reason : 'unavailable'
        dispatch({ type: 'not-opened', reason })
      },
    )
  }
  if (adds) {
    const { title, text, cancelled, stop } = words.add
    const failed = at.failed === null ? null : cancelled
    return (
      <BiometricsScreen {...{ title, text, failed, other: stop, onUse: use, onOther: onLeave }} asking={at.asking} />
    )
  }
  const { title, text, without } = words.reopen
  return (
    <BiometricsScreen
      title={title}
      text={text}
      failed={at.failed === null ? null : words.reopen[at.failed]}
      asking={at.asking}
      other={without}
      onUse={use}
      onOther={() => dispatch({ type: 'without' })}
      onBack={onLeave}
    />
  )
}

function CurrentStep({ state, at, dispatch, onLeave, triesLeft }: StepProps<'current'> & { triesLeft: number | null }) {
  const words = useRenewalWords().current
  return (
    <PasscodeScreen
      key={at.refusals}
      title={words.title}
      hint={words.hint[state.change]}
      action={words.next}
      wrong={useTriesLine(at.refusals, triesLeft)}
      onBack={onLeave}
      onEntered={(passcode) => dispatch({ type: 'passcode-given', passcode })}
    />
  )
}

/** Whether a change is with the server: leaving then would leave its end unseen. */
const isWorking = ({ step }: RenewalStep) => step === 'starting' || step === 'finishing'

export function RenewalScreens(props: RenewalProps) {
  const { device, change, triesLeft, onLeave } = props
  const words = useRenewalWords()
  const [state, dispatch] = useReducer(stepRenewal, { change, had: device.stored.biometricLock !== null }, renewalStart)
  const { at } = state
  useStepWork(state, props, dispatch)
  useBack(at.step, isWorking(at) ? null : onLeave)
  const step = { state, dispatch, onLeave }
  const end = { onRetry: () => dispatch({ type: 'retry' }), onLeave }

  switch (at.step) {
    case 'current':
      return <CurrentStep {...step} at={at} triesLeft={triesLeft} />
    case 'choose':
    case 'repeat':
      return <ChooseStep {...step} at={at} />
    case 'biometrics':
      return <BiometricsStep {...step} at={at} />
    case 'starting':
      return <Working title={words.starting} />
    case 'finishing':
      return <Working title={words.finishing.title}>{words.finishing.hint}</Working>
    case 'unstarted':
    case 'stopped':
      return <UnchangedStep why={at.why} {...end} />
    case 'unknown':
      return <UnknownStep why={at.why} {...end} />
    case 'done':
      return <DoneStep change={change} had={state.had} biometrics={at.biometrics} onDone={onLeave} />
  }
}
