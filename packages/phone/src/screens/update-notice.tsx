/** Says that a new version waits. Never shown while something is under way. */
import { applyUpdate, useUpdateReady } from '../app-update.ts'
import { useWords } from '../language.tsx'
import { Button } from '../parts/button.tsx'
import { Notice } from '../parts/notice.tsx'
import styles from './update-notice.module.css'

export function UpdateNotice() {
  const { update: words } = useWords()
  if (!useUpdateReady()) return null
  return (
    <Notice icon="update">
      <div class={styles.row}>
        <span>{words.ready}</span>
        <Button kind="plain" onPress={applyUpdate}>
          {words.apply}
        </Button>
      </div>
    </Notice>
  )
}
