/** E-mail, then password. One real form, so that password managers know what it is. */
import type { Locale } from '@countersign/protocol'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import type { Page, Trouble } from '../page.ts'
import { Heading } from '../parts/heading.tsx'
import { TroubleNotice } from '../parts/notice.tsx'
import { useUi } from '../ui.tsx'
import type { Commands } from '../use-sign-in.ts'
import classes from './screens.module.css'

const looksLikeEmail = (text: string) => /^\S+@\S+$/.test(text)

interface HiddenFieldProps {
  readonly type: 'email' | 'password'
  readonly value: string
  readonly onChange: (value: string) => void
}

// The half of the pair that is not on the screen, so that a password manager can fill and keep both.
function HiddenField({ type, value, onChange }: HiddenFieldProps): ReactNode {
  return (
    <input
      className={classes.unseen}
      type={type}
      name={type === 'email' ? 'username' : 'password'}
      autoComplete={type === 'email' ? 'username' : 'current-password'}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      tabIndex={-1}
      aria-hidden="true"
    />
  )
}

interface FieldsProps {
  readonly email: string
  readonly password: string
  readonly onEmail: (value: string) => void
  readonly onPassword: (value: string) => void
  /** The part was sent while its field was not filled in. */
  readonly missing: boolean
}

function EmailFields({ email, password, onEmail, onPassword, missing }: FieldsProps): ReactNode {
  const { words } = useUi()
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  useEffect(() => {
    if (missing) field.current?.focus()
  }, [missing])
  return (
    <>
      <TextInput
        ref={field}
        size="md"
        label={words.email}
        type="email"
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={254}
        value={email}
        onChange={(event) => onEmail(event.currentTarget.value)}
        error={missing ? words.emailMissing : null}
      />
      <HiddenField type="password" value={password} onChange={onPassword} />
    </>
  )
}

function PasswordFields({
  email,
  password,
  onEmail,
  onPassword,
  missing,
  trouble,
}: FieldsProps & { trouble: Trouble | null }): ReactNode {
  const { words } = useUi()
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), [])
  useEffect(() => {
    if (missing || trouble !== null) field.current?.focus()
  }, [missing, trouble])
  return (
    <>
      <p className={classes.who}>{email}</p>
      <HiddenField type="email" value={email} onChange={onEmail} />
      <PasswordInput
        ref={field}
        size="md"
        label={words.password}
        name="password"
        autoComplete="current-password"
        maxLength={256}
        value={password}
        onChange={(event) => onPassword(event.currentTarget.value)}
        error={missing ? words.passwordMissing : null}
        visibilityToggleFocusable
        visibilityToggleButtonProps={{ 'aria-label': words.showPassword }}
      />
    </>
  )
}

export interface SignInFormProps {
  readonly page: Page
  readonly commands: Commands
  readonly application: string
  readonly email: string
  readonly onEmail: (value: string) => void
  readonly locale: Locale
}

export function SignInForm({ page, commands, application, email, onEmail, locale }: SignInFormProps): ReactNode {
  const { words } = useUi()
  const [part, setPart] = useState<'email' | 'password'>('email')
  const [password, setPassword] = useState('')
  const [missing, setMissing] = useState(false)

  const show = (next: 'email' | 'password') => {
    setMissing(false)
    setPart(next)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const complete = part === 'email' ? looksLikeEmail(email.trim()) : password !== ''
    setMissing(!complete)
    if (!complete) return
    if (part === 'email') show('password')
    else commands.sendPassword(email.trim(), password, locale)
  }
  const fields = { email, password, onEmail, onPassword: setPassword, missing }
  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <Heading title={words.signIn} lead={words.toContinue(application)} takesFocus={false} />
      {part === 'email' ? <EmailFields {...fields} /> : <PasswordFields {...fields} trouble={page.trouble} />}
      <TroubleNotice trouble={page.trouble} />
      <div className={classes.actions}>
        <Button type="submit" size="md" fullWidth loading={page.busy === 'password'}>
          {words.next}
        </Button>
        {part === 'password' ? (
          <Button variant="subtle" size="md" fullWidth onClick={() => show('email')}>
            {words.back}
          </Button>
        ) : (
          <Button variant="subtle" size="md" fullWidth onClick={commands.cancel} loading={page.busy === 'cancel'}>
            {words.cancel}
          </Button>
        )}
      </div>
    </form>
  )
}
