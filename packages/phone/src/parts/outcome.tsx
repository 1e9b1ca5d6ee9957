/** How something stands, in one picture, one heading and a few sentences. */
import type { ComponentChildren } from 'preact'
import { Icon, type IconName } from './icons.tsx'
import styles from './outcome.module.css'
import { Title } from './title.tsx'

interface OutcomeProps {
  readonly kind: 'good' | 'calm' | 'warn' | 'bad'
  readonly icon: IconName
  readonly title: string
  readonly children?: ComponentChildren
}

export function Outcome({ kind, icon, title, children }: OutcomeProps) {
  return (
    <>
      <div class={`${styles.badge} ${styles[kind]}`}>
        <Icon name={icon} size={48} />
      </div>
      <Title>{title}</Title>
      {children}
    </>
  )
}

export const Text = ({ lang, children }: { lang?: string; children: ComponentChildren }) => (
  <p class={styles.text} lang={lang}>
    {children}
  </p>
)
