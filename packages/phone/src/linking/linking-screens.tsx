/** Linking by logging in on the phone, step by step (protocol section 4). */
import { BiometricsFailed } from '@countersign/device'
import { useEffect, useReducer } from 'preact/hooks'
import { biometrics } from '../biometrics.ts'
import { useLanguage } from '../language.tsx'
import { Working } from '../parts/working.tsx'
import { BiometricsScreen } from '../screens/biometrics.tsx'
import { PasscodeScreen } from '../screens/passcode.tsx'
import { CodeStep } from './code-step.tsx'
import { DoneStep, StoppedStep, UnfinishedStep, UnkeptStep } from './end-steps.tsx'
import { EmailStep, PasswordStep } from './identity-steps.tsx'
import { type LinkingEvent, type LinkingState, type LinkingStep, linkingStart, stepLinking } from './linking-state.ts'
import { StorageUnusable, thisPhoneName, workOf } from './linking-work.ts'
import { DigitsStep, OfferStep, takeOffer } from './offer-steps.tsx'
import { useLinkingWords } from './words.ts'

interface LinkingProps {
  readonly onLeave: () => void
  readonly onStorageFailed: () => void
  readonly onLinked: () => void
}

/** A step's work is done once, when the step begins; what it finds when the person has left the step is dropped. */
function useStepWork(state: LinkingState, dispatch: (event: LinkingEvent) => void, onStorageFailed: () => void): void {
  const { locale } = useLanguage()
  useEffect(() => {
    let left = false
    const controller = new AbortController()
    workOf(state, locale, controller.signal)?.then(
      (event) => {
        if (!left) dispatch(event)
      },
      (error: unknown) => {
        if (left) return
        if (error instanceof StorageUnusable) onStorageFailed()
        else dispatch({ type: 'failed', error })
      },
    )
    return () => {
      left = true
      controller.abort()
    }
  }, [state.at])
}

type BiometricsAt = Extract<LinkingStep, { step: 'biometrics' }>

function BiometricsStep({ at, dispatch }: { at: BiometricsAt; dispatch: (event: LinkingEvent) => void }) {
  const words = useLinkingWords().biometrics
  const use = () => {
    const enrolled = at.linking.enrol(biometrics)
    dispatch({ type: 'enrolling' })
    enrolled.then(
      (credential) => dispatch({ type: 'enrolled', credential }),
      (error: unknown) => {
        const reason = error instanceof BiometricsFailed ? error.reason : 'unavailable'
        dispatch({ type: 'not-enrolled', reason })
      },
    )
  }
  return (
    <BiometricsScreen
      title={words.title}
      text={words.text}
      failed={at.cancelled ? words.cancelled : null}
      asking={at.asking}
      other={words.skip}
      onUse={use}
      onOther={() => dispatch({ type: 'skipped' })}
    />
  )
}

export function LinkingScreens({ onLeave, onStorageFailed, onLinked }: LinkingProps) {
  const words = useLinkingWords()
  const [state, dispatch] = useReducer(stepLinking, thisPhoneName(words.thisPhone), (name) =>
    linkingStart(name, takeOffer()),
  )
  const { at, typed } = state

  useStepWork(state, dispatch, onStorageFailed)

  const form = {
    typed,
    onType: (changed: Partial<typeof typed>) => dispatch({ type: 'typed', typed: changed }),
    onNext: () => dispatch({ type: 'next' }),
    onBack: () => dispatch({ type: 'back' }),
  }
  switch (at.step) {
    case 'email':
      return (
        <EmailStep key="email" {...form} at={at} onBack={onLeave} onOffer={() => dispatch({ type: 'offer-chosen' })} />
      )
    case 'offer':
      return <OfferStep key="offer" {...form} at={at} />
    case 'digits':
      return <DigitsStep key="digits" at={at} onBack={form.onBack} />
    case 'password':
      return <PasswordStep key="password" {...form} at={at} />
    case 'code':
      return (
        <CodeStep
          at={at}
          code={typed.code}
          onType={(code) => form.onType({ code })}
          onNext={form.onNext}
          onBack={form.onBack}
          onResend={() => dispatch({ type: 'resend' })}
        />
      )
    case 'choose':
      return (
        <PasscodeScreen
          key={`choose ${at.tries}`}
          title={words.choose.title}
          hint={words.choose.hint}
          action={words.choose.next}
          wrong={at.fault === null ? null : words.choose[at.fault]}
          onBack={onLeave}
          onEntered={(passcode) => dispatch({ type: 'passcode-given', passcode })}
        />
      )
    case 'repeat':
      return (
        <PasscodeScreen
          key="repeat"
          title={words.choose.repeatTitle}
          hint={words.choose.repeatHint}
          action={words.choose.save}
          onBack={form.onBack}
          onEntered={(passcode) => dispatch({ type: 'passcode-given', passcode })}
        />
      )
    case 'biometrics':
      return <BiometricsStep at={at} dispatch={dispatch} />
    case 'agreeing':
    case 'finishing':
      return <Working title={words.working.title}>{words.working.hint}</Working>
    case 'unfinished':
      return <UnfinishedStep why={at.why} onRetry={() => dispatch({ type: 'retry' })} onLeave={onLeave} />
    case 'unkept':
      return <UnkeptStep onRetry={() => dispatch({ type: 'retry' })} onLeave={onLeave} />
    case 'stopped':
      return <StoppedStep why={at.why} onAgain={form.onBack} onLeave={onLeave} />
    case 'done':
      return <DoneStep stored={at.stored} missing={at.missing} onOpen={onLinked} />
  }
}
