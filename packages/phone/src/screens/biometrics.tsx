/** Asks whether fingerprint or face may be used, with the reason. The phone's own question follows the press at once. */
import { biometrics } from '../biometrics.ts'
import { useWords } from '../language.tsx'
import { Button } from '../parts/button.tsx'
import { Notice } from '../parts/notice.tsx'
import { Outcome, Text } from '../parts/outcome.tsx'
import { Page } from '../parts/page.tsx'

interface BiometricsProps {
  readonly title: string
  readonly text: string
  /** What is said after the person did not confirm; null before. */
  readonly cancelled: string | null
  /** The phone's own question is on the screen. */
  readonly asking: boolean
  /** The way on without. */
  readonly other: string
  readonly onUse: () => void
  readonly onOther: () => void
}

export function BiometricsScreen({ title, text, cancelled, asking, other, onUse, onOther }: BiometricsProps) {
  const words = useWords().biometrics
  return (
    <Page
      centred
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
        <Text>{text}</Text>
        {cancelled === null ? null : (
          <Notice kind="warn" icon="warning">
            {cancelled}
          </Notice>
        )}
      </Outcome>
    </Page>
  )
}
