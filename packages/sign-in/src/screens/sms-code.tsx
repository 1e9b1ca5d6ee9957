/** The account has no phone yet: a code by SMS takes its place. */
import { Button, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { Heading } from '../parts/heading.tsx'
import { TroubleNotice } from '../parts/notice.tsx'
import { useIsOver } from '../parts/use-is-over.ts'
import { normaliseSmsCode } from '../response-code.ts'
import { useUi } from '../ui.tsx'
import type { ScreenProps } from './screen-props.ts'
import classes from './screens.module.css'

/** Tries that a sign-in begins with; how many remain is worth a line once one is spent. */
const allTries = 5

/** Whether another code was sent since this screen came up. It is said aloud, too. */
function useResent(expires: number): boolean {
  const { words, announce } = useUi()
  const first = useRef(expires)
  const resent = expires !== first.current
  useEffect(() => {
    if (resent) announce(words.smsResent)
  }, [resent, words, announce])
  return resent
}

export function SmsCode({ page, state, commands }: ScreenProps<'sms-code'>): ReactNode {
  const { words, announce } = useUi()
  const [typed, setTyped] = useState('')
  const [malformed, setMalformed] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const over = useIsOver(state.expires, page.clockOffset)
  const resent = useResent(state.expires)
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
      {over && <p className={classes.tries}>{words.smsOver}</p>}
      <p className={classes.quiet}>{resent && !over ? words.smsResent : words.smsCaution}</p>
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
