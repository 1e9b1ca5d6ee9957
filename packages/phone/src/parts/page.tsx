/** The frame of every screen: a bar, what is to be read, and what can be done about it at the thumb. */
import type { ComponentChildren } from 'preact'
import styles from './page.module.css'

interface PageProps {
  readonly start?: ComponentChildren
  readonly end?: ComponentChildren
  readonly footer?: ComponentChildren
  readonly centred?: boolean
  readonly children: ComponentChildren
}

export function Page({ start, end, footer, centred = false, children }: PageProps) {
  return (
    <div class={styles.page}>
      <header class={styles.header}>
        <div>{start}</div>
        <div>{end}</div>
      </header>
      <main class={centred ? `${styles.main} ${styles.centred}` : styles.main}>{children}</main>
      {footer === undefined ? null : <footer class={styles.footer}>{footer}</footer>}
    </div>
  )
}
