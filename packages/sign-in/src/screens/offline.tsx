/** The phone has no network: a code goes there by hand, and one comes back. */
import { Button, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { roundSeconds } from '../countdown.ts'
import { CountdownRing } from '../parts/countdown-ring.tsx'
import { Heading } from '../parts/heading.tsx'
import { TroubleNotice } from '../parts/notice.tsx'
import { useOverdue, useSecondsLeft } from '../parts/use-seconds-left.ts'
import { halvesOf, normaliseResponse, spoken } from '../response-code.ts'
import { useUi } from '../ui.tsx'
import type { Words } from '../words.ts'
import type { ScreenProps } from './screen-props.ts'
import classes from './screens.module.css'

/** Tries that an approval begins with; how many remain is worth a line once one is spent. */
const allTries = 5
/** The round whose code is the first that the page shows (protocol section 2). */
const firstCodeRound = 2
/** Seconds for which the code before is still taken (protocol section 2). */
const graceSeconds = 10
/** Seconds for which a code that took the place of another is called new. */
const newSeconds = 45
/** Seconds before its end from which a code is not worth beginning with. */
const shortly = 15

/** Whether another code stood here before this one, which somebody may have typed in the app. */
const replacesAnother = (state: ScreenProps<'offline'>['state']): boolean => state.round > firstCodeRound

function codeHint(words: Words, replaces: boolean, seconds: number): { text: string; isNews: boolean } {
  if (seconds === 0) return { text: words.newCodeSoon, isNews: false }
  if (replaces && seconds > roundSeconds - graceSeconds) return { text: words.codeIsNew, isNews: true }
  if (replaces && seconds > roundSeconds - newSeconds) return { text: words.codeBeforeIsOver, isNews: true }
  return { text: seconds <= shortly ? words.codeEndsSoon : words.codeRenews, isNews: false }
}

type OfflineProps = ScreenProps<'offline'> & { onOverdue: () => void }

function Challenge({ page, state, onOverdue }: Omit<OfflineProps, 'commands'>): ReactNode {
  const { words, announce } = useUi()
  const seconds = useSecondsLeft(state.expires, page.clockOffset)
  useOverdue(seconds, onOverdue)
  const hint = codeHint(words, replacesAnother(state), seconds)
  const [left, right] = halvesOf(state.challenge)
  const shown = useRef(state.challenge)
  useEffect(() => {
    if (shown.current === state.challenge) return
    shown.current = state.challenge
    announce(words.newCode(spoken(state.challenge)))
  }, [state.challenge, words, announce])
  return (
    <>
      <div className={classes.challenge}>
        <div>
          <span className={classes.unseen}>{words.codeSpoken(spoken(state.challenge))}</span>
          <div className={classes.code} aria-hidden="true" data-stale={seconds === 0} data-code={state.challenge}>
            <span>{left}</span>
            <span>{right}</span>
          </div>
        </div>
        <CountdownRing seconds={seconds} size="small" />
      </div>
      <p className={classes.hint} data-news={hint.isNews}>
        {hint.text}
      </p>
    </>
  )
}

export function Offline({ page, state, commands, onOverdue }: OfflineProps): ReactNode {
  const { words, brand } = useUi()
  const [typed, setTyped] = useState('')
  const [malformed, setMalformed] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const { trouble } = page

  useEffect(() => {
    if (trouble !== null) field.current?.select()
  }, [trouble])

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const response = normaliseResponse(typed)
    setMalformed(response === null)
    if (response === null) field.current?.focus()
    else commands.sendResponse(response)
  }
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <Heading title={words.offline} lead={words.offlineLead} />
      <ol className={classes.steps}>
        <li>{words.stepOpen(brand.name, state.device)}</li>
        <li>
          {words.stepType}
          <Challenge page={page} state={state} onOverdue={onOverdue} />
        </li>
        <li>
          {words.stepRespond}
          <TextInput
            ref={field}
            className={classes.response}
            classNames={{ input: classes.responseInput }}
            size="md"
            aria-label={words.response}
            name="response"
            inputMode="numeric"
            autoComplete="one-time-code"
            spellCheck={false}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            error={malformed ? words.responseMalformed : null}
          />
        </li>
      </ol>
      <TroubleNotice
        trouble={trouble}
        {...(replacesAnother(state)
          ? { refusedCode: words.refusedCodeChanged(halvesOf(state.challenge).join(' ')) }
          : {})}
      />
      {state.tries_left < allTries && <p className={classes.tries}>{words.triesLeft(state.tries_left)}</p>}
      <div className={classes.actions}>
        <Button type="submit" size="md" fullWidth loading={page.busy === 'response'}>
          {words.confirm}
        </Button>
        <Button variant="subtle" size="md" fullWidth onClick={commands.cancel} loading={page.busy === 'cancel'}>
          {words.cancel}
        </Button>
      </div>
      <p className={classes.quiet}>{words.stillOnline(state.number)}</p>
    </form>
  )
}
