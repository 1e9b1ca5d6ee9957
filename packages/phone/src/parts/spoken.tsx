/** Words for a screen reader alone. With a role they are also read whenever they change. */
import type { ComponentChildren } from 'preact'
import styles from './spoken.module.css'

export const Spoken = ({ role, children }: { role?: 'status' | 'alert'; children: ComponentChildren }) => (
  <span class={styles.spoken} role={role}>
    {children}
  </span>
)
