/** The phone asks for fingerprint or face. Its own question lies over this screen, which says what it is about. */
import type { ComponentChildren } from 'preact'
import { biometrics } from '../biometrics.ts'
import { useWords } from '../language.tsx'
import { Button, IconButton } from '../parts/button.tsx'
import { Icon } from '../parts/icons.tsx'
import { Outcome, Text } from '../parts/outcome.tsx'
import { Page } from '../parts/page.tsx'

interface UnlockingProps {
  readonly end?: ComponentChildren
  readonly about?: ComponentChildren
  readonly onBack: () => void
  readonly onPasscode: () => void
}

export function UnlockingScreen({ end, about, onBack, onPasscode }: UnlockingProps) {
  const words = useWords()
  return (
    <Page
      centred
      start={
        <IconButton label={words.back} onPress={onBack}>
          <Icon name="back" />
        </IconButton>
      }
      end={end}
      footer={
        <Button kind="plain" onPress={onPasscode}>
          {words.biometrics.usePasscode}
        </Button>
      }
    >
      <Outcome kind="calm" icon={biometrics.kind} title={words.biometrics.title}>
        <Text>{words.biometrics.hint}</Text>
        {about}
      </Outcome>
    </Page>
  )
}
