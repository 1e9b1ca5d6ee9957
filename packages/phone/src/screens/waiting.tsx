/** That a request waits, told on screens that are about something else, and the way to it. */
import { useWords } from '../language.tsx'
import { Icon } from '../parts/icons.tsx'
import styles from './waiting.module.css'

export function Waiting({ count, onPress }: { count: number; onPress: () => void }) {
  const words = useWords().home
  return (
    <button type="button" class={styles.waiting} onClick={onPress}>
      <Icon name="bell" size={20} />
      {words.waiting(count)}
    </button>
  )
}
