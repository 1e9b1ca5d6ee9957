/** Buttons. One that may not be pressed yet stays reachable and says so, instead of vanishing from the keyboard. */
import type { ComponentChildren } from 'preact'
import styles from './button.module.css'

type Press = (event: MouseEvent) => void

interface ButtonProps {
  readonly kind?: 'main' | 'second' | 'bad' | 'plain'
  /** The button of a form, where there is no `onPress`. */
  readonly onPress?: Press
  readonly waiting?: boolean
  readonly children: ComponentChildren
}

export function Button({ kind = 'main', onPress, waiting = false, children }: ButtonProps) {
  const press: Press = (event) => {
    if (waiting) event.preventDefault()
    else onPress?.(event)
  }
  return (
    <button
      type={onPress === undefined ? 'submit' : 'button'}
      class={`${styles.button} ${styles[kind]}`}
      aria-disabled={waiting}
      onClick={press}
    >
      {children}
    </button>
  )
}

interface IconButtonProps {
  readonly label: string
  /** Whether the label stands beside the icon. */
  readonly labelled?: boolean
  readonly onPress: Press
  readonly children: ComponentChildren
}

export function IconButton({ label, labelled = false, onPress, children }: IconButtonProps) {
  return (
    <button
      type="button"
      class={labelled ? `${styles.icon} ${styles.withText}` : styles.icon}
      aria-label={labelled ? undefined : label}
      onClick={onPress}
    >
      {children}
      {labelled ? <span>{label}</span> : null}
    </button>
  )
}
