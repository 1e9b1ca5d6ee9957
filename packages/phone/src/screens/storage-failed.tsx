/** The keys cannot be read. Says that this is not the same as not being linked; nothing is linked anew from here. */
import { useWords } from '../language.tsx'
import { Button } from '../parts/button.tsx'
import { Outcome, Text } from '../parts/outcome.tsx'
import { Page } from '../parts/page.tsx'
import { Support } from '../parts/support.tsx'
import { Brand } from './home.tsx'
import styles from './storage-failed.module.css'

export function StorageFailedScreen({ onRetry }: { onRetry: () => void }) {
  const words = useWords()
  return (
    <Page
      centred
      start={<Brand />}
      footer={
        <>
          <Button onPress={onRetry}>{words.retry}</Button>
          <Support />
        </>
      }
    >
      <Outcome kind="bad" icon="storage" title={words.storage.title}>
        <Text>{words.storage.what}</Text>
        <ul class={styles.dos}>
          {words.storage.dos.map((todo) => (
            <li key={todo}>{todo}</li>
          ))}
        </ul>
      </Outcome>
    </Page>
  )
}
