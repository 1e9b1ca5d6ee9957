/** A sentence that matters, in a box. `bad` and `warn` are also read aloud at once. */
import type { ComponentChildren } from 'preact'
import { Icon, type IconName } from './icons.tsx'
import styles from './notice.module.css'

interface NoticeProps {
  readonly kind?: 'calm' | 'warn' | 'bad'
  readonly icon?: IconName
  readonly title?: string
  readonly children: ComponentChildren
}

export function Notice({ kind = 'calm', icon, title, children }: NoticeProps) {
  return (
    <div class={`${styles.notice} ${styles[kind]}`} role={kind === 'calm' ? 'status' : 'alert'}>
      {icon === undefined ? null : <Icon name={icon} size={22} />}
      <div>
        {title === undefined ? null : <span class={styles.title}>{title}</span>}
        {children}
      </div>
    </div>
  )
}
