/** What leads on to another screen: a row of a list. */
import type { ComponentChildren } from 'preact'
import { Icon } from './icons.tsx'
import styles from './way.module.css'

export const Way = ({ children, onPress }: { children: ComponentChildren; onPress: () => void }) => (
  <button type="button" class={styles.way} onClick={onPress}>
    <span>{children}</span>
    <Icon name="next" size={20} />
  </button>
)
