/** The frame of every screen: a bar, what is to be read, and what can be done about it at the thumb. */
import { type ComponentChildren, createContext } from 'preact'
import { useContext } from 'preact/hooks'
import styles from './page.module.css'

/** What every screen has in its bar beside its own, where it moves nothing. */
export const BesideContext = createContext<ComponentChildren>(null)

interface PageProps {
  readonly start?: ComponentChildren
  readonly end?: ComponentChildren
  readonly footer?: ComponentChildren
  readonly centred?: boolean
  /** May be longer than the screen without anything to press in it: a keyboard scrolls it too. */
  readonly long?: boolean
  readonly children: ComponentChildren
}

export function Page({ start, end, footer, centred = false, long = false, children }: PageProps) {
  const beside = useContext(BesideContext)
  return (
    <div class={styles.page}>
      <header class={styles.header}>
        <div>{start}</div>
        <div class={styles.end}>
          {beside}
          {end}
        </div>
      </header>
      <main class={centred ? `${styles.main} ${styles.centred}` : styles.main} {...(long ? { tabIndex: 0 } : {})}>
        {children}
      </main>
      {footer === undefined ? null : <footer class={styles.footer}>{footer}</footer>}
    </div>
  )
}
