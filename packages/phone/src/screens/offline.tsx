/** "Autentisera": the code from the page, the passcode, the response. Works without any network. */
import type { LinkedDevice, OfflineResponse } from '@countersign/device'
import { useEffect, useReducer } from 'preact/hooks'
import { caretAfter, digitsOf, grouped } from '../codes.ts'
import { useWords } from '../language.tsx'
import { challengeToUnlock, noCode, type OfflineEvent, type OfflineState, stepOffline } from '../offline-state.ts'
import { Button, IconButton } from '../parts/button.tsx'
import { Field } from '../parts/field.tsx'
import { Icon } from '../parts/icons.tsx'
import { Outcome, Text } from '../parts/outcome.tsx'
import { Page } from '../parts/page.tsx'
import { Ring } from '../parts/ring.tsx'
import { Spoken } from '../parts/spoken.tsx'
import { Support } from '../parts/support.tsx'
import { Title } from '../parts/title.tsx'
import { Working } from '../parts/working.tsx'
import { whyNotUnlocked } from '../send-decision.ts'
import { useCountdown } from '../use-countdown.ts'
import { useUnlocking } from '../use-unlocking.ts'
import styles from './offline.module.css'
import { PasscodeScreen } from './passcode.tsx'
import { UnlockingScreen } from './unlocking.tsx'

interface CodeProps {
  readonly state: Extract<OfflineState, { step: 'code' }>
  readonly onType: (digits: string) => void
  readonly onNext: () => void
  /** The passcode in place of fingerprint or face; null where there is nothing else. */
  readonly onPasscode: (() => void) | null
  readonly onBack: () => void
}

/** Writes the code in groups, and leaves the caret after the digit that it was after. */
function typeGrouped(text: string, field: HTMLInputElement): string {
  const digits = digitsOf(text, 8)
  const before = digitsOf(text.slice(0, field.selectionStart ?? text.length), 8).length
  field.value = grouped(digits)
  field.setSelectionRange(caretAfter(before), caretAfter(before))
  return digits
}

function CodeScreen({ state, onType, onNext, onPasscode, onBack }: CodeProps) {
  const { offline: words, biometrics, back } = useWords()
  const fault = state.fault === null ? null : state.fault === 'short' ? words.codeShort : words.codeWrong
  return (
    <Page
      start={
        <IconButton label={back} onPress={onBack}>
          <Icon name="back" />
        </IconButton>
      }
      footer={<Support />}
    >
      <Title>{words.codeTitle}</Title>
      <form
        class={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          onNext()
        }}
      >
        <Field
          first
          label={words.codeLabel}
          hint={words.codeHint}
          value={grouped(state.typed)}
          fault={fault}
          code
          onType={(text, field) => onType(typeGrouped(text, field))}
          input={{
            inputMode: 'numeric',
            autocomplete: 'off',
            enterkeyhint: 'next',
            maxLength: 40,
            placeholder: '0000 0000',
          }}
        />
        <p class={styles.compare}>{words.compare}</p>
        <Button>{onPasscode === null ? words.next : words.generate}</Button>
        {onPasscode === null ? null : (
          <Button kind="plain" onPress={onPasscode}>
            {biometrics.usePasscode}
          </Button>
        )}
      </form>
      <p class={styles.caution}>{words.caution}</p>
    </Page>
  )
}

interface ResponseProps {
  readonly response: OfflineResponse
  readonly onEnd: () => void
  readonly onAgain: () => void
  readonly onDone: () => void
}

const roundSeconds = 90

function ResponseScreen({ response: { response, ends }, onEnd, onAgain, onDone }: ResponseProps) {
  const words = useWords()
  const seconds = useCountdown(ends, Date.now, onEnd)
  return (
    <Page
      centred
      footer={
        <>
          <p class={styles.caution}>{words.offline.caution}</p>
          <Button onPress={onDone}>{words.done}</Button>
          <Button kind="plain" onPress={onAgain}>
            {words.offline.again}
          </Button>
        </>
      }
    >
      <Title>{words.offline.responseTitle}</Title>
      <Text>{words.offline.responseHint}</Text>
      <p class={styles.response} data-code={response}>
        <span class={styles.group} aria-hidden="true">
          {response.slice(0, 4)}
        </span>
        <span class={styles.group} aria-hidden="true">
          {response.slice(4)}
        </span>
        <Spoken>{words.offline.spoken(response)}</Spoken>
      </p>
      <Ring seconds={seconds} whole={roundSeconds} label={words.offline.timeLeft} large />
      <Text>{words.offline.longest}</Text>
    </Page>
  )
}

function OverScreen({ onAgain, onDone }: { onAgain: () => void; onDone: () => void }) {
  const words = useWords()
  return (
    <Page
      centred
      footer={
        <>
          <Button onPress={onAgain}>{words.offline.again}</Button>
          <Button kind="plain" onPress={onDone}>
            {words.done}
          </Button>
          <Support />
        </>
      }
    >
      <Outcome kind="warn" icon="clock" title={words.offline.over}>
        <Text>{words.offline.overHint}</Text>
      </Outcome>
    </Page>
  )
}

interface OfflineProps {
  readonly device: LinkedDevice
  readonly onLeave: () => void
}

/** What fingerprint or face does here: called from the press itself. Null where it is off. */
function useUnlock(device: LinkedDevice, state: OfflineState, dispatch: (event: OfflineEvent) => void) {
  const begin = useUnlocking(state.step === 'unlocking')
  if (device.stored.biometricLock === null) return null
  return (challenge: string) => {
    const signal = begin()
    const unlocking = device.unlockResponse(challenge, signal)
    dispatch({ type: 'unlocking' })
    unlocking.then(
      (response) => {
        if (!signal.aborted) dispatch({ type: 'made', response })
      },
      (error: unknown) => {
        if (!signal.aborted) dispatch({ type: 'not-unlocked', why: whyNotUnlocked(error) })
      },
    )
  }
}

type PasscodeAt = Extract<OfflineState, { step: 'passcode' }>

function OfflinePasscode({
  state,
  dispatch,
  onUnlock,
}: {
  state: PasscodeAt
  dispatch: (event: OfflineEvent) => void
  onUnlock: (() => void) | null
}) {
  const { offline: words, biometrics } = useWords()
  return (
    <PasscodeScreen
      key={String(state.failed)}
      title={words.passcodeTitle}
      action={words.generate}
      about={
        <p class={styles.about}>
          <span>{words.codeLabel}</span>
          <span>{grouped(state.challenge)}</span>
        </p>
      }
      hint={state.instead === null ? words.passcodeHint : biometrics[state.instead]}
      wrong={state.failed ? words.failed : null}
      onBack={() => dispatch({ type: 'back' })}
      onEntered={(passcode) => dispatch({ type: 'passcode-given', passcode })}
      onUnlock={state.instead === 'unavailable' ? null : onUnlock}
    />
  )
}

export function OfflineScreens({ device, onLeave }: OfflineProps) {
  const { offline: words } = useWords()
  const [state, dispatch] = useReducer(stepOffline, noCode)
  const unlock = useUnlock(device, state, dispatch)
  useEffect(() => {
    if (state.step !== 'working') return
    device.responseFor(state.challenge, state.passcode).then(
      (response) => dispatch({ type: 'made', response }),
      () => dispatch({ type: 'failed' }),
    )
  }, [state, device])
  const giveCode = () => dispatch({ type: 'code-given' })
  const challenge = challengeToUnlock(state)
  const unlockNow = unlock === null || challenge === null ? null : () => unlock(challenge)

  switch (state.step) {
    case 'code':
      return (
        <CodeScreen
          state={state}
          onType={(digits) => dispatch({ type: 'typed', digits })}
          onNext={unlockNow ?? giveCode}
          onPasscode={unlock === null ? null : giveCode}
          onBack={onLeave}
        />
      )
    case 'unlocking':
      return (
        <UnlockingScreen
          onBack={() => dispatch({ type: 'back' })}
          onPasscode={() => dispatch({ type: 'passcode-chosen' })}
        />
      )
    case 'passcode':
      return <OfflinePasscode state={state} dispatch={dispatch} onUnlock={unlockNow} />
    case 'working':
      return <Working title={words.working} />
    case 'response': {
      const again = () => dispatch({ type: 'back' })
      if (state.over) return <OverScreen onAgain={again} onDone={onLeave} />
      return (
        <ResponseScreen
          response={state.response}
          onEnd={() => dispatch({ type: 'ran-out' })}
          onAgain={again}
          onDone={onLeave}
        />
      )
    }
  }
}
