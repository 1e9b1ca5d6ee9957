/** The account has no phone yet: a code by SMS takes its place. */
import { Button, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { smsCodeSeconds } from '../countdown.ts'
import { CountdownRing } from '../parts/countdown-ring.tsx'
import { Heading } from '../parts/heading.tsx'
import { TroubleNotice } from '../parts/notice.tsx'
import { useSecondsLeft } from '../parts/use-seconds-left.ts'
import { normaliseSmsCode } from '../response-code.ts'
import { useUi } from '../ui.tsx'
import type { ScreenProps } from './screen-props.ts'
import classes from './screens.module.css'

/** Tries that a sign-in begins with; how many remain is worth a line once one is spent. */
const allTries = 5

/** Whether another code was sent since this screen came up. It is said aloud, and `onResent` is called. */
function useResent(expires: number, onResent: () => void): boolean {
  const { words, announce } = useUi()
  const [first] = useState(expires)
  const told = useRef(expires)
  useEffect(() => {
    if (told.current === expires) return
    told.current = expires
    announce(words.smsResent)
    onResent()
  }, [expires, words, announce, onResent])
  return expires !== first
}

/** How long the code is good, and what to keep in mind about it. */
function TimeLeft({ seconds, resent }: { seconds: number; resent: boolean }): ReactNode {
  const { words } = useUi()
  if (seconds === 0) return <p className={classes.tries}>{words.smsOver}</p>
  return (
    <div className={classes.timeLeft}>
      <CountdownRing seconds={seconds} size="small" whole={smsCodeSeconds} />
      <p className={classes.quiet}>
        {resent && `${words.smsResent} `}
        {words.smsCaution}
      </p>
    </div>
  )
}

export function SmsCode({ page, state, commands }: ScreenProps<'sms-code'>): ReactNode {
  const { words, announce } = useUi()
  const [typed, setTyped] = useState('')
  const [malformed, setMalformed] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const seconds = useSecondsLeft(state.expires, page.clockOffset)
  const over = seconds === 0
  // The code that was typed is that of the SMS before.
  const resent = useResent(state.expires, () => {
    setTyped('')
    setMalformed(false)
    field.current?.focus()
  })
  const { trouble } = page
  // A number is not broken over two lines.
  const lead = words.smsCodeLead(state.phone_number.replaceAll(' ', '\u00a0'))

  // The field takes the focus, so that what stands above it has to be said.
  useEffect(() => announce(lead), [announce, lead])
  useEffect(() => field.current?.focus(), [])
  useEffect(() => {
    if (trouble !== null) field.current?.select()
  }, [trouble])

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const code = normaliseSmsCode(typed)
    setMalformed(code === null)
    if (code === null) field.current?.focus()
    else commands.sendCode(code)
  }
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <Heading title={words.smsCode} lead={lead} takesFocus={false} />
      <TextInput
        ref={field}
        classNames={{ input: classes.responseInput }}
        size="md"
        label={words.smsLabel}
        name="code"
        inputMode="numeric"
        autoComplete="one-time-code"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        error={malformed ? words.smsMalformed : null}
      />
      <TroubleNotice trouble={trouble} refusedCode={words.smsRefused} />
      {state.tries_left < allTries && <p className={classes.tries}>{words.triesLeft(state.tries_left)}</p>}
      <TimeLeft seconds={seconds} resent={resent} />
      <div className={classes.actions}>
        <Button type="submit" variant={over ? 'default' : 'filled'} size="md" fullWidth loading={page.busy === 'code'}>
          {words.next}
        </Button>
        <Button
          variant={over ? 'filled' : 'default'}
          size="md"
          fullWidth
          onClick={commands.resendCode}
          loading={page.busy === 'resend'}
        >
          {words.smsResend}
        </Button>
        <Button variant="subtle" size="md" fullWidth onClick={commands.cancel} loading={page.busy === 'cancel'}>
          {words.cancel}
        </Button>
      </div>
    </form>
  )
}
