/** A labelled field. A fault is said in the place of its hint, and moves nothing; what was typed stays. */
import type { TargetedEvent } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { useWords } from '../language.tsx'
import styles from './field.module.css'
import { Spoken } from './spoken.tsx'

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
  /** Hides what is typed, until it is to be seen. */
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

function ShowButton({ shown, onPress }: { shown: boolean; onPress: () => void }) {
  const { show, hide, thePassword } = useWords().field
  return (
    <button type="button" class={styles.show} onClick={onPress}>
      {shown ? hide : show} <Spoken>{thePassword}</Spoken>
    </button>
  )
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
  const [shown, setShown] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (first) field.current?.focus({ preventScroll: true })
  }, [first])
  const said = fault !== null ? `${id}-fault` : hint === undefined ? undefined : `${id}-hint`
  const shared = {
    ...input,
    id,
    ref: field,
    class: code ? `${styles.input} ${styles.code}` : styles.input,
    value,
    'aria-invalid': fault !== null,
    'aria-describedby': said,
    onInput: ({ currentTarget }: TargetedEvent<HTMLInputElement>) => onType(currentTarget.value, currentTarget),
  }
  return (
    <div class={styles.field}>
      <label class={styles.label} for={id}>
        {label}
      </label>
      <div class={password ? `${styles.entry} ${styles.hidable}` : styles.entry}>
        {password && !shown ? <input {...shared} type="password" /> : <input {...shared} type="text" />}
        {password ? <ShowButton shown={shown} onPress={() => setShown(!shown)} /> : null}
      </div>
      <div class={styles.said}>
        {hint === undefined ? null : (
          <p id={`${id}-hint`} class={fault === null ? styles.hint : `${styles.hint} ${styles.replaced}`}>
            {hint}
          </p>
        )}
        {fault === null ? null : (
          <p id={`${id}-fault`} class={styles.fault} role="alert">
            {fault}
          </p>
        )}
      </div>
    </div>
  )
}
