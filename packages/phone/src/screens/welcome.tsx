/** The phone is not linked. Linking starts here, by the person's own choice, and nowhere else. */
import type { NotLinked } from '../app-state.ts'
import { useWords } from '../language.tsx'
import { Button } from '../parts/button.tsx'
import { Mark } from '../parts/icons.tsx'
import { LanguageSwitch } from '../parts/language-switch.tsx'
import { Notice } from '../parts/notice.tsx'
import { Outcome, Text } from '../parts/outcome.tsx'
import { Page } from '../parts/page.tsx'
import { Support } from '../parts/support.tsx'
import { Title } from '../parts/title.tsx'
import { Brand } from './home.tsx'
import { UpdateNotice } from './update-notice.tsx'
import styles from './welcome.module.css'

interface WelcomeProps {
  readonly why: NotLinked
  readonly onLink: () => void
}

export function WelcomeScreen({ why, onLink }: WelcomeProps) {
  const words = useWords()
  return (
    <Page
      centred
      start={<Brand />}
      footer={
        <>
          <UpdateNotice />
          <Button onPress={onLink}>{why === 'lost' ? words.stopped.linkAgain : words.welcome.start}</Button>
          <LanguageSwitch />
          <Support />
        </>
      }
    >
      {why === 'lost' ? (
        <Outcome kind="warn" icon="key" title={words.storage.lostTitle}>
          <Text>{words.storage.lost}</Text>
        </Outcome>
      ) : (
        <>
          <div class={styles.hero}>
            <Mark size={104} />
          </div>
          <Title>{words.welcome.title}</Title>
          <Text>{words.welcome.text}</Text>
          {why === 'logged-out' ? <Notice icon="check">{words.welcome.loggedOut}</Notice> : null}
          {why === 'unfinished' ? <Notice icon="warning">{words.welcome.unfinished}</Notice> : null}
        </>
      )}
    </Page>
  )
}
