/** Words for a screen reader alone. A live place is read whenever its words change: politely, or at once. */
import type { ComponentChildren } from 'preact'
import styles from './spoken.module.css'

export const Spoken = ({ live, children }: { live?: 'polite' | 'assertive'; children: ComponentChildren }) => (
  <span class={styles.spoken} aria-live={live}>
    {children}
  </span>
)
