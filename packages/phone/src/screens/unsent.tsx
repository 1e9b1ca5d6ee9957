/** A decision that got no answer. It is kept, and sent again as it was. */
import type { ShownApproval } from '@countersign/device'
import { useWords } from '../language.tsx'
import { Button } from '../parts/button.tsx'
import { Outcome, Text } from '../parts/outcome.tsx'
import { Page } from '../parts/page.tsx'
import { Support } from '../parts/support.tsx'
import type { Decision, Unsent } from '../request-state.ts'
import { Recap } from './request-recap.tsx'

interface UnsentProps {
  readonly shown: ShownApproval
  readonly decision: Decision
  readonly why: Unsent
  readonly onRetry: () => void
  readonly onLeave: () => void
}

export function UnsentScreen({ shown, decision, why, onRetry, onLeave }: UnsentProps) {
  const words = useWords()
  return (
    <Page
      centred
      footer={
        <>
          <Button onPress={onRetry}>{words.retry}</Button>
          <Button kind="plain" onPress={onLeave}>
            {words.cancel}
          </Button>
          <Support />
        </>
      }
    >
      <Outcome kind="warn" icon="unplugged" title={words.unsent.title}>
        <Text>{words.unsent[why]}</Text>
        <Recap shown={shown} />
        <Text>
          <strong>{words.unsent[decision.decision]}</strong>
        </Text>
      </Outcome>
    </Page>
  )
}
