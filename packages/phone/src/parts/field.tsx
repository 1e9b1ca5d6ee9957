/** A labelled field. A fault is said beside it; what was typed stays. */
import type { TargetedEvent } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import styles from './field.module.css'

interface FieldProps {
  readonly label: string
  readonly value: string
  readonly onType: (text: string, field: HTMLInputElement) => void
  readonly hint?: string
  readonly fault?: string | null
  /** Large figures, for codes. */
  readonly code?: boolean
  /** Takes the focus when it appears. */
  readonly first?: boolean
  /** Hides what is typed. */
  readonly password?: boolean
  /** How the field behaves: what it is for, which keyboard it wants. */
  readonly input: {
    readonly inputMode?: 'email' | 'numeric'
    readonly autocomplete: 'off' | 'username' | 'current-password' | 'one-time-code'
    readonly autocapitalize?: 'off'
    readonly spellcheck?: boolean
    readonly enterkeyhint: 'next'
    readonly maxLength: number
    readonly placeholder?: string
  }
}

export function Field({
  label,
  value,
  onType,
  hint,
  fault = null,
  code = false,
  first = false,
  password = false,
  input,
}: FieldProps) {
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (first) field.current?.focus({ preventScroll: true })
  }, [first])
  const said = [hint === undefined ? '' : `${id}-hint`, fault === null ? '' : `${id}-fault`].filter(
    (each) => each !== '',
  )
  const shared = {
    ...input,
    id,
    ref: field,
    class: code ? `${styles.input} ${styles.code}` : styles.input,
    value,
    'aria-invalid': fault !== null,
    'aria-describedby': said.length === 0 ? undefined : said.join(' '),
    onInput: ({ currentTarget }: TargetedEvent<HTMLInputElement>) => onType(currentTarget.value, currentTarget),
  }
  return (
    <div class={styles.field}>
      <label class={styles.label} for={id}>
        {label}
      </label>
      {password ? <input {...shared} type="password" /> : <input {...shared} type="text" />}
      {hint === undefined ? null : (
        <p id={`${id}-hint`} class={styles.hint}>
          {hint}
        </p>
      )}
      {fault === null ? null : (
        <p id={`${id}-fault`} class={styles.fault} role="alert">
          {fault}
        </p>
      )}
    </div>
  )
}
