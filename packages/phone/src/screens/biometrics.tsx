/** Asks whether fingerprint or face may be used, with the reason. The phone's own question follows the press at once. */
import { biometrics } from '../biometrics.ts'
import { useWords } from '../language.tsx'
import { Button, IconButton } from '../parts/button.tsx'
import { Icon } from '../parts/icons.tsx'
import { Notice } from '../parts/notice.tsx'
import { Outcome, Text } from '../parts/outcome.tsx'
import { Page } from '../parts/page.tsx'

interface BiometricsProps {
  readonly title: string
  readonly text: string
  /** What is said when it was not confirmed, or did not work; null before. */
  readonly failed: string | null
  /** The phone's own question is on the screen. */
  readonly asking: boolean
  /** The way on without. */
  readonly other: string
  readonly onUse: () => void
  readonly onOther: () => void
  readonly onBack?: () => void
}

export function BiometricsScreen({ title, text, failed, asking, other, onUse, onOther, onBack }: BiometricsProps) {
  const { biometrics: words, back } = useWords()
  return (
    <Page
      centred
      start={
        onBack === undefined ? null : (
          <IconButton label={back} onPress={onBack}>
            <Icon name="back" />
          </IconButton>
        )
      }
      footer={
        <>
          <Button waiting={asking} onPress={onUse}>
            {words.use}
          </Button>
          <Button kind="plain" waiting={asking} onPress={onOther}>
            {other}
          </Button>
        </>
      }
    >
      <Outcome kind="calm" icon={biometrics.kind} title={title}>
        {failed === null ? (
          <Text>{text}</Text>
        ) : (
          <Notice kind="warn" icon="warning">
            {failed}
          </Notice>
        )}
      </Outcome>
    </Page>
  )
}
