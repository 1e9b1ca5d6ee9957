/**
 * Six digits, on keys of our own: always there, always in the same place, over nothing that has to be read.
 *
 * The field behind the dots takes what a hardware keyboard or an assistive tool types. It is no password field, so that
 * no browser offers to remember it.
 */
import { useEffect, useRef } from 'preact/hooks'
import { biometrics } from '../biometrics.ts'
import { useWords } from '../language.tsx'
import { type EntryEvent, enter, passcodeLength } from '../passcode-entry.ts'
import { Icon } from './icons.tsx'
import styles from './keypad.module.css'

interface KeypadProps {
  readonly entered: string
  readonly onChange: (entered: string) => void
  /** Enter was pressed. */
  readonly onConfirm: () => void
  /** Shakes the dots once: what was entered before was wrong. */
  readonly wrong?: boolean
  /** What the key of fingerprint or face does; null where there is none. */
  readonly onUnlock?: (() => void) | null
}

const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9']
const positions = Array.from({ length: passcodeLength }, (_, index) => index)

// Keeps the focus in the field, so that a keyboard goes on working after a tap.
const keepFocus = (event: Event) => event.preventDefault()

export function Keypad({ entered, onChange, onConfirm, wrong = false, onUnlock = null }: KeypadProps) {
  const { passcode: words, biometrics: biometricWords } = useWords()
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus({ preventScroll: true }), [])
  const change = (event: EntryEvent) => onChange(enter(entered, event))
  const key = (digit: string) => (
    <button
      key={digit}
      type="button"
      class={styles.key}
      onMouseDown={keepFocus}
      onClick={() => change({ type: 'digit', digit })}
    >
      {digit}
    </button>
  )
  return (
    <div class={styles.entry}>
      <div class={wrong ? `${styles.dots} ${styles.shake}` : styles.dots}>
        {positions.map((position) => (
          <span key={position} class={position < entered.length ? `${styles.dot} ${styles.filled}` : styles.dot} />
        ))}
        <input
          ref={field}
          class={styles.field}
          type="text"
          inputMode="none"
          autocomplete="off"
          autocorrect="off"
          spellcheck={false}
          data-1p-ignore
          data-lpignore="true"
          maxLength={passcodeLength}
          aria-label={words.label}
          aria-description={words.entered(entered.length)}
          value={entered}
          onInput={(event) => change({ type: 'set', text: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key === 'Enter') onConfirm()
          }}
        />
      </div>
      <fieldset class={styles.keypad} aria-label={words.keypad}>
        {digits.map(key)}
        {onUnlock === null ? (
          <span />
        ) : (
          <button
            type="button"
            class={`${styles.key} ${styles.quiet} ${styles.way}`}
            aria-label={biometricWords.use}
            onMouseDown={keepFocus}
            onClick={onUnlock}
          >
            <Icon name={biometrics.kind} size={28} />
          </button>
        )}
        {key('0')}
        <button
          type="button"
          class={`${styles.key} ${styles.quiet}`}
          aria-label={words.delete}
          onMouseDown={keepFocus}
          onClick={() => change({ type: 'delete' })}
        >
          <Icon name="delete" size={28} />
        </button>
      </fieldset>
    </div>
  )
}
